"""Generated rules as YAML: a rule file, or an object for the Prometheus operator. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from golive_gates.observability.burn.rules import Written

Form = Literal["rules", "prometheusrule"]
_HEAD = "Written by `golive alerts generate`. Write it anew rather than change it."


def as_yaml(
    written: Sequence[Written],
    form: Form,
    remarks: Sequence[str] = (),
    *,
    namespace: str = "",
    labels: Mapping[str, str] | None = None,
) -> str:
    """The document. *remarks*: comments at its head. *namespace*, *labels*: of the object."""
    import yaml  # only this command writes YAML

    class Dumper(yaml.SafeDumper):
        pass

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        style = "|" if "\n" in value else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    groups: dict[str, Any] = {"groups": [g for w in written for g in w.groups]}
    body = yaml.dump(
        groups if form == "rules" else _object(groups, namespace, labels or {}),
        Dumper=Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=10_000,
    )
    head = "".join(f"# {line}\n" for line in (_HEAD, *remarks))
    return head + body


def _object(groups: Mapping[str, Any], namespace: str, labels: Mapping[str, str]) -> Any:  # noqa: ANN401 - YAML
    metadata: dict[str, Any] = {"name": "slo-burn-rate"}
    if namespace:
        metadata["namespace"] = namespace
    if labels:
        metadata["labels"] = dict(labels)
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": metadata,
        "spec": groups,
    }
