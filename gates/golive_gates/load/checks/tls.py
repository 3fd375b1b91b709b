"""``load.tls``: every origin speaks current TLS with a certificate that is valid and stays so.

What: chain, name and days left of the certificate, verified even where the configuration
switches that off; TLS 1.0 and 1.1 offered alone, which must be refused (RFC 8996); plain http
beside https, which must redirect there. Plain http to another machine fails, on loopback there
is nothing to encrypt. Why: an expired certificate is an outage with a known date, and tokens
over plain http are public. Remedy: the reason names what to renew, redirect or switch off.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Comparator,
    Fact,
    Finding,
    Measurement,
    Observation,
    Reason,
)
from golive_gates.load.pentest.parts import Handshake, Transport
from golive_gates.load.pentest.settings import Pentest
from golive_gates.load.pentest.verdicts import cut_short
from golive_gates.load.settings import Settings

SPEC = CheckSpec("load.tls")

UNREACHABLE = "unreachable"
BOTH = 2


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """The worst origin decides; what could not be tried is said, and never passes in silence."""
    part = observation.require(Transport)
    evidence = part.walk.evidence
    limits = settings.pentest
    secure = [o for o in part.origins if o.secure]
    failures = [f for o in part.origins for f in _failures(o, limits)]
    days = min((o.days_left for o in secure if o.days_left is not None), default=None)
    without_plain = [o for o in secure if not o.plain_tried]
    facts = (
        Fact("days_left", None if days is None else int(days)),
        Fact("plain_http_tried", f"{len(secure) - len(without_plain)}/{len(secure)}"),
        *_versions(secure),
    )
    if failures:
        return SPEC.failed(
            failures[0].reason, evidence=evidence, facts=facts, findings=tuple(failures)
        )
    early = cut_short(SPEC, part.walk, facts)
    if early is not None:
        return early
    if not part.origins:
        return SPEC.inconclusive(Reason("no-origin"))
    if not secure:
        return SPEC.not_applicable(Reason("plain-loopback", {"url": part.origins[0].url}))
    lost = next((o for o in secure if o.problem == UNREACHABLE), None)
    if lost is not None or days is None:
        detail = lost.detail if lost is not None else "-"
        reason = Reason("unreachable", {"url": (lost or secure[0]).url, "detail": detail})
        return SPEC.inconclusive(reason, evidence=evidence, facts=facts)
    measurement = _measurement(days, limits)
    remarks = [f for o in secure for f in _remarks(o, limits)]
    if remarks:
        return SPEC.warned(
            remarks[0].reason,
            measurement=measurement,
            evidence=evidence,
            facts=facts,
            findings=tuple(remarks),
        )
    reason = Reason(
        "valid-without-plain" if without_plain else "valid",
        {"origins": len(secure), "days": int(days), "version": secure[0].version},
    )
    return SPEC.passed(reason, measurement=measurement, evidence=evidence, facts=facts)


def _failures(origin: Handshake, limits: Pentest) -> list[Finding]:
    found: list[Reason] = []
    params = {"url": origin.url}
    if not origin.secure:
        if not origin.loopback:
            found.append(Reason("plain", params))
    elif origin.problem == "expired":
        found.append(Reason("expired", params))
    elif origin.problem == "host":
        found.append(Reason("wrong-host", params))
    elif origin.problem and origin.problem != UNREACHABLE:
        found.append(Reason("untrusted", {**params, "detail": origin.detail or origin.problem}))
    if origin.days_left is not None and 0 <= origin.days_left < limits.certificate_days:
        days = int(origin.days_left)
        found.append(
            Reason("ends-soon", {**params, "days": days, "limit": limits.certificate_days})
        )
    if origin.old_accepted:
        found.append(Reason("old-version", {**params, "versions": ", ".join(origin.old_accepted)}))
    if origin.plain is not None and _serves_plain(origin):
        found.append(Reason("no-redirect", {**params, "status": origin.plain}))
    return [Finding(origin.url, reason) for reason in found]


def _remarks(origin: Handshake, limits: Pentest) -> list[Finding]:
    found: list[Reason] = []
    params = {"url": origin.url}
    if origin.days_left is not None and origin.days_left < limits.certificate_warn_days:
        days, limit = int(origin.days_left), limits.certificate_warn_days
        found.append(Reason("renew", {**params, "days": days, "limit": limit}))
    if origin.old_accepted is None or len(origin.old_offered) < BOTH:
        offered = ", ".join(origin.old_offered) or "-"
        found.append(Reason("old-unproven", {**params, "offered": offered}))
    return [Finding(origin.url, reason) for reason in found]


def _serves_plain(origin: Handshake) -> bool:
    assert origin.plain is not None  # noqa: S101 - asked before
    if 300 <= origin.plain < 400:
        return not origin.plain_to.startswith("https://")
    return 200 <= origin.plain < 300


def _measurement(days: float, limits: Pentest) -> Measurement:
    limit = float(limits.certificate_days)
    return Measurement("certificate_days_left", days, "d", Comparator.GE, limit)


def _versions(secure: list[Handshake]) -> tuple[Fact, ...]:
    agreed = ", ".join(dict.fromkeys(o.version for o in secure if o.version))
    return (Fact("tls_version", agreed or None),)


CHECK = Check(SPEC, (Transport,), judge)
