"""A scan as a pipeline calls it: what it looks at, and what a finding makes of the step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from golive_gates.pipeline.model.records import Node, Place, Run, Step
from golive_gates.pipeline.scans.commands import Command

Kind = Literal["secret-scan", "image-scan", "tests"]
KINDS: tuple[Kind, ...] = ("secret-scan", "image-scan", "tests")

Scope = Literal["history", "range", "tree", "staged", "stdin", "image", "tests"]
"""``history``: every commit; ``range``: commits that the tool picks by the event; ``tree``: the
files as they are; ``staged``: what ``git add`` put aside, nothing on a runner."""

SEVERITIES = ("UNKNOWN", "LOW", "MEDIUM", "HIGH", "CRITICAL")


@dataclass(frozen=True, slots=True)
class Options:
    """What a scanner was told, in words that all scanners share.

    ``stops``: whether a finding makes the step fail; ``None`` where that depends on an expression.
    ``why``: code of the sentence that says why not. ``given``: the option as written behind *why*.
    ``target``: image or path as written, empty for none. ``severities``: those that stop it,
    ``None`` for all or where the tool has none. ``dropped``: severities that were asked for and
    that the tool does not apply. ``config``: path of the rules as written; ``inline``: they are
    not in a file. ``baseline`` and ``ignore_file``: lists of what is known. ``log_opts``: options
    for ``git log``. ``skips``: folders and files left out. ``only_rules``: rules that alone run.
    ``source``: the folder that is scanned, where the tool has one. ``verified_only``: a secret
    counts only when its provider accepts it.
    """

    scope: Scope
    stops: bool | None = True
    why: str = ""
    given: str = ""
    target: str = ""
    severities: frozenset[str] | None = None
    dropped: frozenset[str] | None = None
    config: str = ""
    inline: bool = False
    baseline: str = ""
    ignore_file: str = ""
    log_opts: str = ""
    skips: tuple[str, ...] = ()
    only_rules: tuple[str, ...] = ()
    source: str = ""
    verified_only: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """One scan that a command or an action is, before anyone says where it stands."""

    kind: Kind
    tool: str
    options: Options


Reader = Callable[[Sequence[str], Mapping[str, str]], tuple[Reading, ...]]
"""From a program's words and its environment to what it scans."""

ActionReader = Callable[[Mapping[str, str], Mapping[str, str]], tuple[Reading, ...]]
"""From an action's inputs and its environment to what it scans."""


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """One scan in one run. ``position``: of its step in ``node.steps``.

    ``command``: ``None`` for an action. ``place``: of what calls it (``run`` or ``uses``).
    ``env``: variables that it sees, as written.
    """

    kind: Kind
    tool: str
    run: Run
    node: Node
    step: Step
    position: int
    command: Command | None
    place: Place
    options: Options
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """What findings call it: ``security-scan.yml: gitleaks / Scan the history``."""
        file = self.step.place.source.path.rpartition("/")[2]
        return f"{file}: {self.node.job.id} / {self._label}"

    @property
    def _label(self) -> str:
        """A step with several lines is named after the command that scans."""
        step, said = self.step, self.command
        several = said is not None and not said.file and len(step.run.strip().splitlines()) > 1
        if several and said is not None and not (step.name or step.id):
            return " ".join(said.words)[:60]
        return step.label or self.tool

    @property
    def key(self) -> tuple[object, ...]:
        """The same call in every run that reaches it."""
        said = self.command
        where = (said.file, said.line, said.words) if said is not None else ()
        return (id(self.place.source), self.place.path, self.kind, *where)
