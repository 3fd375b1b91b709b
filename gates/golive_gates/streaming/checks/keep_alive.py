"""``streaming.keep-alive``: an idle connection can be used again, or is closed with notice.

What: one connection is left idle until just before ``keepalive_idle`` (75 s in nginx by
default) and then carries a second request. A server may close an idle connection at any time
(RFC 9112, 9.5), but a client that is sending at that moment sees a reset; whoever announces
the time (``Keep-Alive: timeout=``, ``Connection: close``, a 408) lets clients avoid that, and
one that announces less than ``keepalive_least`` keeps no connection for a user at all.
Why: the next prompt of a user comes after such a pause, and a reset is shown as an error.
Remedy: keep connections at least as long as clients and load balancers before you do (nginx:
``keepalive_timeout``; uvicorn: ``--timeout-keep-alive``), each hop longer than the one before.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Comparator, Fact, Observation, Reason
from golive_gates.streaming.measure import exact
from golive_gates.streaming.parts import ANSWERED, CLOSED, RESET, Idle, KeptConnection
from golive_gates.streaming.seen import why_not
from golive_gates.streaming.settings import Settings

SPEC = CheckSpec("streaming.keep-alive")

WAITED = 0.9
"""Share of ``keepalive_idle`` that has to have passed before the second request."""
EARLY = 1.0
"""Seconds by which a server may miss the time that it announced."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Answered again passes; a close passes only as a remark, and only with notice."""
    part = observation.require(Idle)
    kept = part.connection
    facts = (
        Fact("idle_seconds", kept.waited, "s"),
        Fact("announced_keep_alive", kept.announced, "s"),
        Fact("second_status", kept.status),
    )
    params: dict[str, str | int | float] = {
        "waited": kept.waited,
        "limit": settings.keepalive_idle,
        "detail": kept.detail or "-",
        "announced": kept.announced or 0.0,
        "status": kept.status or "-",
        "least": settings.keepalive_least,
    }
    evidence = part.evidence
    if kept.first_status is None:
        reason = why_not(None, "", kept.detail)
        return SPEC.inconclusive(reason, evidence=evidence, facts=facts)
    if kept.first_status == 429 or kept.status == 429:
        return SPEC.inconclusive(why_not(429, "", ""), evidence=evidence, facts=facts)
    unwell = next((s for s in (kept.first_status, kept.status) if s and s // 100 != 2), None)
    if unwell is not None:
        return SPEC.inconclusive(
            Reason("not-2xx", {**params, "status": unwell}), evidence=evidence, facts=facts
        )
    if kept.outcome == ANSWERED:
        wanted = WAITED * settings.keepalive_idle
        if kept.waited < wanted:
            return SPEC.inconclusive(
                Reason("waited-too-short", params), evidence=evidence, facts=facts
            )
        measurement = exact("idle_seconds", kept.waited, "s", Comparator.GE, wanted, 1)
        return SPEC.passed(
            Reason("used-again", params), measurement=measurement, evidence=evidence, facts=facts
        )
    if kept.outcome == CLOSED and _announced(kept) and kept.waited < _least(settings):
        return SPEC.failed(Reason("closed-soon", params), evidence=evidence, facts=facts)
    if kept.outcome == CLOSED and _announced(kept):
        return SPEC.warned(Reason("closed-said", params), evidence=evidence, facts=facts)
    code = {CLOSED: "closed", RESET: "reset"}.get(kept.outcome, "unanswered")
    return SPEC.failed(Reason(code, params), evidence=evidence, facts=facts)


def _least(settings: Settings) -> float:
    """A server that keeps the least time to the second may be seen a little early."""
    return settings.keepalive_least - min(EARLY, 0.1 * settings.keepalive_least)


def _announced(kept: KeptConnection) -> bool:
    in_time = kept.announced is not None and kept.waited >= kept.announced - EARLY
    return kept.close_notice or in_time


CHECK = Check(SPEC, (Idle,), judge)
