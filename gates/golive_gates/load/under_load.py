"""When a load says nothing, and which check owns the failures that it brought. Pure."""

from __future__ import annotations

from golive.api import Outcome, Reason, Unavailable
from golive.objectives import ERROR_RATE, goal_of
from golive_gates.load.measure import Params, counts_text, outcome_of, strict_outcome, total
from golive_gates.load.parts import DEADLINE, HEALTH, Count, LoadSeen, Requests
from golive_gates.load.settings import Settings

AVAILABILITY_OWNER = "load.availability"
ERROR_RATE_OWNER = "load.error-rate"
AUTH = ("status-401", "status-403")


def nothing_to_judge(
    part: LoadSeen, kinds: tuple[Requests, ...], settings: Settings
) -> Reason | None:
    """Why no verdict may rest on *kinds* of the load's requests, or ``None``."""
    if part.lost:
        return Reason("lost-workers", {"count": len(part.lost), "detail": part.lost[0]})
    sent = total(kinds, "done") + total(kinds, "limited") + total(kinds, "client_error_count")
    limited = total(kinds, "limited")
    if limited > settings.limited_share * sent:
        return Reason("rate-limited", {"limited": limited, "sent": sent})
    refused = total(kinds, "client_error_count")
    if refused > settings.client_error_share * sent:
        counts = [c for r in kinds for c in r.client_errors]
        kind = max(counts, key=lambda c: c.count).kind
        code = "unauthorised" if kind in AUTH else "refused-requests"
        return Reason(code, {"status": kind.removeprefix("status-"), "count": refused, "n": sent})
    local = total(kinds, "local")
    if local > settings.client_error_share * (sent + local):
        return Reason("own-trouble", {"count": local, "sent": sent + local})
    if total(kinds, "done") == 0:
        if part.stopped not in ("", DEADLINE, HEALTH):
            return Reason("load-broke-off", {"detail": part.detail or part.stopped})
        return Reason("no-samples", {"planned": total(kinds, "planned")})
    return None


def availability_of(part: LoadSeen, settings: Settings) -> Outcome:
    """What the share of usable answers says of availability under this load."""
    kinds = part.kinds
    n, failures = total(kinds, "done"), total(kinds, "unavailable_count")
    if part.stopped == HEALTH:
        return Outcome.REFUTED
    if nothing_to_judge(part, kinds, settings) is not None:
        return Outcome.UNDECIDED
    missing, left_out = total(kinds, "missing"), total(kinds, "left_out")
    objective, confidence = settings.availability_objective, settings.confidence
    return strict_outcome(n, failures, missing, left_out, objective, confidence)


def owner_of_failures(part: LoadSeen, settings: Settings) -> str:
    """The check that fails for the requests that failed; "": none does."""
    if availability_of(part, settings) is Outcome.REFUTED:
        return AVAILABILITY_OWNER
    goal = goal_of(part.slo(ERROR_RATE), ERROR_RATE)
    if isinstance(goal, Unavailable) or nothing_to_judge(part, part.kinds, settings) is not None:
        return ""
    n, missing = total(part.kinds, "done"), total(part.kinds, "missing")
    failures = total(part.kinds, "unavailable_count") + total(part.kinds, "broken_count")
    outcome = outcome_of(n, failures, missing, goal.success, settings.confidence)
    return ERROR_RATE_OWNER if outcome is Outcome.REFUTED else ""


def why_open(params: Params, kinds: tuple[Requests, ...], *, without: bool = False) -> Reason:
    """Why a sample stayed undecided: cut short, too small, or proven only *without* some."""
    missing, left_out = total(kinds, "missing"), total(kinds, "left_out")
    if without:
        seen = [*(c for r in kinds for c in r.client_errors)]
        seen.append(Count("status-429", total(kinds, "limited")))
        seen.append(Count("local", total(kinds, "local")))
        text = counts_text(c for c in seen if c.count)
        return Reason("left-out", {**params, "left_out": left_out, "left_kinds": text})
    if missing:
        return Reason("stopped", {**params, "missing": missing})
    return Reason("undecided", params)
