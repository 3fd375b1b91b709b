"""Secret values are replaced as soon as an object is read, so that no report can hold them.

In the place of a value stands a marker that keeps what checks need:

- ``<masked: 32 characters>``: a real-looking value (for ``data`` of a Secret: once decoded).
- ``<masked: placeholder>``: one such as ``CHANGEME``, ``your-key-here``, ``xxxx`` or ``none``.
- ``<masked: not base64>``: a value in ``data`` of a Secret that does not decode.

Masked whole: ``data`` and ``stringData`` of a Secret (and what kubectl has kept of them in its
annotation), literal values of environment variables and of keys in a ConfigMap whose name says
that they are credentials.
Masked within their text, everywhere else: keys of known forms, private keys, the password of
``scheme://user:password@host``. Empty values stay empty, references (``$(NAME)``, paths,
addresses) stay what they are, and the shape of the object never changes.
:func:`golive.sources.credentials.is_masked` tells a marker from another value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from golive.sources.credentials import (
    MARK,
    marker,
    mask_base64,
    mask_named,
    mask_text,
    names_credential,
)
from golive.sources.kubernetes.pods import CONTAINER_LISTS, POD_PATHS

_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_BUILT_IN = frozenset({"", "apps", "batch", "autoscaling", "policy", "extensions"})
_ALERTMANAGER = frozenset({"routing_key", "service_key", "user_key", "credentials", "bot_token"})


def mask(data: Mapping[str, Any], *, deep: bool = True) -> Mapping[str, Any]:
    """The object *data* with markers for its secret values. Pure; of the same shape.

    ``deep=False``, when its source is not :func:`golive.sources.credentials.suspicious`: only
    the places are looked at where a value is secret by its place or name.
    """
    kind, api_version = data.get("kind"), data.get("apiVersion")
    group = str(api_version).rpartition("/")[0]
    if kind == "Secret" and not group:
        return _secret(data)
    if kind == "CustomResourceDefinition":
        return data
    if kind == "ConfigMap" and not group:
        return _config_map(data, deep=deep)
    if deep or not (group in _BUILT_IN or group.endswith(".k8s.io")):
        return _as_mapping(_anywhere(data), data)
    return _environment(data, POD_PATHS.get(f"{kind}.{group}" if group else str(kind)))


def mask_plain(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document *data*, which is no Kubernetes object, masked by its keys and forms."""
    return _as_mapping(_by_key(data, ""), data)


def _as_mapping(found: object, data: Mapping[str, Any]) -> Mapping[str, Any]:
    return found if isinstance(found, Mapping) else data


def _secret(data: Mapping[str, Any]) -> Mapping[str, Any]:
    masked = dict(data)
    if "data" in data:
        masked["data"] = _every(data["data"], mask_base64)
    if "stringData" in data:
        masked["stringData"] = _every(data["stringData"], _plain)
    metadata = data.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    if (
        isinstance(metadata, Mapping)
        and isinstance(annotations, Mapping)
        and _APPLIED in annotations
    ):
        kept = {**annotations, _APPLIED: _every(annotations[_APPLIED], _plain)}
        masked["metadata"] = {**metadata, "annotations": kept}
    return masked


def _config_map(data: Mapping[str, Any], *, deep: bool) -> Mapping[str, Any]:
    """A ConfigMap: values by their keys, texts of several lines by what is in them."""
    values = data.get("data")
    masked = _as_mapping(_anywhere(data), data) if deep else data
    if not isinstance(values, Mapping) or not any(map(names_credential, map(str, values))):
        return masked
    named = {
        k: mask_named(str(k), v) if isinstance(v, str) and "\n" not in v.strip() else _anywhere(v)
        for k, v in values.items()
    }
    return {**masked, "data": named}


def _plain(value: str) -> str:
    return value if not value or value.startswith(MARK) else marker(value)


def _every(value: object, masked: Callable[[str], str]) -> object:
    """*value* with each text in it masked and each number, which would tell as much, zero."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return {k: _every(v, masked) for k, v in value.items()}
    if isinstance(value, list):
        return [_every(v, masked) for v in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return type(value)(0)
    return value


def _anywhere(value: object) -> object:
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, list):
        return [_anywhere(v) for v in value]
    if not isinstance(value, Mapping):
        return value
    name = value.get("name")
    if isinstance(name, str) and isinstance(value.get("value"), str):
        return {k: mask_named(name, v) if k == "value" else _anywhere(v) for k, v in value.items()}
    return {k: _anywhere(v) for k, v in value.items()}


def _environment(data: Mapping[str, Any], base: tuple[str | int, ...] | None) -> Mapping[str, Any]:
    """Literal values of environment variables, in the pod that *data* makes."""
    if base is None:
        return data
    return _as_mapping(_below(data, (*base, "spec")), data)


def _below(value: object, path: tuple[str | int, ...]) -> object:
    """A copy of *value* with the pod spec at *path* masked, or *value* where nothing is secret."""
    if not isinstance(value, Mapping):
        return value
    if path:
        inner = value.get(str(path[0]))
        masked = _below(inner, path[1:])
        return value if masked is inner else {**value, path[0]: masked}
    changed = {
        listed: [_container(c) for c in value[listed]]
        for listed in CONTAINER_LISTS
        if isinstance(value.get(listed), list) and any(map(_has_credential, value[listed]))
    }
    return {**value, **changed} if changed else value


def _has_credential(container: object) -> bool:
    env = container.get("env") if isinstance(container, Mapping) else None
    return isinstance(env, list) and any(
        isinstance(e, Mapping)
        and isinstance(e.get("value"), str)
        and isinstance(e.get("name"), str)
        and names_credential(e["name"])
        for e in env
    )


def _container(container: object) -> object:
    return _anywhere(container) if _has_credential(container) else container


def _by_key(value: object, key: str) -> object:
    if isinstance(value, str):
        if key in _ALERTMANAGER:
            return mask_named("password", value)
        return mask_named(key, value)
    if isinstance(value, list):
        return [_by_key(v, key) for v in value]
    if isinstance(value, Mapping):
        return {k: _by_key(v, str(k)) for k, v in value.items()}
    return value
