"""Jobs that publish something, and what they say of how it was made.

Sources: docker/build-push-action (inputs sbom, provenance, push, outputs), BuildKit's "Build
attestations", actions/attest-build-provenance, pypa/gh-action-pypi-publish (attestations), "npm
publish", Sigstore's cosign, the SLSA GitHub generator.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from golive_gates.pipeline.model.records import Node, Step
from golive_gates.pipeline.parts import Repository
from golive_gates.pipeline.supply.commands import commands_in

SBOM, PROVENANCE, SIGNATURE = "sbom", "provenance", "signature"
_BUILD_ACTIONS = (
    "docker/build-push-action",
    "docker/bake-action",
    "redhat-actions/push-to-registry",
)
_OFF = ("", "false", "0", "no")


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that *step* makes beside what is published. ``kind``: as above."""

    kind: str
    step: Step


def publishes(step: Step, repository: Repository) -> str:
    """What *step* publishes with, empty for nothing: an action's name or a command."""
    action = step.uses.partition("@")[0].lower()
    if action in _BUILD_ACTIONS:
        pushed = step.inputs.get("push", "").lower() not in _OFF
        outputs = step.inputs.get("outputs", "")
        to_registry = "type=registry" in outputs or "push=true" in outputs
        return action if pushed or to_registry or action.startswith("redhat") else ""
    if action == "pypa/gh-action-pypi-publish":
        return action
    for words in _commands(step, repository):
        line = " ".join(words)
        if _PUBLISHING.match(line) and "--dry-run" not in words:
            return " ".join(words[:2])
        if re.match(r"(?:docker|podman)\s+(?:buildx\s+)?build\b", line) and "--push" in words:
            return "docker build --push"
    return ""


_PUBLISHING = re.compile(
    r"(?:(?:docker|podman|buildah|crane)\s+(?:image\s+|manifest\s+)?push\b|skopeo\s+copy\b|ko\s+"
    r"(?:build|publish|apply)\b|twine\s+upload\b|(?:npm|pnpm|yarn\s+npm)\s+publish\b"
    r"|(?:uv|poetry|flit|hatch|cargo)\s+publish\b|helm\s+push\b|oras\s+push\b)"
)


def statements(step: Step, repository: Repository) -> Iterator[Statement]:
    """What *step* says of what it or another step has made."""
    for kind in _by_action(step.uses.partition("@")[0].lower(), step):
        yield Statement(kind, step)
    for words in _commands(step, repository):
        kind = _by_command(words)
        if kind:
            yield Statement(kind, step)


def _by_action(action: str, step: Step) -> Iterator[str]:
    inputs = {name: value.lower() for name, value in step.inputs.items()}
    if action in ("docker/build-push-action", "docker/bake-action"):
        if inputs.get("sbom", "") not in _OFF or "type=sbom" in inputs.get("attests", ""):
            yield SBOM
        # Since its version 4 the action states how it built unless it is told not to.
        if inputs.get("provenance", "true") not in _OFF:
            yield PROVENANCE
    elif action in ("anchore/sbom-action", "actions/attest-sbom"):
        yield SBOM
    elif action in ("actions/attest-build-provenance", "actions/attest"):
        yield SBOM if "sbom-path" in inputs else PROVENANCE
    elif action == "aquasecurity/trivy-action":
        if inputs.get("format", "").startswith(("cyclonedx", "spdx", "github")):
            yield SBOM
    elif action == "pypa/gh-action-pypi-publish" and _attests(inputs):
        yield PROVENANCE


def _attests(inputs: Mapping[str, str]) -> bool:
    """Whether PyPI's action does, which with a stored password has no identity to do it with."""
    return inputs.get("attestations", "true") == "true" and "password" not in inputs


def _by_command(words: Sequence[str]) -> str:
    program = words[0].rpartition("/")[2]
    flags = set(words)
    line = " ".join(words)
    if program == "cosign" and "sign" in words:
        return SIGNATURE
    if program == "cosign" and "attest" in words:
        return SBOM if re.search(r"--type[= ]\S*(?:spdx|cyclonedx)", line) else PROVENANCE
    if program == "syft" or re.match(r"docker\s+(?:sbom|scout\s+sbom)\b", line):
        return SBOM
    if program == "trivy" and re.search(r"(?:--format|-f)[= ](?:cyclonedx|spdx)", line):
        return SBOM
    if program == "docker" and ("--sbom=true" in flags or "--attest=type=sbom" in flags):
        return SBOM
    if program in ("npm", "pnpm") and "--provenance" in flags:
        return PROVENANCE
    builds = program == "docker" and "build" in flags
    if builds and any(w.startswith("--provenance") and w != "--provenance=false" for w in words):
        return PROVENANCE
    return ""


def called_generator(node: Node) -> bool:
    """Whether *node* is a call of the SLSA generator, which states the provenance."""
    return "slsa-framework/slsa-github-generator" in node.job.uses


def _commands(step: Step, repository: Repository) -> list[tuple[str, ...]]:
    return [c.words for c in commands_in(step, repository)] if step.run else []
