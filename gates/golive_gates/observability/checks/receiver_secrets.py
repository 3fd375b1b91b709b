"""``observability.receiver-secrets``: keys of integrations come from files or Secrets.

What: looks for keys, passwords and web hooks that stand in the configuration itself, for
placeholders, and for variables, which Alertmanager does not expand. Why: what stands in a file
lies in every clone and backup of the repository; a placeholder is accepted and sends nothing.
Remedy: mount the secret and name it with the ``..._file`` setting beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation
from golive.sources.credentials import PLACEHOLDER, is_masked, is_placeholder, names_credential
from golive.sources.kubernetes.objects import dig
from golive_gates.observability.looking import finding
from golive_gates.observability.parts import Alerting
from golive_gates.observability.routing.found import configs_of
from golive_gates.observability.routing.judging import concluded_on
from golive_gates.observability.routing.model import AlertmanagerConfig
from golive_gates.observability.rules.model import Place
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.receiver-secrets", needs=EvidenceLevel.STATIC)
_KEYS = frozenset({"routing_key", "service_key", "user_key", "credentials", "bot_token"})
_HOOKS = re.compile(
    r"https://(?:hooks\.slack\.com/(?:services|workflows|triggers)/"
    r"|(?:\w+\.)?discord(?:app)?\.com/api/webhooks/|[\w.-]+\.webhook\.office\.com/|chat\.googleapis\.com/v1/spaces/)"
)
"""Addresses that are secrets: who has them can post."""
_VARIABLE = re.compile(r"\$\{[A-Za-z_]\w*[^}]*\}|\$\([A-Za-z_]\w*\)|\$[A-Z_][A-Z0-9_]*")
_HELM = re.compile(r"\{\{-?\s*\.(?:Values|Release|Chart)\b")
"""Templates that Helm fills in, and Alertmanager knows nothing of."""
_BLANK = re.compile(
    r"(?:change|replace)[-_ ]?(?:me|this)|placeholder|your[-_ ]|\bto[-_ ]?do\b|x{4,}|^<[^>]+>$",
    re.IGNORECASE,
)
"""What in an address people write until the real one is known; ``example.com`` may be real."""
_ADDRESSES = frozenset(
    {"channel", "to", "url", "webhook_url", "api_url", "slack_api_url", "smarthost"}
    | {"smtp_smarthost", "room_id", "chat_id"}
)
_FILE = "_file"


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No secret in the file, none left to fill in."""
    del settings
    configs = configs_of(observation.require(Alerting)).read
    found = [f for config in configs for f in _of(config)]
    subjects = sum(len(r.integrations) for c in configs for r in c.receivers.values())
    return concluded_on(SPEC, observation, subjects, found)


def _of(config: AlertmanagerConfig) -> Iterator[Finding]:
    if config.origin != "operator":
        yield from _within(config.name, config.place.below("global"), "", config.defaults)
    for receiver in config.receivers.values():
        for integration in receiver.integrations:
            place = integration.place
            yield from _within(receiver.name, place, "", dig(place.source.data, place.path))


def _within(subject: str, place: Place, key: str, value: object) -> Iterator[Finding]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _within(subject, place.below(str(name)), str(name), inner)
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _within(subject, place.below(number), key, inner)
    elif isinstance(value, str):
        code = _wrong(key, value)
        if code is not None:
            yield finding(place, subject, code, field=key)


def _wrong(key: str, value: str) -> str | None:
    if is_masked(value):
        return "placeholder" if value == PLACEHOLDER else "inline"
    secret = key in _KEYS or (names_credential(key) and not key.endswith(_FILE))
    file = key.endswith(_FILE)
    if not (secret or file or key in _ADDRESSES) or ("{{" in value and not _HELM.search(value)):
        return None
    if _HELM.search(value) or _VARIABLE.search(value):
        return "variable"
    if _BLANK.search(value) or (secret and value and is_placeholder(value)):
        return "placeholder"
    if secret and value and not value.startswith("/"):
        return "inline"
    return "inline" if _HOOKS.match(value) else None


CHECK = Check(SPEC, (Alerting,), judge)
