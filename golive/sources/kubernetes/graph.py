"""The objects of a release as one graph: who is there, who makes pods, who selects whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from golive.sources.kubernetes.label_index import LabelIndex, NameIndex
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.kubernetes.pods import Pod, pod_of

SCALERS = ("HorizontalPodAutoscaler.autoscaling", "ScaledObject.keda.sh")
"""Kinds that set the number of pods of the object in their ``spec.scaleTargetRef``."""

POD_NAME = "statefulset.kubernetes.io/pod-name"
JOB_NAMES = ("batch.kubernetes.io/job-name", "job-name")
ADDED = frozenset(
    {
        POD_NAME,
        *JOB_NAMES,
        "apps.kubernetes.io/pod-index",
        "batch.kubernetes.io/controller-uid",
        "batch.kubernetes.io/job-completion-index",
        "controller-revision-hash",
        "controller-uid",
        "pod-template-generation",
        "pod-template-hash",
        "rollouts-pod-template-hash",
    }
)
"""Labels that controllers add to the pods they make; no pod template carries them."""


class Graph:
    """Lookup over *objects*. A namespace that a file leaves open matches every other.

    What is looked up is indexed once, so that a check costs what it finds.
    """

    def __init__(self, objects: Iterable[KubernetesObject]) -> None:
        self.objects = tuple(objects)
        self._by_type: dict[str, list[KubernetesObject]] = defaultdict(list)
        self._by_name: NameIndex[KubernetesObject] = NameIndex()
        self._spaces: dict[tuple[str, str], list[KubernetesObject]] = defaultdict(list)
        for found in self.objects:
            self._by_type[found.type].append(found)
            self._spaces[found.type, found.namespace].append(found)
            self._by_name.add(found.namespace, (found.type, found.name), found)
        self.pods: tuple[Pod, ...] = tuple(
            pod for pod in map(pod_of, self.objects) if pod is not None
        )

    def all(self, *types: str) -> tuple[KubernetesObject, ...]:
        """Objects of the given types, as ``Deployment.apps`` or ``Service``, in file order."""
        return tuple(o for kind in types for o in self._by_type.get(kind, ()))

    def within(self, kind: str, namespace: str) -> tuple[KubernetesObject, ...]:
        """Objects of that type in *namespace*."""
        if not namespace:
            return tuple(self._by_type.get(kind, ()))
        return (*self._spaces.get((kind, namespace), ()), *self._spaces.get((kind, ""), ()))

    def find(self, kind: str, namespace: str, name: str) -> KubernetesObject | None:
        """The object of that type and name, or ``None``."""
        return self._by_name.first(namespace, (kind, name))

    def pod_of(self, owner: KubernetesObject) -> Pod | None:
        """The pod that *owner*, which is one of :attr:`objects`, makes; ``None`` without one."""
        return self._pod_by_owner.get(id(owner))

    def pods_in(self, namespace: str) -> Iterator[Pod]:
        """Every pod of *namespace*."""
        return self._pods.within(namespace)

    def pods_selected(self, selector: object, namespace: str) -> tuple[Pod, ...]:
        """Pods in *namespace* that a LabelSelector selects."""
        return tuple(self._pods.selected(selector, namespace))

    def iter_selected(self, selector: object, namespace: str) -> Iterator[Pod]:
        """As :meth:`pods_selected`, found one by one."""
        return self._pods.selected(selector, namespace)

    def pods_owned(self, wanted: Mapping[str, Any], namespace: str) -> Iterator[Pod]:
        """Pods whose workload, not they themselves, carries the labels *wanted*."""
        return self._owners.matching(wanted, namespace)

    def pods_of_service(self, service: KubernetesObject) -> tuple[Pod, ...]:
        """Pods that a Service's selector selects; none for a Service without a selector.

        Labels that controllers add to their pods select the workload that makes these.
        """
        wanted = service.mapping("spec", "selector")
        kept = {key: value for key, value in wanted.items() if key not in ADDED}
        if kept:
            return tuple(self._pods.matching(kept, service.namespace))
        return tuple(self._by_added_labels(wanted, service.namespace))

    def _by_added_labels(self, wanted: Mapping[str, Any], namespace: str) -> Iterator[Pod]:
        stateful = str(wanted.get(POD_NAME, "")).rpartition("-")[0]
        jobs = {str(wanted[key]) for key in JOB_NAMES if key in wanted}
        if not stateful and not jobs:
            return
        for pod in self.pods_in(namespace):
            owner = pod.owner
            if owner.name == stateful if owner.kind == "StatefulSet" else owner.name in jobs:
                yield pod

    def services_of(self, pod: Pod) -> tuple[KubernetesObject, ...]:
        """Services that select *pod*, which is one of :attr:`pods`."""
        return tuple(self._services_by_pod.get(id(pod), ()))

    def services_selected(self, selector: object, namespace: str) -> Iterator[KubernetesObject]:
        """Services in *namespace* whose own labels a LabelSelector selects."""
        return self._services.selected(selector, namespace)

    def autoscaler_of(self, owner: KubernetesObject) -> KubernetesObject | None:
        """The HorizontalPodAutoscaler that scales *owner*, or ``None``."""
        return next((s for s in self.scalers_of(owner) if s.type == SCALERS[0]), None)

    def scalers_of(self, owner: KubernetesObject) -> tuple[KubernetesObject, ...]:
        """Everything that scales *owner*: one of ``SCALERS``."""
        return tuple(self._scalers.get(owner.namespace, (owner.kind, owner.name)))

    @cached_property
    def _pods(self) -> LabelIndex[Pod]:
        return LabelIndex((pod, pod.owner.namespace, pod.labels) for pod in self.pods)

    @cached_property
    def _pod_by_owner(self) -> Mapping[int, Pod]:
        return {id(pod.owner): pod for pod in self.pods}

    @cached_property
    def _owners(self) -> LabelIndex[Pod]:
        return LabelIndex(
            (pod, pod.owner.namespace, pod.owner.mapping("metadata", "labels")) for pod in self.pods
        )

    @cached_property
    def _services(self) -> LabelIndex[KubernetesObject]:
        return LabelIndex(
            (s, s.namespace, s.mapping("metadata", "labels")) for s in self.all("Service")
        )

    @cached_property
    def _services_by_pod(self) -> Mapping[int, list[KubernetesObject]]:
        found: dict[int, list[KubernetesObject]] = defaultdict(list)
        for service in self.all("Service"):
            for pod in self.pods_of_service(service):
                found[id(pod)].append(service)
        return found

    @cached_property
    def _scalers(self) -> NameIndex[KubernetesObject]:
        index: NameIndex[KubernetesObject] = NameIndex()
        for scaler in self.all(*SCALERS):
            target = scaler.mapping("spec", "scaleTargetRef")
            # KEDA scales a Deployment where no kind is given.
            kind = target.get("kind") or ("Deployment" if scaler.type == SCALERS[1] else "")
            index.add(scaler.namespace, (str(kind), str(target.get("name") or "")), scaler)
        return index


def same(first: str, second: str) -> bool:
    """Whether two namespaces may be one: equal, or left open in a file."""
    return first == second or not first or not second
