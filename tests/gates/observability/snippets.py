"""Judge a check of gate `observability` over a few lines of YAML, in both languages."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

from golive.api import CheckResult, Location, Observation
from golive.sources.reading import read_tree
from golive.sources.tree import FileKind, SourceProblem
from golive_gates.observability import GATE
from golive_gates.observability.parts import Alerting
from golive_gates.observability.settings import Settings
from tests.gates.saying import evidence, said

CHECKS = {c.spec.name: c for c in GATE.checks}
EVIDENCE = evidence("alerting-files.json")


def judged(
    name: str, *texts: str, settings: Settings | None = None, problems: int = 0
) -> CheckResult:
    """The result of check *name* over *texts*, each a file (a.yaml, b.yaml, ...).

    ``problems``: how many further files could not be read. Every sentence of the result can be
    said in both languages. A text that cannot be read is an error of the test.
    """
    seen = Observation({"Alerting": alerting(*texts, problems=problems)})
    result = CHECKS[name].evaluate(seen, settings or Settings())
    return said(result)


def alerting(*texts: str, problems: int = 0) -> Alerting:
    """What the files observer makes of *texts*."""
    with TemporaryDirectory() as folder:
        base = Path(folder)
        files = [base / f"{chr(ord('a') + i)}.yaml" for i in range(len(texts))]
        for file, text in zip(files, texts, strict=True):
            file.write_text(dedent(text), encoding="utf-8")
        tree = read_tree(files, base)
    assert not tree.problems, tree.problems
    unread = tuple(
        SourceProblem(Location(f"unread-{i}.yaml", 1), FileKind.RULES, "not-yaml", "not closed")
        for i in range(problems)
    )
    return Alerting(tree.files, tree.documents, tree.objects, unread, (EVIDENCE,))


def rules(*items: str, interval: str = "30s") -> str:
    """A rule file with one group that holds *items*, each the YAML of a rule."""
    listed = "".join(
        "      - " + dedent(item).strip().replace("\n", "\n        ") + "\n" for item in items
    )
    return f"groups:\n  - name: g\n    interval: {interval}\n    rules:\n{listed}"


def alert(expr: str, *, name: str = "A", extra: str = "") -> str:
    """An alert with everything that a good one has; *extra* is added."""
    return (
        f"alert: {name}\nexpr: {expr!r}\nfor: 5m\nlabels: {{severity: critical}}\n"
        "annotations: {summary: s, runbook_url: https://example.com/r}\n" + dedent(extra).strip()
    ).strip()
