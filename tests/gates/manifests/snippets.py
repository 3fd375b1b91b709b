"""Judge a check of gate `manifests` over a few lines of YAML, in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

from golive.api import CheckResult, EvidenceRef, Location, Observation
from golive.sources.reading import read_tree
from golive.sources.tree import FileKind, SourceProblem
from golive.texts import LANGUAGES, catalogue
from golive_gates.manifests import GATE
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings

CHECKS = {c.spec.name: c for c in GATE.checks}
FILE = "manifest-files.json"
EVIDENCE = EvidenceRef(FILE, FILE, "0" * 64, 1, "application/json")


def judged(
    name: str, *texts: str, settings: Settings | None = None, problems: int = 0
) -> CheckResult:
    """The result of check *name* over *texts*, each a file (a.yaml, b.yaml, ...).

    ``problems``: how many further files could not be read. Every sentence of the result can be
    said in both languages. A text that cannot be read is an error of the test.
    """
    result = CHECKS[name].evaluate(observed(*texts, problems=problems), settings or Settings())
    said(result)
    return result


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


def places(result: CheckResult) -> list[str]:
    """JSON paths of the findings, in their order."""
    return [f.json_path for f in result.findings]
