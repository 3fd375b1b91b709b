"""``manifests.live-drift``: the cluster has what the files state.

What: every object that the release's files state for the namespace is there, and every field that
a file states has that value live. What the server fills in, and what only the cluster has, does
not count; quantities, ports, nulls and the order of keyed lists are compared by their meaning.
Why: what was changed by hand is not reviewed, and the next deployment takes it back. Remedy:
apply the files, or write down in them what the cluster has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from golive.api import Check, CheckResult, CheckSpec, Fact, Finding, Observation, Reason, Status
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject
from golive_gates.manifests.live.comparing import MISSING, MOST, Difference, differences
from golive_gates.manifests.live.judging import concluded_live, release_of
from golive_gates.manifests.live.parts import Live, Stated
from golive_gates.manifests.live.release import Release
from golive_gates.manifests.looking import READ_CHECK, finding
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.live-drift")

SCALED: KeyPath = ("spec", "replicas")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every stated object is there, with every stated value."""
    del settings
    release = release_of(SPEC, observation)
    if isinstance(release, CheckResult):
        return release
    live, manifests = release.live, release.manifests
    if manifests is None:
        return SPEC.inconclusive(Reason("core.needs-files"))
    seen = {(s.api_version, s.kind, s.name): s for s in live.stated}
    pairs = [
        (o, seen[o.api_version, o.kind, o.name])
        for o in manifests.objects
        if (o.api_version, o.kind, o.name) in seen and o.namespace in ("", live.namespace)
    ]
    scaled = _scaled(release)
    findings = tuple(f for o, s in pairs for f in _findings(o, s, (o.kind, o.name) in scaled))
    facts = (Fact("objects_elsewhere", live.elsewhere),)
    result = concluded_live(SPEC, live, len(pairs), findings, facts)
    if manifests.problems and result.status in (Status.PASS, Status.WARN):
        unread = {"n": len(pairs), "unread": len(manifests.problems)}
        return SPEC.inconclusive(
            Reason("core.inspected-unread", unread), facts=facts, blocked_by=READ_CHECK
        )
    return result


def _findings(item: KubernetesObject, live: Stated, scaled: bool) -> Iterator[Finding]:
    if live.found is None:
        yield finding(item, (), "not-seen", status=Status.INCONCLUSIVE)
        return
    if not live.found:
        yield finding(item, (), "missing")
        return
    every = [d for d in differences(item.data, live.data) if not (scaled and d.path == SCALED)]
    for difference in every[:MOST]:
        yield _finding(item, difference)
    if len(every) > MOST:
        yield finding(item, (), "more", more=len(every) - MOST)


def _finding(item: KubernetesObject, found: Difference) -> Finding:
    if found.private:
        return finding(item, found.path, "private")
    if found.live is MISSING:
        return finding(item, found.path, "gone", stated=_shown(found.stated))
    return finding(
        item, found.path, "differs", stated=_shown(found.stated), live=_shown(found.live)
    )


def _shown(value: object) -> str:
    """A scalar or a list of scalars; what is inside a mapping is not shown, it may be secret."""
    if isinstance(value, Mapping):
        return "{…}" if value else "{}"
    if isinstance(value, list | tuple) and any(isinstance(v, Mapping | list) for v in value):
        return f"[…] ({len(value)})"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:79] + "…"


def _scaled(release: Release) -> set[tuple[str, str]]:
    """Workloads whose replicas an autoscaler owns."""
    by_files = (
        o.mapping("spec", "scaleTargetRef")
        for o in (release.manifests.objects if release.manifests else ())
        if o.kind in ("HorizontalPodAutoscaler", "ScaledObject")
    )
    return {
        *((a.target_kind, a.target_name) for a in release.live.autoscalers),
        *((str(r.get("kind", "Deployment")), str(r.get("name"))) for r in by_files),
    }


CHECK = Check(SPEC, (Live, Manifests), judge)
