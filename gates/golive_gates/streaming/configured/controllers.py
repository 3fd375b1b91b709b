"""Which controller serves an Ingress, and which ConfigMap that controller reads. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KubernetesObject
from golive_gates.streaming.configured import f5, ingress_nginx
from golive_gates.streaming.configured.parts import F5, INGRESS_NGINX, OTHER

INGRESSES = ("Ingress.networking.k8s.io", "Ingress.extensions")
OLD_CLASS = "kubernetes.io/ingress.class"
_BY_CONTROLLER = {"k8s.io/ingress-nginx": INGRESS_NGINX, "nginx.org/ingress-controller": F5}
_BY_NAME = {"nginx": INGRESS_NGINX, "ingress-nginx": INGRESS_NGINX}
_IMAGES = {
    INGRESS_NGINX: re.compile(
        r"ingress-nginx/(?:controller|kube-webhook)|nginx-ingress-controller"
    ),
    F5: re.compile(r"nginx(?:-plus)?-ingress(?=[:@]|$)|nginx/nginx-ingress"),
}
_FLAG = re.compile(r"--?(?:nginx-)?configmaps?=(?:[^/=]*/)?([A-Za-z0-9.-]+)$")


def class_of(ingress: KubernetesObject) -> str:
    """Name of the Ingress's class, by field or by the old annotation; empty without one."""
    name = ingress.get("spec", "ingressClassName")
    if not isinstance(name, str):
        name = ingress.mapping("metadata", "annotations").get(OLD_CLASS)
    return name if isinstance(name, str) else ""


def controller_of(graph: Graph, ingress: KubernetesObject) -> tuple[str, bool]:
    """The kind of proxy that serves *ingress*, and whether that is certain.

    By its class where that is among the files, else by whose annotations it carries, else by
    the class's name: both controllers are installed as ``nginx`` by default.
    """
    name = class_of(ingress)
    classes = graph.all("IngressClass.networking.k8s.io")
    declared = next((c for c in classes if c.name == name), None)
    if declared is not None:
        controller = declared.get("spec", "controller")
        return _BY_CONTROLLER.get(controller if isinstance(controller, str) else "", OTHER), True
    keys = ingress.mapping("metadata", "annotations")
    theirs = any(k.startswith(ingress_nginx.PREFIX) for k in keys)
    f5s = any(k.startswith((f5.PREFIX, "nginx.com/")) for k in keys)
    if theirs != f5s:
        return (INGRESS_NGINX if theirs else F5), True
    return _BY_NAME.get(name, OTHER), False


def config_of(graph: Graph, proxy: str) -> KubernetesObject | None:
    """ConfigMap that the controller *proxy* reads, by its arguments or else by its usual name."""
    names = ingress_nginx.CONFIG_NAMES if proxy == INGRESS_NGINX else f5.CONFIG_NAMES
    maps = graph.all("ConfigMap")
    for wanted in (*_stated(graph, proxy), *names):
        found = next((m for m in maps if m.name == wanted), None)
        if found is not None:
            return found
    return None


def _stated(graph: Graph, proxy: str) -> Iterator[str]:
    for pod in graph.pods:
        for container in pod.containers:
            image = container.get("image")
            if not isinstance(image, str) or not _IMAGES[proxy].search(image):
                continue
            args = container.get("args")
            for word in args if isinstance(args, list) else ():
                flag = _FLAG.fullmatch(word) if isinstance(word, str) else None
                if flag is not None:
                    yield flag[1]
