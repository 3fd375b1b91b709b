"""``manifests.inline-secrets``: the release's files hold no credential.

What: values of Secrets (certificates and user names apart), credentials in ConfigMaps by their
key, by their own form or in a setting of a file, values that are not base64, and placeholders
such as ``CHANGEME``. Encrypted Secrets (SOPS) and those that a plugin fills in (Argo CD Vault) are
left out; Secrets that a chart or kustomization rendered only warn. Why: files are copied,
reviewed and kept for ever; a placeholder that goes live is a password that everyone knows.
Remedy: have the Secret made from a vault (External Secrets, Sealed Secrets, CSI), and replace
what has leaked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive.sources.credentials import NOT_BASE64, PLACEHOLDER
from golive.sources.kubernetes.objects import KubernetesObject
from golive_gates.manifests.holding import Held, held_in_file
from golive_gates.manifests.looking import finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.inline-secrets", needs=EvidenceLevel.STATIC)
_PUBLIC = re.compile(
    r".*\.(?:crt|pub|cer)|ca[.-]bundle.*|known_hosts|(?:.*[-_.])?user(?:[-_.]?name)?|[a-z]+User(?:name)?|email|host(?:name)?|port|"
    r"namespace|type|url|project",
    re.IGNORECASE,
)
"""Keys of a Secret whose values are no secret, such as those that Argo CD asks for."""
_FILLED_IN = "avp.kubernetes.io/"


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every Secret and ConfigMap."""
    del settings
    graph = graph_of(observation)
    secrets, maps = graph.all("Secret"), graph.all("ConfigMap")
    found: list[Finding] = []
    for secret in secrets:
        if not _kept_elsewhere(secret):
            found += _of_secret(secret)
    for config in maps:
        found += _of_config_map(config)
    return judged(SPEC, observation, len(secrets) + len(maps), found)


def _kept_elsewhere(secret: KubernetesObject) -> bool:
    annotations = secret.mapping("metadata", "annotations")
    return "sops" in secret.data or any(str(k).startswith(_FILLED_IN) for k in annotations)


def _of_secret(secret: KubernetesObject) -> Iterator[Finding]:
    """The reader has put markers in the place of all values."""
    for field in ("data", "stringData"):
        for key, value in secret.mapping(field).items():
            if not isinstance(value, str) or not value:
                continue  # `manifests.schema` reports another type.
            code = {PLACEHOLDER: "placeholder", NOT_BASE64: "not-base64"}.get(value, "secret")
            if code == "secret" and _PUBLIC.fullmatch(key):
                continue
            status = Status.WARN if code == "secret" and secret.generated else None
            yield finding(secret, (field, key), code, status=status, name=key)


def _of_config_map(config: KubernetesObject) -> Iterator[Finding]:
    for key, value in config.mapping("data").items():
        what = held_in_file(key, value)
        if what:
            code = "placeholder" if what is Held.PLACEHOLDER else "config-map"
            yield finding(config, ("data", key), code, name=key)


CHECK = Check(SPEC, (Manifests,), judge)
