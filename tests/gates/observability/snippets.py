"""Judge a check of gate `observability` over a few lines of YAML, in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

from golive.api import CheckResult, EvidenceRef, Location, Observation
from golive.sources.reading import read_tree
from golive.sources.tree import FileKind, SourceProblem
from golive.texts import LANGUAGES, catalogue
from golive_gates.observability import GATE
from golive_gates.observability.parts import Alerting
from golive_gates.observability.settings import Settings

CHECKS = {c.spec.name: c for c in GATE.checks}
FILE = "alerting-files.json"
EVIDENCE = EvidenceRef(FILE, FILE, "0" * 64, 1, "application/json")


def judged(
    name: str, *texts: str, settings: Settings | None = None, problems: int = 0
) -> CheckResult:
    """The result of check *name* over *texts*, each a file (a.yaml, b.yaml, ...).

    ``problems``: how many further files could not be read. Every sentence of the result can be
    said in both languages. A text that cannot be read is an error of the test.
    """
    seen = Observation({"Alerting": alerting(*texts, problems=problems)})
    result = CHECKS[name].evaluate(seen, settings or Settings())
    said(result)
    return result


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


def said(result: CheckResult) -> None:
    """Raises unless both catalogues have reason, remedy, findings and facts of *result*."""
    for lang in LANGUAGES:
        texts = catalogue(GATE.package, lang)
        assert texts.reason(result.reason, result.spec.id).strip()
        assert texts.remedy(result.spec.id, result.reason).strip()
        for finding in result.findings:
            assert texts.reason(finding.reason, result.spec.id).strip()
            assert texts.remedy(result.spec.id, finding.reason).strip()
        names = [f.name for f in result.facts if re.fullmatch(r"[a-z_0-9]+", f.name)]
        assert set(names) - set(texts.tables["facts"]) == set()


def codes(result: CheckResult) -> list[str]:
    """Codes of the findings, in their order."""
    return [f.reason.code for f in result.findings]
