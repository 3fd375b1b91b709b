"""Sentences for the results of file-based checks: from a judge's result to the lint record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from golive.errors import describe
from golive.gate import Gate
from golive.judging import worded_facts
from golive.lint_outcome import check_effect, effect_of, finding_status
from golive.lint_record import LintCheck, LintFinding, LintSentences, LintWords
from golive.lint_suppressions import Suppressions
from golive.model import CheckResult, Finding, Reason, ResourceRef, Severity
from golive.record import FactRecord
from golive.sanitize import clean
from golive.texts import LANGUAGES, Catalogue, CatalogueError, catalogue

Catalogues = Mapping[str, Catalogue]


@dataclass(frozen=True, slots=True)
class Worded:
    """A check and its findings as the record holds them."""

    check: LintCheck
    findings: tuple[LintFinding, ...] = field(default=())


def read_catalogues(gates: Iterable[Gate[Any]]) -> None:
    """Read the sentences of *gates* ahead of time; what is wrong with them is said later."""
    for gate in gates:
        for lang in LANGUAGES:
            with suppress(CatalogueError):
                catalogue(gate.package, lang)


def worded(
    gate: Gate[Any], result: CheckResult, suppressions: Suppressions, threshold: Severity
) -> Worded:
    """Add the sentences. What cannot be worded makes the result an ``error``."""
    try:
        texts = {lang: catalogue(gate.package, lang) for lang in LANGUAGES}
        findings = tuple(
            _finding(texts, result, f, suppressions, threshold) for f in result.findings
        )
        return Worded(_check(gate, texts, result, findings, threshold), findings)
    except Exception as error:  # noqa: BLE001 - what a plugin returned, and its catalogue
        bare = Reason("core.judge-crashed", {"detail": describe(error)})
        broken = result.spec.errored(bare)
        core = {lang: catalogue("golive", lang) for lang in LANGUAGES}
        sentences = {
            lang: LintSentences(
                result.spec.id,
                "",
                t.reason(bare),
                t.core_text("remedies", "judge-crashed"),
            )
            for lang, t in core.items()
        }
        return Worded(_assemble(gate, broken, sentences, (), (), threshold))


def _check(
    gate: Gate[Any],
    texts: Catalogues,
    result: CheckResult,
    findings: Sequence[LintFinding],
    threshold: Severity,
) -> LintCheck:
    check_id = result.spec.id
    sentences = {
        lang: LintSentences(
            t.check(check_id, "title"),
            t.check(check_id, "what").strip(),
            t.reason(result.reason, check_id),
            t.remedy(check_id, result.reason).strip(),
        )
        for lang, t in texts.items()
    }
    facts = worded_facts(texts, result.facts)
    return _assemble(gate, result, sentences, facts, findings, threshold)


def _assemble(
    gate: Gate[Any],
    result: CheckResult,
    sentences: Mapping[str, LintSentences],
    facts: Iterable[FactRecord],
    findings: Sequence[LintFinding],
    threshold: Severity,
) -> LintCheck:
    spec, english = result.spec, sentences["en"]
    return LintCheck(
        id=spec.id,
        gate=spec.gate,
        status=result.status,
        effect=check_effect(result, findings, threshold),
        severity=spec.severity,
        required=spec.required,
        title=english.title,
        what=english.what,
        reason_code=result.reason.code,
        reason=english.reason,
        remedy=english.remedy,
        localized={lang: s for lang, s in sentences.items() if lang != "en"},
        measurement=result.measurement,
        facts=tuple(facts),
        blocked_by=result.blocked_by,
        findings=len(findings),
        suppressed=sum(f.suppressed is not None for f in findings),
        docs=f"{gate.docs.rstrip('/')}/{spec.id}.md" if gate.docs else "",
    )


def _finding(
    texts: Catalogues,
    result: CheckResult,
    found: Finding,
    suppressions: Suppressions,
    threshold: Severity,
) -> LintFinding:
    spec, place, named = result.spec, found.location, found.resource
    words = {
        lang: LintWords(t.reason(found.reason, spec.id), t.remedy(spec.id, found.reason).strip())
        for lang, t in texts.items()
    }
    status = finding_status(result, found.status)
    beside = suppressions.covering(spec.id, place)
    return LintFinding(
        check=spec.id,
        status=status,
        effect=effect_of(
            status,
            spec.severity,
            threshold,
            required=spec.required,
            suppressed=beside is not None,
        ),
        severity=spec.severity,
        object=named and ResourceRef(clean(named.kind), clean(named.namespace), clean(named.name)),
        container=clean(found.container),
        json_path=clean(found.json_path),
        file=clean(place.path) if place else "",
        line=place.line if place else None,
        column=place.column if place else None,
        subject=clean(found.subject),
        code=found.reason.code,
        message=words["en"].message,
        remedy=words["en"].remedy,
        localized={lang: w for lang, w in words.items() if lang != "en"},
        suppressed=beside,
    )
