"""How judges of proxy settings look at the routes and come to a result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import wraps

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Finding,
    Observation,
    Reason,
    Severity,
    Status,
    Unavailable,
)
from golive.inspecting import Inspection, concluded
from golive.model import Scalar
from golive.sources.tree import FileKind
from golive_gates.streaming.configured.ingress_rules import NOT_TEXT
from golive_gates.streaming.configured.parts import Configured, Effective, Route
from golive_gates.streaming.settings import Settings

READ_CHECK = "streaming.proxy-config"
"""Reports nginx configurations that cannot be read; `manifests.parse` all other files."""
_CAUSES = {
    "discarded": "streaming.discarded-values",
    "no-text": "manifests.schema",
    "not-text": "manifests.schema",
}
"""Checks that report the cause of a finding, by its code."""


def file_check(
    name: str, severity: Severity = Severity.HIGH, *, required: bool = False
) -> CheckSpec:
    """The identity of a check of this gate that reads files.

    *required*: what it finds breaks streams in production, and files decide it. Optional are
    those that files often leave open while the wire proves it, and those of which a stream
    survives the failure.
    """
    return CheckSpec(
        f"streaming.{name}", severity=severity, required=required, needs=EvidenceLevel.STATIC
    )


def file_based(
    spec: CheckSpec, judge: Callable[[Observation, Settings], CheckResult]
) -> Check[Settings]:
    """The check *spec*, not applicable to a release that comes without such files.

    The wire proves what a stream meets; files explain it, and see what no short look does.
    """

    @wraps(judge)
    def judge_files(observation: Observation, settings: Settings) -> CheckResult:
        part = observation.find(Configured)
        if isinstance(part, Unavailable) and part.kind == "absent":
            return spec.not_applicable(part.reason)
        return judge(observation, settings)

    return Check(spec, (Configured,), judge_files)


def streaming_with(part: Configured, name: str) -> Iterator[tuple[Route, Effective]]:
    """Streaming routes that have setting *name*. A canary has those of its main Ingress."""
    for route in part.routes:
        effective = route.settings.get(name)
        if route.streaming and not route.canary and effective is not None:
            yield route, effective


def at(
    route: Route,
    effective: Effective | None,
    code: str,
    status: Status | None = None,
    **params: Scalar,
) -> Finding:
    """A finding of *route*, at *effective* or where the route stands if that is a default."""
    place = effective.location if effective is not None else None
    # It may stand in another object: the controller's ConfigMap, a policy.
    resource = (effective and effective.resource) or route.resource
    # The object's name stands beside the sentence.
    own = resource is not None and resource == route.resource
    name = route.path if own else route.name
    filled: dict[str, Scalar] = {"proxy": route.proxy, "route": name, **params}
    if effective is not None:
        filled.setdefault("written", effective.written)
        filled.setdefault("value", shown(effective.value))
    subject = f"{route.name} ({route.host})" if route.host else route.name
    path = effective.json_path if effective is not None else ""
    return Finding(
        subject, Reason(code, filled), place or route.location, status, resource, "", path
    )


def shown(value: str | float | bool | None) -> str:
    """*value* as it is written in a configuration."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value if value is not None else "-")


def not_shown(route: Route, effective: Effective) -> Finding | None:
    """That the files do not tell: a part of nginx.conf alone, or a value that nobody can read."""
    if not effective.unknown:
        return None
    return at(route, effective, "unreadable" if effective.written else "not-shown", _OPEN)


def of_discarded(route: Route, effective: Effective) -> Finding:
    """That a wrong value is there because the written one is dropped, which has its own check."""
    code = "no-text" if effective.discarded == NOT_TEXT else "discarded"
    return at(route, effective, code, _OPEN)


_OPEN = Status.INCONCLUSIVE


def _once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The first finding of each cause.

    Several locations of nginx.conf share a directive, several Ingresses a line of their
    controller's ConfigMap, and all paths of an Ingress what it states or leaves out.
    """
    once: dict[object, Finding] = {}
    for found in findings:
        owner = found.resource
        whole = owner is not None and owner.kind == "Ingress"
        place = None if whole else found.location
        once.setdefault((found.reason.code, place, str(owner), found.json_path), found)
    return tuple(once.values())


def judged(
    spec: CheckSpec, observation: Observation, subjects: int, findings: Iterable[Finding]
) -> CheckResult:
    """The result of *spec* over the files; each cause once, and unread files keep it open."""
    part = observation.require(Configured)
    found = _once(findings)
    nginx = any(p.kind is FileKind.NGINX for p in part.problems)
    result = concluded(
        spec,
        Inspection(
            subjects,
            found,
            len(part.problems),
            READ_CHECK if nginx else "manifests.parse",
            part.evidence,
        ),
    )
    if result.status is not Status.INCONCLUSIVE or part.problems:
        return result
    causes = [_CAUSES.get(f.reason.code) for f in found if f.status is Status.INCONCLUSIVE]
    return replace(result, blocked_by=causes[0]) if all(causes) else result
