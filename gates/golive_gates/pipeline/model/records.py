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
    ``within``: for a step of a composite action, the steps that use it, outermost first: what they
    say of ``if`` and ``continue-on-error`` holds for it too. ``given``: its action's inputs by
    name, defaults filled in: what ``${{ inputs.x }}`` is in it, as far as it is known.
    ``lines``: of the file for each line of ``run``, where these do not simply follow each other.
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
    within: tuple[Step, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[int, ...] = ()

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
    """One pipeline file. ``path``: from the repository's root. ``permissions``: as of a job.

    ``defaults``: inputs of ``workflow_call`` that have a default. ``unfollowed``: what it takes
    its jobs from and that is not among the files (GitLab's ``include``). ``missing``: what it names
    (templates, stages) and does not have.
    """

    forge: Forge
    place: Place
    path: str
    name: str = ""
    triggers: tuple[Trigger, ...] = ()
    permissions: Any = None
    jobs: Mapping[str, Job] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    unfollowed: tuple[Unfollowed, ...] = ()
    missing: tuple[Missing, ...] = ()

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
    defaults: Mapping[str, str] = field(default_factory=dict)
    """Its inputs that have a default."""


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """Something that a pipeline uses and that is not among the files, or cannot be read."""

    place: Place
    what: str
    """As written: ``owner/repo/.github/workflows/x.yml@ref``, an include, an unknown script."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A name in a pipeline that leads nowhere. ``code``: the sentence that says so."""

    place: Place
    code: str
    what: str


@dataclass(frozen=True, slots=True)
class Guard:
    """A job whose condition decides whether a node starts, and the nodes that it waits for.

    ``results``: for each job that ``needs`` names, by that name, the nodes that it consists of.
    """

    job: Job
    needs: frozenset[str] = frozenset()
    results: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Node:
    """One job that a run consists of, reusable workflows and composite actions taken apart.

    ``id``: ``deploy``, or ``security / gitleaks`` for a job of the workflow that ``security``
    calls. ``callers``: the jobs that call it, outermost first. ``steps``: in their order, those of
    composite actions instead of the step that uses them. ``needs``: ids of all nodes that have to
    succeed before this one starts, transitively, through callers too. ``unfollowed``: what of it
    could not be looked into. ``guards``: its callers and its own job, outermost first, each with
    what it waits for: it starts when the conditions of all of them hold. ``given``: for a job of a
    called workflow, its inputs by name, as far as they are known.

    A remote action is a step like any other (its ``uses`` says so), not something unfollowed. One
    node stands for all combinations of a matrix: GitHub takes it for failed when one of them is.
    """

    id: str
    job: Job
    workflow: Workflow
    callers: tuple[Job, ...] = ()
    steps: tuple[Step, ...] = ()
    needs: frozenset[str] = frozenset()
    unfollowed: tuple[Unfollowed, ...] = ()
    guards: tuple[Guard, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """What one workflow does when one of its events starts it; ``workflow_call`` starts none.

    ``follows``: for a workflow that ``workflow_run`` starts, the runs that it follows.
    ``unfollowed``: where it is more than is looked at, and workflows that it follows that are not
    there. That of a node is the node's.
    """

    workflow: Workflow
    nodes: Mapping[str, Node]
    follows: tuple[Run, ...] = ()
    unfollowed: tuple[Unfollowed, ...] = ()
