"""Path templates of OpenAPI, matched segment by segment in linear time. Pure."""

from __future__ import annotations


def fits(template: str, path: str) -> bool:
    """Whether *path* is an instance of *template*; a parameter is one or more characters."""
    ours, theirs = path.split("/"), template.split("/")
    return len(ours) == len(theirs) and all(map(_segment_fits, theirs, ours))


def _segment_fits(template: str, segment: str) -> bool:
    # By hand, in linear time: a regex made of a stranger's template backtracks without end.
    literals = _literals(template)
    if len(literals) == 1:
        return template == segment
    first, *inner, last = literals
    if not segment.startswith(first):
        return False
    at = len(first)
    for literal in inner:
        # The parameter before the literal takes at least one character, and no more than it must.
        found = segment.find(literal, at + 1)
        if found < 0:
            return False
        at = found + len(literal)
    return segment.endswith(last) and len(segment) - len(last) > at


def _literals(template: str) -> list[str]:
    """The text around the ``{parameters}`` of one segment."""
    literals: list[str] = []
    rest = template
    while True:
        before, opened, after = rest.partition("{")
        _, closed, beyond = after.partition("}")
        if not (opened and closed):
            return [*literals, rest]
        literals.append(before)
        rest = beyond
