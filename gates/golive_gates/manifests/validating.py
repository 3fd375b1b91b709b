"""The release's objects held against their schemas, once for all checks that ask. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from golive.api import Finding, Observation, Status
from golive.inspecting import Same
from golive.sources.kubernetes.objects import KubernetesObject, json_path
from golive.sources.kubernetes.schema import Schemas, Violation, schemas
from golive.sources.kubernetes.schema_apis import GROUPS, is_builtin
from golive.sources.kubernetes.schema_custom import CustomKinds
from golive_gates.manifests.looking import finding
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings

_DEFINITION = "CustomResourceDefinition"
_ALIKE = 0.85


@dataclass(frozen=True, slots=True)
class Held:
    """One object held against its schema, and for which target versions each violation is one."""

    owner: KubernetesObject
    violations: tuple[tuple[Violation, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Validation:
    """All objects of a release.

    ``builtin``: kinds of Kubernetes itself that some target serves. ``unserved``: those that
    some target does not serve, with these targets. ``custom``: other kinds with a schema;
    ``complete``: whether that is the cluster's own. ``unknown``: kinds without one.
    """

    builtin: tuple[Held, ...]
    unserved: tuple[tuple[KubernetesObject, tuple[str, ...]], ...]
    custom: tuple[tuple[Held, bool], ...]
    unknown: tuple[KubernetesObject, ...]
    kinds: CustomKinds


def validation(observation: Observation, settings: Settings) -> Validation:
    """The objects of *observation* held against the targets of *settings*."""
    return _validation(Same(observation.require(Manifests)), settings.kubernetes)


@lru_cache(maxsize=2)
def _validation(known: Same[Manifests], versions: tuple[str, ...]) -> Validation:
    targets = {version: schemas(version) for version in versions}
    first = next(iter(targets.values()))
    definitions = [o.data for o in known.part.objects if o.kind == _DEFINITION]
    kinds = CustomKinds(first, definitions)
    builtin, unserved, custom, unknown = [], [], [], []
    for owner in known.part.objects:
        if _is_builtin(owner, first):
            missing = tuple(
                v for v, s in targets.items() if not s.serves(owner.api_version, owner.kind)
            )
            if missing:
                unserved.append((owner, missing))
            if len(missing) < len(targets):
                builtin.append(Held(owner, tuple(_by_version(owner, targets))))
            continue
        found = kinds.violations(owner.data)
        if found is None:
            unknown.append(owner)
        else:
            complete = kinds.complete(owner.api_version, owner.kind)
            custom.append((Held(owner, tuple((v, versions) for v in found)), complete))
    return Validation(tuple(builtin), tuple(unserved), tuple(custom), tuple(unknown), kinds)


def _by_version(
    owner: KubernetesObject, targets: Mapping[str, Schemas]
) -> Iterator[tuple[Violation, tuple[str, ...]]]:
    found: dict[Violation, list[str]] = {}
    for version, kinds in targets.items():
        for violation in kinds.violations(owner.data) or ():
            found.setdefault(violation, []).append(version)
    for violation, versions in found.items():
        yield violation, tuple(versions)


def _is_builtin(owner: KubernetesObject, kinds: Schemas) -> bool:
    """Whether the object claims a kind of Kubernetes itself, or misspells its group."""
    if (owner.api_version, owner.kind) == _KUBECONFIG:
        return False
    return is_builtin(owner.group) or bool(meant_group(owner.group, owner.kind, kinds))


_KUBECONFIG = ("v1", "Config")


@lru_cache(maxsize=256)
def meant_group(group: str, kind: str, kinds: Schemas) -> str:
    """The group of Kubernetes itself that *group* misspells, if it has such a *kind*; or empty."""
    from difflib import SequenceMatcher  # Only releases with custom kinds need it.

    alike = (
        known
        for known in GROUPS
        if "." in known and SequenceMatcher(None, group, known).ratio() >= _ALIKE
    )
    return next((known for known in alike if kinds.serves(f"{known}/v1", kind)), "")


def described(
    held: Held,
    targets: tuple[str, ...],
    among: Iterable[tuple[Violation, tuple[str, ...]]] | None = None,
    *,
    status: Status | None = None,
) -> Iterator[Finding]:
    """Findings for the violations of *held*, or for those *among* them."""
    for violation, versions in held.violations if among is None else among:
        code = violation.code
        yield finding(
            held.owner,
            violation.path,
            f"{code}-near" if violation.suggestion and code in _NEAR else code,
            status=status,
            key=code in _AT_KEY,
            field=json_path(violation.path) or held.owner.kind,
            expected=violation.expected,
            found=violation.found,
            suggestion=violation.suggestion,
            where="" if versions == targets else f" (Kubernetes {', '.join(versions)})",
        )


def described_builtin(
    seen: Validation, targets: tuple[str, ...], *, unknown_fields: bool
) -> list[Finding]:
    """Findings of kinds of Kubernetes itself: for fields that do not exist, or for all else."""
    return [
        found
        for held in seen.builtin
        if held.violations
        for found in described(
            held,
            targets,
            [v for v in held.violations if (v[0].code == "unknown-field") is unknown_fields],
        )
    ]


_NEAR = frozenset({"unknown-field", "not-allowed"})
_AT_KEY = frozenset({"unknown-field", "conflict", "bad-label-key", "bad-annotation-key"})
