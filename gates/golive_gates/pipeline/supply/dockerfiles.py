"""Dockerfiles to their instructions and stages; nothing is judged here.

Source: the Dockerfile reference (parser directives, line continuation, here-documents, ARG before
FROM, multi-stage builds).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from golive_gates.pipeline.parts import Repository

MOST_LINES = 20_000
_NAME = re.compile(r"(?i)(?:.*/)?(?:(?:dockerfile|containerfile)(?:\.[\w-]+)?|[\w.-]+\.dockerfile)")
_IGNORE_FILE = re.compile(r"(?i).*\.dockerignore")
_ASIDE = frozenset(
    ("test", "tests", "testdata", "fixtures", "examples", "vendor", "third_party", "docs")
)
_ESCAPE = re.compile(r"#\s*escape\s*=\s*([\\`])\s*", re.IGNORECASE)
_DIRECTIVE = re.compile(r"#\s*\w+\s*=")
_HEREDOC = re.compile(r"<<(-?)(['\"]?)(\w+)\2")
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?:(:?[-+])((?:[^{}]|\$\{\w+\})*))?\})")
_PLATFORMS = frozenset(
    f"{side}{what}"
    for side in ("BUILD", "TARGET")
    for what in ("PLATFORM", "OS", "ARCH", "VARIANT")
)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction. ``line``: its first, from 1; ``text``: all behind its name, joined."""

    name: str
    text: str
    line: int
    documents: tuple[str, ...] = ()
    """Its here-documents."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One ``FROM`` and what follows. ``image``: with every known variable filled in.

    ``unknown``: names of variables without a value that its image has; these are left in it.
    """

    image: str
    name: str
    line: int
    instructions: tuple[Instruction, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """One file. ``path``: from the repository's root."""

    path: str
    stages: tuple[Stage, ...] = ()
    arguments: Mapping[str, str] = field(default_factory=dict)


def dockerfiles_of(repository: Repository) -> tuple[Dockerfile, ...]:
    """Those of *repository* but for tests, examples and what was copied from elsewhere."""
    return tuple(
        read(path, text)
        for path, text in sorted((repository.texts or {}).items())
        if _NAME.fullmatch(path)
        and not _IGNORE_FILE.fullmatch(path)
        and not _ASIDE & set(path.split("/")[:-1])
    )


def read(path: str, text: str) -> Dockerfile:
    """The Dockerfile *text*. Never raises; what is no instruction is left out."""
    arguments: dict[str, str] = {}
    stages: list[Stage] = []
    begun: Stage | None = None
    inner: list[Instruction] = []
    for instruction in instructions(text):
        if instruction.name == "FROM":
            if begun is not None:
                stages.append(_with(begun, inner))
            begun, inner = _stage(instruction, arguments), []
        elif begun is not None:
            inner.append(instruction)
        elif instruction.name == "ARG":
            for name, value in assignments(instruction.text):
                arguments[name], _ = substituted(value, arguments)
    if begun is not None:
        stages.append(_with(begun, inner))
    return Dockerfile(path, tuple(stages), arguments)


def _with(stage: Stage, inner: Sequence[Instruction]) -> Stage:
    return Stage(stage.image, stage.name, stage.line, tuple(inner), stage.unknown)


def _stage(instruction: Instruction, arguments: Mapping[str, str]) -> Stage:
    words = [w for w in instruction.text.split() if not w.startswith("--")]
    image, unknown = substituted(words[0].strip("\"'") if words else "", arguments)
    named = len(words) >= 3 and words[1].lower() == "as"
    return Stage(image, words[2].lower() if named else "", instruction.line, (), unknown)


def assignments(text: str) -> Iterator[tuple[str, str]]:
    """``name=value`` pairs of an ARG that have a value; quotes are taken off."""
    for word in text.split():
        name, has, value = word.partition("=")
        if has:
            yield name, value.strip("\"'")


def substituted(text: str, values: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """*text* with its variables filled in, and the names of those that have no value."""
    unknown: list[str] = []

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        how, other = match[3], match[4] or ""
        known = values.get(name)
        if how in ("-", ":-") and not known:
            return substituted(other, values)[0]
        if how in ("+", ":+"):
            return other if known else ""
        if known is None:
            unknown.append(name)
            return match[0]
        return known

    return _VARIABLE.sub(value, text), tuple(unknown)


def of_platform(name: str) -> bool:
    """Whether BuildKit sets the variable *name* by itself."""
    return name in _PLATFORMS


def pattern_of(image: str) -> re.Pattern[str]:
    """What *image* can become when the variables left in it get values."""
    parts = re.split(r"\$\w+|\$\{[^{}]*\}", image)
    return re.compile(".*".join(re.escape(p) for p in parts), re.IGNORECASE)


def instructions(text: str) -> Iterator[Instruction]:
    """Every instruction of *text*; continued lines joined, comments and here-documents apart."""
    lines = text.splitlines()[:MOST_LINES]
    escape = _escape(lines)
    number = 0
    while number < len(lines):
        first = number
        joined, number = _logical(lines, number, escape)
        name, _, rest = joined.partition(" ")
        if not name:
            continue
        documents: list[str] = []
        if name.upper() in ("RUN", "COPY", "ADD"):
            for dash, _, word in _HEREDOC.findall(rest):
                body, number = _document(lines, number, word, tabs=bool(dash))
                documents.append(body)
        yield Instruction(name.upper(), rest.strip(), first + 1, tuple(documents))


def _escape(lines: Sequence[str]) -> str:
    """The character that continues a line. Directives come before everything else."""
    for line in lines:
        if match := _ESCAPE.fullmatch(line.strip()):
            return match[1]
        if not _DIRECTIVE.match(line.strip()):
            break
    return "\\"


def _logical(lines: Sequence[str], number: int, escape: str) -> tuple[str, int]:
    """The instruction at *number*, joined, and the number behind it; empty for a comment."""
    parts: list[str] = []
    while number < len(lines):
        line = lines[number].strip()
        number += 1
        if line.startswith("#") or (parts and not line):
            if not parts:
                break
            continue
        if not line.endswith(escape):
            parts.append(line)
            break
        parts.append(line[: -len(escape)].strip())
    return " ".join(parts).strip(), number


def _document(lines: Sequence[str], number: int, word: str, *, tabs: bool) -> tuple[str, int]:
    """The here-document at *number* up to the line *word*, and the number behind it."""
    body: list[str] = []
    while number < len(lines):
        line = lines[number]
        number += 1
        if (line.lstrip("\t") if tabs else line) == word:
            break
        body.append(line)
    return "\n".join(body), number
