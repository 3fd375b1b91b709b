"""Workflows, jobs and steps as their files state them; nothing is judged here.

GitHub's words are used throughout; a GitLab pipeline is told in the same ones (a stage is needed
by the next, ``allow_failure`` is ``continue-on-error``, ``when: manual`` a condition).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from golive.model import Location
from golive.sources.kubernetes.objects import KeyPath, json_path
from golive.sources.tree import PlainDocument

Forge = Literal["github", "gitlab"]


@dataclass(frozen=True, slots=True)
class Place:
    """A value in a document: where findings point."""

    source: PlainDocument
    path: KeyPath = ()

    def below(self, *path: str | int) -> Place:
        """The place at *path* of this one."""
        return Place(self.source, (*self.path, *path))

    def at(self, *, key: bool = False) -> Location:
        """Its line."""
        return self.source.at(self.path, key=key)

    @property
    def json_path(self) -> str:
        """``jobs.deploy.steps[0].run``."""
        return json_path(self.path)


@dataclass(frozen=True, slots=True)
class Trigger:
    """One event that starts a workflow. ``filters``: ``branches``, ``tags``, ``cron`` and so on."""

    event: str
    place: Place
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``shell``: the step's own, else its job's, else its workflow's; empty for none.

    ``condition``: the text of ``if``, empty for none. ``continue_on_error``: as written (a
    boolean, an expression, ``None`` where it is missing). ``inputs``: ``with``, as texts.
    """

    place: Place
    index: int
    name: str = ""
    id: str = ""
    uses: str = ""
    run: str = ""
    shell: str = ""
    condition: str = ""
    continue_on_error: Any = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    working_directory: str = ""

    @property
    def label(self) -> str:
        """What a finding calls it."""
        return self.name or self.id or self.uses or (self.run.strip().splitlines() or [""])[0][:60]


@dataclass(frozen=True, slots=True)
class Job:
    """One job. ``uses``: the reusable workflow that it is. ``environment``: its name or empty.

    ``matrix``: as written (a mapping, an expression, ``None``). ``permissions``: as written,
    ``None`` where it says nothing. ``images``: of its container and services, by where they are
    written.
    """

    place: Place
    id: str
    name: str = ""
    needs: tuple[str, ...] = ()
    condition: str = ""
    continue_on_error: Any = None
    environment: str = ""
    steps: tuple[Step, ...] = ()
    uses: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    matrix: Any = None
    permissions: Any = None
    images: tuple[tuple[Place, str], ...] = ()
    runs_on: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Workflow:
    """One pipeline file. ``path``: from the repository's root. ``permissions``: as of a job."""

    forge: Forge
    place: Place
    path: str
    name: str = ""
    triggers: tuple[Trigger, ...] = ()
    permissions: Any = None
    jobs: Mapping[str, Job] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def events(self) -> tuple[str, ...]:
        """Names of the events that start it."""
        return tuple(dict.fromkeys(t.event for t in self.triggers))


@dataclass(frozen=True, slots=True)
class Action:
    """A composite action of this repository. ``path``: its folder from the root."""

    place: Place
    path: str
    steps: tuple[Step, ...] = ()
    kind: str = "composite"
    """What ``runs.using`` says."""


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """Something that a pipeline uses and that is not among the files."""

    place: Place
    what: str
    """As written: ``owner/repo/.github/workflows/x.yml@ref``, an include, an unknown script."""


@dataclass(frozen=True, slots=True)
class Node:
    """One job that a run consists of, reusable workflows and composite actions taken apart.

    ``id``: ``deploy``, or ``security / gitleaks`` for a job of the workflow that ``security``
    calls. ``callers``: the jobs that call it, outermost first. ``steps``: in their order, those of
    composite actions instead of the step that uses them. ``needs``: ids of all nodes that have to
    succeed before this one starts, transitively, through callers too. ``unfollowed``: what of it
    could not be looked into.
    """

    id: str
    job: Job
    workflow: Workflow
    callers: tuple[Job, ...] = ()
    steps: tuple[Step, ...] = ()
    needs: frozenset[str] = frozenset()
    unfollowed: tuple[Unfollowed, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """What one workflow does when one of its events starts it; ``workflow_call`` starts none.

    ``follows``: for a workflow that ``workflow_run`` starts, the runs that it follows.
    """

    workflow: Workflow
    nodes: Mapping[str, Node]
    follows: tuple[Run, ...] = ()
