"""What is said about YAML that cannot be read, and where."""

from __future__ import annotations

from dataclasses import dataclass

import yaml


@dataclass(slots=True)
class Fault:
    """A problem that does not stop the reading of its document."""

    line: int
    column: int
    message: str
    hint: str | None = None


def place(error: yaml.MarkedYAMLError, text: str, first_line: int) -> tuple[int, int]:
    """Line and column of *error* in a document that begins at *first_line*, 1-based."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return first_line, 1
    lines = text.split("\n")
    # The end of a source without a final line break is reported one line further down.
    if mark.line >= len(lines):
        return first_line + len(lines) - 1, len(lines[-1]) + 1
    return first_line + mark.line, mark.column + 1


def explain(error: yaml.MarkedYAMLError, text: str) -> tuple[str, str | None]:
    """What is wrong, and a hint where the usual causes leave a trace."""
    parts = [p for p in (error.problem, error.context) if p]
    message = one_line("not valid YAML: " + ", ".join(parts))
    mark = error.problem_mark
    lines = text.split("\n")
    if mark is not None and mark.line < len(lines):
        line = lines[mark.line]
        if "\t" in line[: len(line) - len(line.lstrip())] or line[mark.column :][:1] == "\t":
            return message, "indent with spaces; YAML forbids tabs there"
        if line[mark.column :][:1] in ("%", "@", "`"):
            return message, "quote a value that begins with this character"
        if error.problem and "mapping values are not allowed" in error.problem:
            return message, "quote a value that holds ': ', and check the indentation"
    return message, None


def one_line(text: str) -> str:
    """*text* without line breaks, cut to a length that can be shown."""
    return " ".join(text.split())[:300]
