"""``manifests.env-secrets``: no credential stands in a pod's environment or command line.

What: literal values of environment variables, arguments and probe headers that are credentials,
by their name (``DB_PASSWORD``) or their own form (keys of well-known providers, private keys,
passwords in addresses), and placeholders that were never filled in. A reference to a Secret
(``secretKeyRef``) is fine. Why: whoever may read the manifest, its history or the process list
holds the credential. Remedy: put it into a Secret that is made outside of the files, refer to
it, best as a file, and replace what has leaked.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation
from golive.sources.kubernetes.objects import KeyPath
from golive.sources.kubernetes.pods import Container
from golive_gates.manifests.holding import Held, held, held_in_arguments
from golive_gates.manifests.looking import containers, finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.probing import KINDS
from golive_gates.manifests.relations.values import entries, text
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.env-secrets", needs=EvidenceLevel.STATIC)
HANDLERS: tuple[tuple[str, ...], ...] = (
    *((kind,) for kind in KINDS),
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
)
Found = tuple[KeyPath, str, Held, str]


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every container, init and ephemeral ones included."""
    del settings
    found: list[Finding] = []
    looked = 0
    for pod, container in containers(graph_of(observation)):
        looked += 1
        for path, name, what, place in _held(container):
            code = "placeholder" if what is Held.PLACEHOLDER else place
            found.append(
                finding(
                    pod.owner, (*container.path, *path), code, container=container.name, name=name
                )
            )
    return judged(SPEC, observation, looked, found)


def _held(container: Container) -> Iterator[Found]:
    data = container.data
    for index, variable in entries(data.get("env")):
        name = text(variable.get("name"))
        what = held(name, variable.get("value"))
        if what:
            yield ("env", index, "value"), name, what, "variable"
    for key in ("command", "args"):
        for index, flag, what in held_in_arguments(data.get(key)):
            yield (key, index), flag or key, what, "argument"
    for place in HANDLERS:
        if place[0] in data:
            yield from _asked(container, place)


def _asked(container: Container, place: tuple[str, ...]) -> Iterator[Found]:
    """What a probe or hook is given: headers and the arguments of its command."""
    for index, header in entries(container.get(*place, "httpGet", "httpHeaders")):
        name = text(header.get("name"))
        what = held(name, header.get("value"))
        if what:
            yield (*place, "httpGet", "httpHeaders", index, "value"), name, what, "header"
    for index, flag, what in held_in_arguments(container.get(*place, "exec", "command")):
        yield (*place, "exec", "command", index), flag or "command", what, "argument"


CHECK = Check(SPEC, (Manifests,), judge)
