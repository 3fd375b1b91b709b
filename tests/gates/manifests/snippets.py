"""Judge a check of gate `manifests` over a few lines of YAML, in both languages."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

from golive.api import CheckResult, Location, Observation
from golive.sources.reading import read_tree
from golive.sources.tree import FileKind, SourceProblem
from golive_gates.manifests import GATE
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings
from tests.gates.saying import evidence, said

CHECKS = {c.spec.name: c for c in GATE.checks}
EVIDENCE = evidence("manifest-files.json")


def judged(
    name: str, *texts: str, settings: Settings | None = None, problems: int = 0
) -> CheckResult:
    """The result of check *name* over *texts*, each a file (a.yaml, b.yaml, ...).

    ``problems``: how many further files could not be read. Every sentence of the result can be
    said in both languages. A text that cannot be read is an error of the test.
    """
    result = CHECKS[name].evaluate(observed(*texts, problems=problems), settings or Settings())
    return said(result)


def observed(*texts: str, problems: int = 0) -> Observation:
    """The observation that the files observer makes of *texts*."""
    return Observation({"Manifests": manifests(*texts, problems=problems)})


def manifests(*texts: str, problems: int = 0) -> Manifests:
    with TemporaryDirectory() as folder:
        base = Path(folder)
        files = [base / f"{chr(ord('a') + i)}.yaml" for i in range(len(texts))]
        for file, text in zip(files, texts, strict=True):
            file.write_text(dedent(text), encoding="utf-8")
        tree = read_tree(files, base)
    assert not tree.problems, tree.problems
    unread = tuple(
        SourceProblem(
            Location(f"unread-{i}.yaml", 1), FileKind.KUBERNETES, "not-yaml", "not closed"
        )
        for i in range(problems)
    )
    return Manifests(tree.of(FileKind.KUBERNETES), tree.objects, unread, (EVIDENCE,))
