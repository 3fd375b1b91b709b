"""How the checks of the running Prometheus look and come to a result. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from golive.api import (
    CheckResult,
    CheckSpec,
    Fact,
    Finding,
    Observation,
    Reason,
    Status,
    Unavailable,
)
from golive.inspecting import Inspection, concluded_as, live_undecided
from golive.model import Scalar
from golive.observation import PartMissing
from golive_gates.observability.live.parts import LivePrometheus
from golive_gates.observability.looking import READ_CHECK, read_check_of
from golive_gates.observability.parts import Alerting

REACHED_CHECK = "observability.live-freshness"
"""What reports a Prometheus that is not configured or cannot be asked; it blocks the others."""
TARGETS_CHECK = "observability.live-targets"
NO_PROMETHEUS = "core.needs-prometheus"
NO_FILES = frozenset({"core.needs-files", "no-alerting"})

GRACE = 15.0
"""Seconds beyond three intervals before something counts as late: a busy machine's pause."""


def latest(interval: float) -> float:
    """The age from which what comes every *interval* seconds is late: three were missed."""
    return 3 * interval + GRACE


def live_of(spec: CheckSpec, observation: Observation) -> LivePrometheus | CheckResult:
    """What Prometheus showed, or the result that ends the judgement before it began.

    Without a configured Prometheus the claim has no subject, which ``live-freshness`` alone
    reports, as it does that Prometheus could not be asked.
    """
    live = observation.find(LivePrometheus)
    if isinstance(live, Unavailable):
        if live.reason.code == NO_PROMETHEUS:
            return spec.not_applicable(Reason("live-no-prometheus"))
        raise PartMissing(Unavailable(live.reason, live.kind, REACHED_CHECK))
    return live


def alerting_of(observation: Observation) -> Alerting | None:
    """The files' rules; ``None`` where no files are configured. Raises ``PartMissing``."""
    found = observation.find(Alerting)
    if isinstance(found, Unavailable):
        if found.reason.code in NO_FILES:
            return None
        raise PartMissing(found)
    return found


def said(subject: str, code: str, status: Status | None = None, /, **params: Scalar) -> Finding:
    """A finding about what runs; it has no place in a file."""
    return Finding(subject, Reason(code, params), None, status)


def concluded_live(
    spec: CheckSpec,
    live: LivePrometheus,
    subjects: int,
    findings: Iterable[Finding],
    *,
    about: str = "",
    facts: Sequence[Fact] = (),
    files: Alerting | None = None,
    blocked_by: str = "",
) -> CheckResult:
    """The result of *spec* over what was seen. *about*: the answers without which none passes.

    ``files``: those of whose rules it speaks; what of them could not be read keeps it from a
    pass. ``blocked_by``: the check that reports the cause of what is undecided here.
    """
    everything = list(findings)
    gap = live.gap(about) if about else None
    unread = len(files.problems) if files is not None else 0
    check = READ_CHECK if files is None else read_check_of(files)
    seen = Inspection(subjects, everything, unread, check, live.evidence, tuple(facts))
    undecided = live_undecided(everything)
    if gap is not None:
        undecided = Reason(gap.code, {"url": live.url, "detail": gap.detail or "-"})
    return concluded_as(spec, seen, undecided, blocked_by)


def blocked(findings: Iterable[Finding], live: LivePrometheus) -> list[Finding]:
    """*findings* as undecided ones where what they are about may follow from missing targets."""
    held = list(findings)
    if not target_trouble(live):
        return held
    return [
        Finding(f.subject, f.reason, f.location, Status.INCONCLUSIVE, f.resource, "", f.json_path)
        if f.status is None
        else f
        for f in held
    ]


def target_trouble(live: LivePrometheus) -> bool:
    """Whether ``live-targets`` fails: series may be missing or old for that reason alone."""
    return any(f.status is None for f in target_findings(live))


def target_findings(live: LivePrometheus) -> list[Finding]:
    """What is wrong with the targets of the release; ``live-targets`` reports it."""
    found: list[Finding] = []
    if live.gap("targets") is not None:
        return found
    for subject in live.subjects:
        up = [t for t in subject.targets if t.health == "up"]
        if not subject.targets:
            missing = None if subject.promised else Status.INCONCLUSIVE
            code = "target-missing" if subject.promised else "target-unknown"
            found.append(said(subject.name, code, missing, active=live.active))
        for target in subject.targets:
            name = f"{subject.name}: {target.name}"
            error = target.error or "-"
            if target.health == "down":
                part = Status.WARN if up else None
                code = "target-partly-down" if up else "target-down"
                found.append(said(name, code, part, detail=error))
            elif target.health != "up":
                found.append(said(name, "target-unscraped", Status.INCONCLUSIVE))
            if target.health == "up" and target.scraped is not None:
                age, most = live.at - target.scraped, latest(target.interval or live.asked)
                if age > most:
                    found.append(said(name, "scrape-late", age=age, limit=most))
            if target.interval is not None and target.interval > live.asked * (1 + 1e-6):
                found.append(
                    said(name, "scraped-rarely", interval=target.interval, limit=live.asked)
                )
    return _once(found)


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """A target may belong to a service and to a monitor: what is wrong with it is one thing."""
    kept: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        target = finding.subject.partition(": ")[2] or finding.subject
        kept.setdefault((target, finding.reason.code), finding)
    return list(kept.values())
