"""Plain command lines of ``golive lint``, without the option parser.

To import that parser and build every command takes longer than to check a small release. Only
what cannot be misread is taken here: options written in full with values that need no thought.
Help, errors, abbreviations and all else are left to :mod:`golive.cli.lint`, whose declarations
are what counts; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from golive.cli.lint_asked import Asked, ids
from golive.vocabulary import Severity

MANY = {
    "-o": "output",
    "--output": "output",
    "--exclude": "exclude",
    "--gate": "gate",
    "--check": "check",
    "--stream-path": "stream_path",
    "--set": "overrides",
}
"""Options that may be repeated, with the parameter of the command that they fill."""
ONE = {
    "--severity": "severity",
    "--kubernetes": "kubernetes",
    "--jobs": "jobs",
    "--lang": "lang",
}
"""Options of which the last one counts."""
FLAGS = {"--strict": "strict"}
LANGUAGES = ("ko", "en")


def plainly_asked(arguments: Sequence[str], environment: Mapping[str, str]) -> Asked | None:
    """What *arguments*, those after ``lint``, ask for; ``None`` when the parser has to say."""
    if environment.get("GOLIVE_STRICT") or any(n.endswith("_COMPLETE") for n in environment):
        return None
    paths: list[Path] = []
    many: dict[str, list[str]] = {}
    one = {"lang": environment.get("GOLIVE_LANG") or "ko", "severity": "low"}
    strict = False
    for option, value in _pairs(arguments):
        if option in FLAGS and value is None:
            strict = True
        elif not value or value.startswith("-"):
            return None
        elif option in MANY:
            many.setdefault(MANY[option], []).append(value)
        elif option in ONE:
            one[ONE[option]] = value
        elif option:
            return None
        else:
            paths.append(Path(value))
    gates, checks = ids(many.get("gate")), ids(many.get("check"))
    jobs = one.get("jobs", "1")
    if (
        not paths
        or () in (gates, checks)
        or one["lang"] not in LANGUAGES
        or one["severity"] not in list(Severity)
        or not (jobs.isascii() and jobs.isdecimal() and int(jobs))
    ):
        return None
    return Asked(
        paths=tuple(paths),
        outputs=tuple(many.get("output", ())),
        exclude=tuple(many.get("exclude", ())),
        severity=Severity(one["severity"]),
        strict=strict,
        gates=gates,
        checks=checks,
        kubernetes=one.get("kubernetes"),
        stream_paths=tuple(many.get("stream_path", ())),
        overrides=tuple(many.get("overrides", ())),
        jobs=int(jobs) if "jobs" in one else None,
        lang=one["lang"],
    )


def _pairs(arguments: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """Each option with its value, and each other argument after an empty option."""
    rest = iter(arguments)
    for argument in rest:
        if not argument.startswith("-"):
            yield "", argument
        elif argument in FLAGS:
            yield argument, None
        elif argument.startswith("--") and "=" in argument:
            option, _, value = argument.partition("=")
            yield option, value
        else:
            yield argument, next(rest, None)
