"""Which live objects are the release's own: those that its files state, and what these make.

Where no files are configured, everything in the namespace counts. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.sources.kubernetes.selectors import matches, selects
from golive_gates.manifests.live.parts import (
    Autoscaler,
    Budget,
    Event,
    Live,
    PodSeen,
    ServiceSeen,
    Workload,
)
from golive_gates.manifests.parts import Manifests

KINDS = ("Deployment", "StatefulSet", "DaemonSet")


class Release:
    """The release in one live namespace. ``manifests``: ``None`` without files."""

    def __init__(self, live: Live, manifests: Manifests | None) -> None:
        self.live = live
        self.manifests = manifests
        self._names = frozenset(
            (o.kind, o.name)
            for o in (manifests.objects if manifests is not None else ())
            if o.namespace in ("", live.namespace)
        )
        self.workloads = tuple(w for w in live.workloads if self.states(w.kind, w.name))
        self._selectors = [
            *(w.selector for w in self.workloads),
            *self._stated_selectors(),
        ]
        self.pods = tuple(p for p in live.pods if self._makes(p))

    @property
    def open(self) -> bool:
        """Whether no files say what belongs to it."""
        return self.manifests is None

    def states(self, kind: str, name: str) -> bool:
        """Whether the files state that object; all are stated where there are none."""
        return self.open or (kind, name) in self._names

    @property
    def deployed(self) -> bool:
        """Whether anything of it is in the namespace, or may be: what was not seen may be there."""
        if self.open:
            there = self.live.workloads or self.live.pods or self.live.services
            return bool(there) or not all(c.answered for c in self.live.calls)
        stated = self.live.stated
        return not stated or any(s.found is not False for s in stated)

    @property
    def services(self) -> tuple[ServiceSeen, ...]:
        """Its Services."""
        return tuple(s for s in self.live.services if self.states("Service", s.name))

    @property
    def autoscalers(self) -> tuple[Autoscaler, ...]:
        """Its HorizontalPodAutoscalers, and others' that scale its workloads."""
        scaled = {(w.kind, w.name) for w in self.workloads}
        return tuple(
            a
            for a in self.live.autoscalers
            if self.states("HorizontalPodAutoscaler", a.name)
            or (a.target_kind, a.target_name) in scaled
        )

    @property
    def budgets(self) -> tuple[Budget, ...]:
        """Its PodDisruptionBudgets, and others' that select its pods."""
        return tuple(
            b
            for b in self.live.budgets
            if self.states("PodDisruptionBudget", b.name)
            or any(selects(b.selector, p.labels) for p in self.pods)
        )

    def pods_of(self, workload: Workload) -> tuple[PodSeen, ...]:
        """The live pods that *workload*'s selector selects."""
        return tuple(p for p in self.pods if selects(workload.selector, p.labels))

    def pods_behind(self, service: ServiceSeen) -> tuple[PodSeen, ...]:
        """The live pods that *service* sends requests to."""
        return tuple(p for p in self.live.pods if matches(service.selector, p.labels))

    def is_about(self, event: Event) -> bool:
        """Whether an event is about one of its objects, or about one that these made."""
        if self.states(event.kind, event.name):
            return True
        if event.kind == "Pod" and any(p.name == event.name for p in self.pods):
            return True
        # A pod or ReplicaSet that is gone again has its maker's name at its beginning.
        makers = (name for kind, name in self._names if kind in (*KINDS, "Job", "CronJob"))
        return event.kind in ("Pod", "ReplicaSet", "Job") and any(
            event.name.startswith(f"{name}-") for name in makers
        )

    def _makes(self, pod: PodSeen) -> bool:
        if self.open or self.states("Pod", pod.name):
            return True
        if (pod.owner_kind, pod.owner_name) in self._names:
            return True
        return any(selects(s, pod.labels) for s in self._selectors)

    def _stated_selectors(self) -> Iterator[object]:
        for item in self.manifests.objects if self.manifests is not None else ():
            if item.kind in KINDS and (item.kind, item.name) in self._names:
                yield item.mapping("spec", "selector") or None
