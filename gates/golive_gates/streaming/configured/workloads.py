"""Which workloads stand on the way of a stream: from a route's backend to pods. Pure.

A route names a Service; a Service selects pods; a pod that is nginx itself passes the stream on
by the routes of its own configuration.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.label_index import NameIndex
from golive.sources.kubernetes.objects import KubernetesObject, dig
from golive.sources.kubernetes.pods import Container, Pod
from golive.sources.tree import NginxConfig, NginxDirective
from golive_gates.streaming.configured.environment import Variable, environment
from golive_gates.streaming.configured.parts import NGINX, Configured, Route
from golive_gates.streaming.configured.runtimes import NGINX as NGINX_RUNTIME
from golive_gates.streaming.configured.runtimes import Runtime, runtime_of

Directives = Mapping[str, list[NginxDirective]]
"""An nginx configuration by the names of its directives, at any depth and in their order."""
_Front = tuple[Directives, tuple[Route, ...]]


@dataclass(frozen=True, slots=True)
class Hop:
    """A workload that streams pass. ``routes``: those that hand them to it.

    ``front``: for an nginx, its own routes, by which it hands them on, and ``configs`` where
    they stand. ``runtime`` and ``container``: the server in it; ``None`` and the first container
    where nobody can tell.
    """

    pod: Pod
    container: Container
    runtime: Runtime | None
    variables: Mapping[str, Variable]
    routes: tuple[Route, ...]
    front: tuple[Route, ...] = ()
    configs: tuple[Directives, ...] = ()


@dataclass(frozen=True, slots=True)
class Ways:
    """Every workload on the way of the streaming routes.

    By the ``id`` of a route: ``behind``, those that it leads to; ``at``, the nginx of this
    release whose route it is.
    """

    hops: tuple[Hop, ...]
    behind: Mapping[int, tuple[Hop, ...]]
    at: Mapping[int, tuple[Hop, ...]]

    def makers(self, route: Route) -> tuple[Hop, ...]:
        """The workloads at the end of *route*: those that make the streams."""
        ends: dict[int, Hop] = {}
        waiting, seen = [route], set()
        while waiting:
            current = waiting.pop()
            if id(current) in seen:
                continue
            seen.add(id(current))
            for hop in self.behind.get(id(current), ()):
                waiting += hop.front
                if not hop.front:
                    ends[id(hop)] = hop
        return tuple(ends.values())


@dataclass(frozen=True, slots=True)
class _Fronts:
    """The nginx configurations with their streaming routes: of ConfigMaps, and of files.

    ``spaces``: the namespace of a ConfigMap's routes, by their ``id``.
    """

    of_maps: NameIndex[_Front]
    of_files: tuple[_Front, ...]
    spaces: Mapping[int, str]

    def of_its_maps(self, pod: Pod) -> tuple[_Front, ...]:
        """Configurations in the ConfigMaps that *pod* mounts."""
        space = pod.owner.namespace
        return tuple(f for name in config_maps(pod) for f in self.of_maps.get(space, name))

    def of(self, pod: Pod) -> tuple[_Front, ...]:
        """Configurations of *pod*: those of its ConfigMaps, else those that stand in no map."""
        return self.of_its_maps(pod) or self.of_files


def ways_of(part: Configured, graph: Graph) -> Ways:
    """The ways of the streaming routes of *part*, in their order."""
    streaming = [r for r in part.routes if r.streaming]
    fronts = _fronts(part.nginx, streaming, graph)
    hops = []
    behind: dict[int, list[Hop]] = defaultdict(list)
    at: dict[int, list[Hop]] = defaultdict(list)
    for pod, routes in _on_the_way(streaming, fronts, graph):
        hop = _hop(pod, tuple(routes), fronts, graph)
        if hop is not None:
            hops.append(hop)
            for route in routes:
                behind[id(route)].append(hop)
            for route in hop.front:
                at[id(route)].append(hop)
    return Ways(tuple(hops), _frozen(behind), _frozen(at))


def _on_the_way(
    streaming: Iterable[Route], fronts: _Fronts, graph: Graph
) -> Iterable[tuple[Pod, list[Route]]]:
    """Every pod that streams pass, with the routes that lead to it."""
    found: dict[int, tuple[Pod, list[Route]]] = {}
    for route in streaming:
        for pod in _behind(route, fronts, graph):
            if pod.lasting:
                found.setdefault(id(pod.owner), (pod, []))[1].append(route)
    # An nginx of this release is on the way even where no route of the files leads to it.
    for pod in graph.pods:
        if pod.lasting and fronts.of_its_maps(pod):
            found.setdefault(id(pod.owner), (pod, []))
    return found.values()


def _frozen(found: Mapping[int, list[Hop]]) -> Mapping[int, tuple[Hop, ...]]:
    return {key: tuple(value) for key, value in found.items()}


def _behind(route: Route, fronts: _Fronts, graph: Graph) -> Iterator[Pod]:
    namespace = fronts.spaces.get(id(route), route.resource.namespace if route.resource else "")
    # A bare name, `name:port`, `name.namespace.svc` or a whole URL.
    host = route.backend.rpartition("://")[2].partition("/")[0].partition(":")[0]
    name, _, rest = host.partition(".")
    service = graph.find("Service", rest.partition(".")[0] or namespace, name)
    if service is not None:
        yield from graph.pods_of_service(service)


def _fronts(configs: Iterable[NginxConfig], streaming: Iterable[Route], graph: Graph) -> _Fronts:
    by_place = {r.location: r for r in streaming if r.proxy == NGINX}
    maps: dict[tuple[str, str], list[KubernetesObject]] = defaultdict(list)
    for held in graph.all("ConfigMap"):
        maps[held.path, held.name].append(held)
    of_maps: NameIndex[_Front] = NameIndex()
    of_files = []
    spaces = {}
    for config in configs:
        directives: dict[str, list[NginxDirective]] = {}
        _by_name(config.directives, directives)
        places = (d.location for d in directives.get("location", ()))
        routes = tuple(by_place[place] for place in places if place in by_place)
        if routes and config.config_map:
            space = _space(config, maps[config.path, config.config_map])
            of_maps.add(space, config.config_map, (directives, routes))
            spaces.update(dict.fromkeys(map(id, routes), space))
        elif routes:
            of_files.append((directives, routes))
    return _Fronts(of_maps, tuple(of_files), spaces)


def _space(config: NginxConfig, maps: list[KubernetesObject]) -> str:
    """Namespace of the ConfigMap that holds *config*: of several the last that begins above it."""
    line = config.directives[0].location.line or 0
    above = [held for held in maps if (held.at().line or 0) <= line]
    return (above or maps)[-1].namespace if maps else ""


def _by_name(directives: Iterable[NginxDirective], found: dict[str, list[NginxDirective]]) -> None:
    for directive in directives:
        found.setdefault(directive.name, []).append(directive)
        if directive.block:
            _by_name(directive.block, found)


def _hop(pod: Pod, routes: tuple[Route, ...], fronts: _Fronts, graph: Graph) -> Hop | None:
    seen = [(c, environment(graph, pod, c)) for c in pod.containers if c.stays]
    if not seen:
        return None
    known = [(c, v, r) for c, v in seen if (r := runtime_of(pod, c, v)) is not None]
    if not known:
        return Hop(pod, seen[0][0], None, seen[0][1], routes)
    # Where an nginx stands beside the service in one pod, the service makes the streams.
    container, variables, runtime = min(known, key=lambda found: found[2].name == NGINX_RUNTIME)
    if runtime.name != NGINX_RUNTIME:
        return Hop(pod, container, runtime, variables, routes)
    own = fronts.of(pod)
    front = tuple(route for _, found in own for route in found)
    return Hop(pod, container, runtime, variables, routes, front, tuple(c for c, _ in own))


def config_maps(pod: Pod) -> tuple[str, ...]:
    """Names of the ConfigMaps that *pod* mounts."""
    volumes = pod.spec.get("volumes")
    names = (
        dig(volume, ("configMap", "name"))
        for volume in (volumes if isinstance(volumes, list) else ())
    )
    return tuple(name for name in names if isinstance(name, str))
