"""Judge a check of gate `pipeline` over the files of a small repository."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

from golive.api import CheckResult, Location, Observation
from golive.linting import observe
from golive.sources.reading import read_paths
from golive.sources.tree import FileKind, SourceProblem
from golive_gates.pipeline import GATE
from golive_gates.pipeline.parts import Pipeline
from golive_gates.pipeline.settings import Settings
from tests.gates.saying import said

CHECKS = {c.spec.name: c for c in GATE.checks}
CI = ".github/workflows/ci.yml"


def judged(
    name: str,
    files: Mapping[str, str] | str,
    *,
    settings: Settings | None = None,
    problems: int = 0,
    parts: Mapping[str, object] | None = None,
) -> CheckResult:
    """The result of check *name* over *files*, by path; a text alone is ``ci.yml``.

    ``problems``: how many further workflows could not be read. ``parts``: what other observers
    saw, by name. Every sentence of the result can be said in both languages.
    """
    seen = Observation(
        {"Pipeline": pipeline(files, settings=settings, problems=problems), **(parts or {})}
    )
    return said(CHECKS[name].evaluate(seen, settings or Settings()))


def pipeline(
    files: Mapping[str, str] | str, *, settings: Settings | None = None, problems: int = 0
) -> Pipeline:
    """What the observer makes of *files*. One that cannot be read is an error of the test."""
    written = {CI: files} if isinstance(files, str) else files
    with TemporaryDirectory() as folder:
        base = Path(folder)
        for path, text in written.items():
            (base / path).parent.mkdir(parents=True, exist_ok=True)
            (base / path).write_text(dedent(text), encoding="utf-8")
        tree = read_paths([base])
        assert not tree.problems, tree.problems
        found = observe(GATE, tree, settings or Settings(), {Pipeline}).require(Pipeline)
    unread = tuple(
        SourceProblem(Location(f"unread-{i}.yml", 1), FileKind.WORKFLOW, "not-yaml", "not closed")
        for i in range(problems)
    )
    return replace(found, problems=unread)


def job(*steps: str, extra: str = "") -> str:
    """The lines of a job with *steps*, each a command or the YAML of a mapping."""
    listed = "".join(
        "  - "
        + (s if s.startswith(("{", "uses:", "name:", "run:", "if:")) else f"run: {s}")
        .strip()
        .replace("\n", "\n    ")
        + "\n"
        for s in (dedent(step).strip() for step in steps)
    )
    return f"runs-on: ubuntu-24.04\n{dedent(extra)}steps:\n{listed}"


def workflow(jobs: Mapping[str, str], on: str = "push", extra: str = "") -> str:
    """A workflow with *jobs*, each of :func:`job`; *on*: a flow value."""
    listed = "".join(
        f"  {name}:\n" + "".join(f"    {line}\n" for line in text.splitlines())
        for name, text in jobs.items()
    )
    return f"name: w\non: {on}\n{dedent(extra)}jobs:\n{listed}"
