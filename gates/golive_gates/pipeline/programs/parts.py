"""What zizmor and actionlint said of the workflows: the parts, as their judges read them."""

from __future__ import annotations

from dataclasses import dataclass

from golive.api import EvidenceRef


@dataclass(frozen=True, slots=True)
class Said:
    """One finding of a program, in its own words.

    ``ident``: the program's name for the rule. ``path``: the file as findings print it, with a
    line and a column from 1 where they are known. ``severity`` and ``confidence``: the program's
    own, in lower case, empty where it has none. ``ignored``: a comment or the program's own
    configuration says that it is to be ignored.
    """

    ident: str
    path: str
    line: int | None = None
    column: int | None = None
    text: str = ""
    severity: str = ""
    confidence: str = ""
    ignored: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """A program that did not come to an answer about ``path``, a file or a folder.

    ``code``: ``not-started``, ``too-slow``, ``too-much``, ``no-answer`` (it printed nothing that
    its format allows), ``ended`` (with an exit code or a signal that is no answer), ``refused`` (it
    could not read the file), ``contradiction`` (its exit code and its findings do not agree).
    """

    path: str
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What came of one program. ``files``: how many it was given, each of which it answered for."""

    version: str = ""
    files: int = 0
    said: tuple[Said, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    evidence: tuple[EvidenceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Zizmor:
    """zizmor's opinion of workflows, actions and the configuration of Dependabot."""

    opinion: Opinion


@dataclass(frozen=True, slots=True)
class Actionlint:
    """actionlint's opinion of workflows."""

    opinion: Opinion
