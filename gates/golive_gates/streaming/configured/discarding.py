"""Values that a controller of Ingresses drops or refuses. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import Finding, Reason, Status
from golive.model import Scalar
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject, json_path
from golive_gates.streaming.configured import f5, ingress_nginx
from golive_gates.streaming.configured import ingress_rules as rules
from golive_gates.streaming.configured.canaries import OBEYED
from golive_gates.streaming.configured.controllers import INGRESSES, config_of, controller_of
from golive_gates.streaming.configured.ingress import is_canary
from golive_gates.streaming.configured.parts import F5, INGRESS_NGINX, Effective

FORMS = {
    rules.NOT_INTEGER: "[0-9]+",
    rules.NOT_ON_OFF: "on|off",
    rules.NOT_BOOL: "true|false",
    rules.NOT_A_SIZE: "[0-9]+[kmg]",
    rules.NOT_A_TIME: "[0-9]+[hms]",
}
"""How a value has to look, by what is wrong with it."""
OPTIONS = {
    "proxy-http-version": "1.0|1.1",
    "proxy-next-upstream": "off|error|timeout|http_502|…",
}
ANNOTATIONS = ("metadata", "annotations")


def discarded(graph: Graph) -> tuple[int, list[Finding]]:
    """How many values were looked at, and what is wrong with some of them."""
    config = config_of(graph, INGRESS_NGINX)
    controller = ingress_nginx.Controller(config)
    looked = 0
    found: list[Finding] = []
    for ingress in graph.all(*INGRESSES):
        proxy, _ = controller_of(graph, ingress)
        prefix = {INGRESS_NGINX: ingress_nginx.PREFIX, F5: f5.PREFIX}.get(proxy)
        if prefix is None:
            continue
        for key, value in ingress.mapping(*ANNOTATIONS).items():
            if key.startswith(prefix):
                looked += 1
                name = key.removeprefix(prefix)
                if proxy == F5:
                    found += _refused(ingress, key, name, value)
                else:
                    found += _dropped(ingress, key, name, value, controller)
    if config is not None and (graph.all(*INGRESSES) or _is_controllers(config)):
        values = config.mapping("data")
        looked += len(values)
        found += _in_config(config, controller)
    return looked, found


def _is_controllers(config: KubernetesObject) -> bool:
    return config.name in ingress_nginx.CONFIG_NAMES


def _dropped(
    ingress: KubernetesObject,
    key: str,
    name: str,
    value: object,
    controller: ingress_nginx.Controller,
) -> Iterator[Finding]:
    if is_canary(ingress) and not OBEYED.fullmatch(name):
        return  # Ignored there whatever it says, which `canary-ingress` tells.
    path: KeyPath = (*ANNOTATIONS, key)
    if name.endswith("-snippet"):
        allowed = controller.word("allow-snippet-annotations")
        if allowed.value != "true":
            stated = controller.config is not None
            code = "snippet" if stated else "snippet-unless-allowed"
            yield _finding(ingress, path, code, None if stated else Status.WARN, key)
        return
    wrong = rules.discarded(name, value)
    if wrong == rules.NOT_TEXT:
        yield _finding(ingress, path, wrong, Status.INCONCLUSIVE, key, value=str(value))
    elif wrong == rules.MISSPELT:
        meant = ingress_nginx.PREFIX + rules.meant(name)
        yield _finding(ingress, path, wrong, None, key, meant=meant)
    elif wrong == rules.OUT_OF_RANGE:
        yield _finding(ingress, path, wrong, None, key, value=str(value))
    elif wrong:
        yield _form(ingress, path, str(value), wrong, controller.word(name))


def _form(
    holder: KubernetesObject, path: KeyPath, value: str, wrong: str, instead: Effective
) -> Finding:
    key = str(path[-1])
    form = OPTIONS.get(key.rpartition("/")[2]) or FORMS.get(wrong, "")
    if instead.value is None:
        return _finding(holder, path, "dropped", None, key, value=value, form=form)
    return _finding(
        holder, path, "dropped-for", None, key, value=value, form=form, instead=str(instead.value)
    )


def _refused(ingress: KubernetesObject, key: str, name: str, value: object) -> Iterator[Finding]:
    path: KeyPath = (*ANNOTATIONS, key)
    wrong = f5.refused(name, value)
    if wrong == rules.NOT_TEXT:
        yield _finding(ingress, path, wrong, Status.INCONCLUSIVE, key, value=str(value))
    elif wrong:
        form = FORMS.get(wrong, "")
        yield _finding(ingress, path, "refused", None, key, value=str(value), form=form)


def _in_config(config: KubernetesObject, controller: ingress_nginx.Controller) -> Iterator[Finding]:
    for name, value in config.mapping("data").items():
        if not isinstance(value, str):
            continue  # `manifests.schema` reports values that are no text.
        wrong = rules.config_fault(name, value)
        if wrong:
            yield _form(config, ("data", name), value, wrong, controller.word(name))


def _finding(
    holder: KubernetesObject,
    path: KeyPath,
    code: str,
    status: Status | None,
    key: str,
    **params: Scalar,
) -> Finding:
    reason = Reason(code, {"name": key, **params})
    return Finding(
        str(holder.ref), reason, holder.at(path), status, holder.ref, "", json_path(path)
    )
