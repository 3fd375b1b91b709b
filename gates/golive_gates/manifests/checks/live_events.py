"""``manifests.live-events``: the cluster has not warned of the release lately.

What: Warning events of the last ``live.events_within`` about the release's objects. One that was
repeated ``live.events_at_most`` times fails; a rarer one, or one about what another live check
already reports, is a warning. Why: failing probes, mounts and quota show here first. Remedy: read
the message of each event, and mend its cause.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta

from golive.api import Check, CheckResult, CheckSpec, Fact, Finding, Observation, Severity, Status
from golive_gates.manifests.live.judging import concluded_live, found, release_of
from golive_gates.manifests.live.parts import Condition, Event, Live
from golive_gates.manifests.live.release import Release
from golive_gates.manifests.live.troubles import troubles
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.live-events", severity=Severity.MEDIUM)

SCALING = "HorizontalPodAutoscaler"


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No warning that keeps coming."""
    release = release_of(SPEC, observation)
    if isinstance(release, CheckResult):
        return release
    live = release.live
    since = live.at - timedelta(seconds=settings.live.events_within)
    # An event without a time may be of any time: it counts.
    recent = [e for e in live.events if (e.last is None or e.last >= since) and release.is_about(e)]
    findings = tuple(_findings(release, recent, settings))
    facts = (Fact("warning_events", sum(e.count for e in recent)),)
    objects = (*release.workloads, *release.pods, *release.services, *release.autoscalers)
    # Silence is the claim, so it is about something even where nothing could be listed.
    return concluded_live(SPEC, live, max(1, len(objects)), findings, facts)


def _findings(release: Release, events: Iterable[Event], settings: Settings) -> Iterator[Finding]:
    grouped: dict[tuple[str, str, str], list[Event]] = defaultdict(list)
    for event in events:
        grouped[event.kind, event.name, event.reason].append(event)
    known = _reported(release, settings)
    for (kind, name, reason), group in sorted(grouped.items()):
        count = sum(e.count for e in group)
        often = count >= settings.live.events_at_most
        elsewhere = (kind, name) in known
        yield found(
            release.live,
            kind,
            name,
            "repeated" if often and not elsewhere else "warned",
            status=None if often and not elsewhere else Status.WARN,
            reason=reason,
            message=group[-1].message or "-",
            count=count,
        )


def _reported(release: Release, settings: Settings) -> set[tuple[str, str]]:
    """Objects whose trouble other live checks report: their events are its echo."""
    live, within = release.live, settings.live.restarts_within
    known = {
        ("Pod", p.name)
        for p in live.pods
        if (not p.ready and p.phase != "Succeeded") or any(troubles(p, live.at, within))
    }
    known |= {(w.kind, w.name) for w in live.workloads if w.available < w.wanted}
    return known | {(SCALING, a.name) for a in release.autoscalers if _unwell(a.conditions)}


def _unwell(conditions: Iterable[Condition]) -> bool:
    return any(c.status == "False" and c.type != "ScalingLimited" for c in conditions)


CHECK = Check(SPEC, (Live, Manifests), judge)
