"""The words in which rules beyond the published definitions are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Rule = Mapping[str, Any]


def one_of(text: str) -> Rule:
    """One of the words of *text*."""
    return {"enum": text.split()}


def each(text: str) -> Rule:
    """A list of the words of *text*."""
    return {"items": {"type": "string", **one_of(text)}}


def formed(name: str) -> Rule:
    """A string of the format called *name*."""
    return {"format": name}


def fields(*required: str, **added: Rule) -> Rule:
    """Additions to the fields of a definition, and which are *required* beside those that are."""
    return {"required": required, "properties": added, "x-exclusive": ()}


def choice(names: str, *, least: int = 0, of: Rule | None = None) -> Rule:
    """*of*, and that at most one of the fields *names* is there, at least *least*."""
    rule = of or fields()
    return {**rule, "x-exclusive": [*rule["x-exclusive"], {"of": names.split(), "least": least}]}


def optional(*names: str, of: Rule | None = None) -> Rule:
    """*of*, and that fields are not required after all: the server fills them in or does without.

    Later definitions of Kubernetes say so too.
    """
    return {**(of or fields()), "optional": names}


PORT = {"minimum": 1, "maximum": 65535}
PORT_OR_ZERO = {"minimum": 0, "maximum": 65535}
COUNT = {"minimum": 0}
POSITIVE = {"minimum": 1}
PROTOCOL = one_of("TCP UDP SCTP")
LABELS = {
    "x-names": "label-key",
    "additionalProperties": {"type": "string", "format": "label-value"},
}
WITH_SPEC = fields("spec")
