"""Lint records for tests of their renderings: small, with every effect, and a hostile one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from golive.lint_outcome import exit_code, outcome
from golive.lint_record import (
    LintCheck,
    LintEffect,
    LintError,
    LintFile,
    LintFinding,
    LintGate,
    LintRecord,
    LintSentences,
    LintSuppression,
    LintTotals,
    LintWords,
    Suppressed,
    SuppressionState,
)
from golive.model import ResourceRef, Severity, Status
from golive.record import Tool

TODAY = date(2025, 8, 27)
EFFECTS = {
    Status.FAIL: LintEffect.FAILS,
    Status.WARN: LintEffect.WARNS,
    Status.INCONCLUSIVE: LintEffect.UNDECIDED,
    Status.ERROR: LintEffect.UNDECIDED,
    Status.PASS: LintEffect.NONE,
    Status.NOT_APPLICABLE: LintEffect.NONE,
}
BESIDE = Suppressed("k8s/api.yaml", 40, date(2025, 9, 1), "rebuilt nightly")


def check(name: str, status: Status = Status.PASS, **changes: object) -> LintCheck:
    made = LintCheck(
        id=f"manifests.{name}",
        gate="manifests",
        status=status,
        effect=EFFECTS[status],
        severity=Severity.HIGH,
        required=True,
        title="Image versions",
        what="Looks at every image.",
        reason_code="test",
        reason="A reason.",
        remedy="Name the version.",
        localized={"ko": LintSentences("이미지 버전", "이미지를 봅니다.", "이유", "적으십시오.")},
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def finding(name: str, status: Status = Status.FAIL, **changes: object) -> LintFinding:
    made = LintFinding(
        check=f"manifests.{name}",
        status=status,
        effect=EFFECTS[status],
        severity=Severity.HIGH,
        object=ResourceRef("Deployment", "prod", "api"),
        container="web",
        json_path="spec.template.spec.containers[0].image",
        file="k8s/api.yaml",
        line=41,
        column=None,
        subject="Deployment/prod/api [web]",
        code="latest",
        message="Image web:latest is whatever was pushed last.",
        remedy="Name the version.",
        localized={"ko": LintWords("이미지 web:latest", "버전을 적으십시오.")},
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def suppressed(name: str, **changes: object) -> LintFinding:
    return finding(name, effect=LintEffect.SUPPRESSED, suppressed=BESIDE, **changes)


def record(
    checks: Sequence[LintCheck],
    findings: Sequence[LintFinding] = (),
    *,
    errors: Sequence[LintError] = (),
    suppressions: Sequence[LintSuppression] = (),
    broken: dict[str, str] | None = None,
    files: Sequence[LintFile] = (LintFile("k8s/api.yaml", "kubernetes", 900, "a" * 64),),
    severity: Severity = Severity.LOW,
    others: int = 1,
) -> LintRecord:
    came_to = outcome(checks, errors, suppressions, broken=bool(broken), threshold=severity)
    kinds = Counter(f.kind for f in files) + Counter({"other": others})
    return LintRecord(
        tool=Tool("golive", "0.1.0", "3.11.9", "Linux"),
        day=TODAY,
        outcome=came_to,
        exit_code=exit_code(came_to, strict=False),
        paths=("k8s",),
        exclude=(),
        severity=severity,
        strict=False,
        selected=None,
        gates=(LintGate("manifests", "Kubernetes manifests", {"ko": "매니페스트"}, {}),),
        broken=broken or {},
        totals=LintTotals(
            kinds,
            3,
            Counter(c.status.value for c in checks),
            Counter(f.effect.value for f in findings),
            len(errors),
            Counter(s.state.value for s in suppressions),
        ),
        checks=tuple(checks),
        findings=tuple(findings),
        suppressions=tuple(suppressions),
        errors=tuple(errors),
        files=tuple(files),
    )


def clean() -> LintRecord:
    return record([check("parse"), check("image-tags"), check("probes", Status.NOT_APPLICABLE)])


def everything() -> LintRecord:
    """Every status, effect and kind of note at once."""
    checks = [
        check("parse", Status.FAIL, findings=1),
        check("image-tags", Status.FAIL, findings=2, suppressed=1),
        check("digests", Status.FAIL, effect=LintEffect.SUPPRESSED, findings=1, suppressed=1),
        check("resources", Status.WARN, findings=1),
        check("limits", Status.FAIL, effect=LintEffect.WARNS, required=False, findings=1),
        check("references", Status.INCONCLUSIVE, findings=1),
        check("graph", Status.INCONCLUSIVE, blocked_by="manifests.parse"),
        check("broken", Status.ERROR),
        check("probes", Status.NOT_APPLICABLE),
        check("quotas"),
    ]
    findings = [
        finding("parse", file="k8s/bad.yaml", line=3, object=None, subject="k8s/bad.yaml"),
        finding("image-tags"),
        suppressed("image-tags", line=44),
        suppressed("digests", line=44),
        finding("resources", Status.WARN, line=50),
        finding("limits", effect=LintEffect.WARNS, line=51),
        finding("references", Status.INCONCLUSIVE, line=60, column=7),
    ]
    return record(
        checks,
        findings,
        errors=[
            LintError("k8s/bad.yaml", 3, 1, "kubernetes", "not-yaml", "a key twice", reported=True),
            LintError("k8s/huge.yaml", None, None, "other", "too-large", "60 MB", "split it"),
        ],
        suppressions=[
            LintSuppression(
                "k8s/api.yaml",
                40,
                SuppressionState.IN_FORCE,
                ("manifests.image-tags", "manifests.digests"),
                "2025-09-01",
                "rebuilt nightly",
                2,
            ),
            LintSuppression(
                "k8s/api.yaml",
                70,
                SuppressionState.EXPIRED,
                ("manifests.probes",),
                "2025-01-01",
                "x",
                0,
            ),
            LintSuppression(
                "k8s/api.yaml",
                80,
                SuppressionState.UNUSED,
                ("manifests.quotas",),
                "2026-01-01",
                "y",
            ),
            LintSuppression(
                "k8s/api.yaml",
                90,
                SuppressionState.MALFORMED,
                (),
                "soon",
                "",
                0,
                "until=soon is no day",
            ),
        ],
        broken={"weird": "ImportError: no module"},
    )


def below() -> LintRecord:
    """Only findings of a lower severity than was asked for."""
    low = check("labels", Status.FAIL, effect=LintEffect.BELOW, severity=Severity.LOW, findings=1)
    found = finding("labels", effect=LintEffect.BELOW, severity=Severity.LOW)
    return record([check("parse"), low], [found], severity=Severity.HIGH)


def nothing() -> LintRecord:
    return record([check("parse", Status.NOT_APPLICABLE)], files=(), others=3)


HOSTILE = (
    "\x1b[31m[/bold]\x9b0m\u202eevil\u2066 ]]> <script>&amp; \"q\" 'a' `b` {x} %s \x00\ud800\ufffe"
)


def hostile(text: str = HOSTILE) -> LintRecord:
    """Strings of a stranger at every place that a file or a server can fill."""
    found = finding(
        "image-tags",
        object=ResourceRef(text, text, text),
        container=text,
        json_path=text,
        file=text,
        subject=text,
        message=text,
        remedy=text,
        localized={},
        effect=LintEffect.SUPPRESSED,
        suppressed=Suppressed(text, 1, TODAY, text),
    )
    bare = finding("image-tags", object=None, subject=text, file="", line=None, message=text)
    return record(
        [
            check(
                "image-tags",
                Status.FAIL,
                reason=text,
                what=text,
                title=text,
                remedy=text,
                localized={},
            ),
            check("other", Status.INCONCLUSIVE, reason=text, localized={}),
        ],
        [found, bare],
        errors=[LintError(text, 1, 1, text, text, text, text)],
        suppressions=[
            LintSuppression(text, 1, SuppressionState.MALFORMED, (text,), text, text, 0, text)
        ],
        broken={text: text},
        files=[LintFile(text, "kubernetes", 1, "")],
    )


RECORDS = (clean, everything, below, nothing, hostile)
