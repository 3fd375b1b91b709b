"""What the judges of both drills share. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from golive.api import CheckResult, CheckSpec, Fact, Finding, Observation, Reason, Unavailable
from golive_gates.streaming.buffering import CHECK_ID, behind_a_holding_front
from golive_gates.streaming.drill_parts import Command, Drill, DrillStream
from golive_gates.streaming.parts import LIMITED, LOCAL, Wire
from golive_gates.streaming.settings import Settings

SHOWN = 5
NONE_UNDER_WAY = "none-under-way"
SAME_ROW = 3
"""The last so many new streams were whole, or nothing would be back."""

Params = dict[str, str | int | float]


def settled(
    spec: CheckSpec, observation: Observation, drill: Drill, settings: Settings
) -> CheckResult | None:
    """The result that does not depend on which drill it was; ``None``: none of these.

    A target that is not back is a failure before anything else: golive's own command did it.
    """
    facts, evidence = facts_of(drill), drill.evidence
    trouble = _gone(drill, settings)
    if trouble is not None:
        findings = findings_of((*cut_by(drill), *_failed(drill.after)))
        return spec.failed(trouble, evidence=evidence, facts=facts, findings=findings)
    nothing = _undecided(drill)
    if nothing is not None:
        unseen = nothing.code == NONE_UNDER_WAY and behind_a_holding_front(observation, settings)
        return spec.inconclusive(
            Reason("buffered") if unseen else nothing,
            evidence=evidence,
            facts=facts,
            findings=findings_of(cut_by(drill)),
            blocked_by=CHECK_ID if unseen else None,
        )
    quiet = observation.find(Wire)
    wrong_anyway = not isinstance(quiet, Unavailable) and any(
        s.matches is False for s in quiet.streams
    )
    cut = cut_by(drill)
    mangled = [] if wrong_anyway else _mangled(spanning(drill))
    new = [] if wrong_anyway else _mangled(drill.after[-SAME_ROW:])
    for code, found in (("cut", cut), ("mangled", mangled), ("new-mangled", new)):
        if found:
            params: Params = {"streams": len(spanning(drill)), "cut": len(found)}
            return spec.failed(
                Reason(code, params), evidence=evidence, facts=facts, findings=findings_of(found)
            )
    return None


def spanning(drill: Drill) -> list[DrillStream]:
    """Streams that were under way when the target was disturbed, or broke because of it."""
    at = drill.disturbed
    return [
        s for s in drill.running if s.begun and (s.failure or (at is not None and s.ended > at))
    ]


def cut_by(drill: Drill) -> list[DrillStream]:
    """Streams that were under way and did not end as they should."""
    return _failed(spanning(drill))


def _gone(drill: Drill, settings: Settings) -> Reason | None:
    """Whether the target is not what it was before the command, and in what."""
    if drill.command is None:
        return None
    limit = settings.drain_within
    last = drill.after[-1].failure if drill.after else ""
    if last in (LIMITED, LOCAL):
        return None
    if drill.back_after is None or drill.back_after > limit:
        return Reason("not-back", {"limit": limit})
    if drill.ready_after is None or drill.ready_after > limit:
        return Reason("not-ready", {"limit": limit})
    return None


def _undecided(drill: Drill) -> Reason | None:
    """Why the drill decides nothing."""
    command = drill.command
    if command is not None and command.status != 0:
        params: Params = {"status": _status(command), "detail": command.problem or "-"}
        return Reason("command-failed", params)
    streams = (*drill.running, *drill.after)
    limited = sum(s.status == 429 for s in streams)
    if limited:
        return Reason("rate-limited", {"limited": limited, "sent": len(streams)})
    if any(s.failure == LOCAL for s in streams):
        return Reason("local-trouble", {"detail": next(s.detail for s in streams if s.failure)})
    planned, begun = len(drill.running), sum(s.begun for s in drill.running)
    if command is None:
        return _few(begun, planned)
    if cut_by(drill):
        return None
    if drill.disturbed is None:
        return Reason("no-effect-seen")
    spanned = len(spanning(drill))
    return _few(spanned, planned) if 2 * spanned <= planned else None


def _few(under_way: int, planned: int) -> Reason:
    code = "few-under-way" if under_way else NONE_UNDER_WAY
    return Reason(code, {"streams": planned, "under_way": under_way})


def _failed(streams: Iterable[DrillStream]) -> list[DrillStream]:
    return [s for s in streams if s.failure]


def _mangled(streams: Iterable[DrillStream]) -> list[DrillStream]:
    return [s for s in streams if not s.failure and s.matches is False]


def facts_of(drill: Drill) -> tuple[Fact, ...]:
    """The drill in figures."""
    command = drill.command
    return (
        Fact("command_status", None if command is None else _status(command)),
        Fact("command_seconds", None if command is None else command.seconds, "s"),
        Fact("disturbed_after", drill.disturbed, "s"),
        Fact("disturbance_seen_by", drill.witness or None),
        Fact("streams_under_way", len(spanning(drill))),
        Fact("streams_after", len(drill.after)),
        Fact("back_after", drill.back_after, "s"),
        Fact("ready_after", drill.ready_after, "s"),
    )


def findings_of(streams: Iterable[DrillStream]) -> tuple[Finding, ...]:
    """What became of streams that broke, or brought other content."""
    return tuple(
        Finding(
            "stream",
            Reason(
                "stream-broke" if s.failure else "stream-mangled",
                {
                    "failure": s.failure or "-",
                    "status": s.status or "-",
                    "events": s.content_events,
                },
            ),
        )
        for s in list(streams)[:SHOWN]
    )


def _status(command: Command) -> str:
    return "-" if command.status is None else str(command.status)
