"""From a gate's observation to its check records: judges run, sentences are added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from golive.codec import encode
from golive.config.model import Waiver
from golive.errors import describe
from golive.gate import Check, Gate
from golive.isolation import call_pure
from golive.model import CheckResult, Fact, Finding, Overclaim, Reason, ResourceRef
from golive.observation import Observation
from golive.record import CheckRecord, FactRecord, FindingRecord, Sentences
from golive.record_schema import run_schema
from golive.sanitize import clean
from golive.texts import LANGUAGES, Catalogue, catalogue

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

JUDGE_SECONDS = 60.0
"""A pure judge that needs longer hangs."""


def judge(
    check: Check[Any],
    observation: Observation,
    settings: object,
    *,
    seconds: float | None,
) -> CheckResult:
    """Run one judge; whatever goes wrong in it is an ``error`` of that check alone.

    *seconds*: how long it may take; ``None`` runs it in the caller's own thread, without limit.
    """

    def work() -> object:  # A plugin's judge may return anything.
        return check.evaluate(observation, settings)

    try:
        name = f"judge {check.spec.id}"
        result = work() if seconds is None else call_pure(work, name, seconds)
    except Overclaim as error:
        return check.spec.errored(Reason("core.overclaim", {"detail": str(error)}))
    except Exception as error:  # noqa: BLE001 - plugin code
        return check.spec.errored(Reason("core.judge-crashed", {"detail": describe(error)}))
    if not isinstance(result, CheckResult) or result.spec != check.spec:
        detail = "the judge returned no result of its own check"
        return check.spec.errored(Reason("core.judge-crashed", {"detail": detail}))
    return result


def judge_gate(
    gate: Gate[Any], observation: Observation, settings: object, waivers: Iterable[Waiver]
) -> tuple[CheckRecord, ...]:
    """Judge every check of *gate* and word the results. Of two waivers the later one counts."""
    by_check = {w.check: w for w in sorted(waivers, key=lambda w: w.until)}
    results = [judge(check, observation, settings, seconds=JUDGE_SECONDS) for check in gate.checks]
    return tuple(word(gate.package, r, by_check.get(r.spec.id)) for r in results)


def word(package: str, result: CheckResult, waiver: Waiver | None = None) -> CheckRecord:
    """Add the sentences. What cannot be worded or recorded makes the result an ``error``."""
    try:
        catalogues = {lang: catalogue(package, lang) for lang in LANGUAGES}
        record = _record(catalogues, result, waiver)
        _demand_recordable(record)
    except Exception as error:  # noqa: BLE001 - what a plugin returned, and its catalogue
        bare = {"detail": describe(error)}
        broken = result.spec.errored(Reason("core.judge-crashed", bare))
        core = {lang: catalogue("golive", lang) for lang in LANGUAGES}
        sentences = {
            lang: Sentences(
                result.spec.id,
                core[lang].reason(broken.reason),
                core[lang].core_text("remedies", "judge-crashed"),
            )
            for lang in LANGUAGES
        }
        return _assemble(broken, sentences, (), (), waiver)
    return record


def _demand_recordable(record: CheckRecord) -> None:
    """Raises ``ValueError`` when the whole run's record could not hold this one."""
    problem = next(_record_validator().iter_errors(encode(record)), None)
    if problem is not None:
        where = ".".join(str(p) for p in problem.absolute_path)
        msg = f"the result cannot be recorded: {where}: {problem.message:.200}"
        raise ValueError(msg)


@cache
def _record_validator() -> Draft202012Validator:
    # jsonschema is heavy, and only a run that judges needs it.
    from jsonschema import Draft202012Validator

    schema = {"$ref": "#/$defs/CheckRecord", "$defs": run_schema()["$defs"]}
    return Draft202012Validator(schema)


def _record(
    catalogues: dict[str, Catalogue], result: CheckResult, waiver: Waiver | None
) -> CheckRecord:
    check_id = result.spec.id
    sentences = {
        lang: Sentences(
            texts.check(check_id, "title"),
            texts.reason(result.reason, check_id),
            texts.remedy(check_id, result.reason),
        )
        for lang, texts in catalogues.items()
    }
    findings = tuple(_finding(catalogues, f, check_id) for f in result.findings)
    return _assemble(result, sentences, worded_facts(catalogues, result.facts), findings, waiver)


def worded_facts(
    catalogues: Mapping[str, Catalogue], facts: Iterable[Fact]
) -> tuple[FactRecord, ...]:
    """The facts, cleaned, with their display names."""
    return tuple(
        FactRecord(
            clean(f.name),
            clean(f.value) if isinstance(f.value, str) else f.value,
            clean(f.unit),
            {lang: texts.label("facts", f.name) for lang, texts in catalogues.items()},
        )
        for f in facts
    )


def _finding(catalogues: dict[str, Catalogue], finding: Finding, check_id: str) -> FindingRecord:
    messages = {lang: t.reason(finding.reason, check_id) for lang, t in catalogues.items()}
    named = finding.resource
    place = finding.location
    if place is not None:
        place = replace(place, path=clean(place.path))
    return FindingRecord(
        subject=clean(finding.subject),
        code=finding.reason.code,
        message=messages["en"],
        localized={lang: m for lang, m in messages.items() if lang != "en"},
        location=place,
        status=finding.status,
        resource=None if named is None else ResourceRef(*(clean(x) for x in astuple(named))),
        container=clean(finding.container),
        json_path=clean(finding.json_path),
    )


def _assemble(
    result: CheckResult,
    sentences: dict[str, Sentences],
    facts: Sequence[FactRecord],
    findings: Sequence[FindingRecord],
    waiver: Waiver | None,
) -> CheckRecord:
    english = sentences["en"]
    return CheckRecord(
        id=result.spec.id,
        status=result.status,
        severity=result.spec.severity,
        required=result.spec.required,
        needs=result.spec.needs,
        evidence_level=result.level,
        title=english.title,
        reason_code=result.reason.code,
        reason=english.reason,
        remedy=english.remedy,
        localized={lang: s for lang, s in sentences.items() if lang != "en"},
        measurement=result.measurement,
        facts=tuple(facts),
        findings=tuple(findings),
        evidence=result.evidence,
        waiver=waiver,
        blocked_by=result.blocked_by,
    )
