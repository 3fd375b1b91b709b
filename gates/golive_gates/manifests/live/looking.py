"""The order in which a namespace is read. I/O through :class:`Api` alone."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from golive.sources.kubernetes.objects import dig
from golive_gates.manifests.live import x509
from golive_gates.manifests.live.api import Answer, Api
from golive_gates.manifests.live.parts import Call, Certificate, TlsUse
from golive_gates.manifests.live.resources import ALWAYS, DRIFT, SECRETS, Resource
from golive_gates.manifests.live.seeing import Items
from golive_gates.manifests.live.wanted import MOST_KINDS, Versioned, Wanted, resources

MOST_SECRETS = 50
"""TLS Secrets that are read; those beyond are noted as not read."""


@dataclass(slots=True)
class Discovered:
    """Kinds beyond the table. ``absent``: the cluster has none such; ``wide``: no namespace."""

    resources: dict[Versioned, Resource] = field(default_factory=dict)
    absent: set[Versioned] = field(default_factory=set)
    wide: set[Versioned] = field(default_factory=set)


async def discovered(api: Api, unknown: Iterable[Versioned]) -> Discovered:
    """Look *unknown* kinds up in the API's own discovery, one request a group and version."""
    found = Discovered()
    answers: dict[str, Answer] = {}
    for api_version, kind in list(unknown)[:MOST_KINDS]:
        versioned = (api_version, kind)
        group, _, version = api_version.rpartition("/")
        root = f"/apis/{api_version}" if group else f"/api/{api_version}"
        if api_version not in answers:
            answers[api_version] = await api.get(root)
        answer = answers[api_version]
        entry = _entry(answer, kind)
        if answer.outcome == "absent" or (answer.outcome == "ok" and entry is None):
            found.absent.add(versioned)
        elif entry is None:
            api.calls.append(
                Call("get", root, (DRIFT,), answer.outcome, answer.status, answer.detail)
            )
        elif entry.get("namespaced") is not True:
            found.wide.add(versioned)
        else:
            found.resources[versioned] = Resource(
                group, version, str(entry.get("name")), kind, (DRIFT,)
            )
    return found


def _entry(answer: Answer, kind: str) -> Mapping[str, Any] | None:
    listed = answer.data.get("resources") if answer.data is not None else None
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, Mapping) and entry.get("kind") == kind:
            name = entry.get("name")
            if isinstance(name, str) and name and "/" not in name:
                return entry
    return None


async def listed(api: Api, namespace: str, objects: Wanted, kinds: Discovered) -> Items:
    """Every kind that some check needs, in turn."""
    found: dict[Versioned, Sequence[Mapping[str, Any]] | None] = {}
    work = resources(ALWAYS, objects, kinds.resources)
    for done, (versioned, (resource, checks)) in enumerate(work.items()):
        api.report(done, len(work))
        found[versioned] = await api.objects(resource, namespace, checks)
    return found


async def certificates(api: Api, namespace: str, uses: Iterable[TlsUse]) -> tuple[Certificate, ...]:
    """Validity of the leaf in each TLS Secret. The rest of a Secret is dropped at once."""
    names = dict.fromkeys(u.secret for u in uses)
    found: list[Certificate] = []
    for number, name in enumerate(names):
        if number >= MOST_SECRETS:
            detail = f"{len(names)} Secrets"
            api.note(Answer("too-many", detail=detail), SECRETS, SECRETS.checks)
            break
        answer = await api.get(f"{SECRETS.path(namespace)}/{name}")
        if answer.outcome == "absent":
            found.append(Certificate("secret", name, name, problem="missing"))
            continue
        api.note(answer, SECRETS, SECRETS.checks, name)
        if answer.outcome == "ok":
            found.append(_certificate(name, answer.data or {}))
    return tuple(found)


def _certificate(name: str, secret: Mapping[str, Any]) -> Certificate:
    encoded = dig(secret, ("data", "tls.crt"))
    if not isinstance(encoded, str) or not encoded:
        return Certificate("secret", name, name, problem="no-certificate")
    try:
        valid = x509.leaf(base64.b64decode(encoded))
    except (x509.NotX509, binascii.Error):
        return Certificate("secret", name, name, problem="unreadable")
    return Certificate("secret", name, name, valid.not_before, valid.not_after, valid.names)
