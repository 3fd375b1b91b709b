"""What each kind of integration needs before it can send anything.

Source: https://prometheus.io/docs/alerting/latest/configuration/#receiver-integration-settings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from golive_gates.observability.routing.model import Integration


@dataclass(frozen=True, slots=True)
class Need:
    """One of ``fields`` of the integration, or one of ``defaults`` of the part ``global``."""

    fields: tuple[str, ...]
    defaults: tuple[str, ...] = ()

    def met(self, fields: Mapping[str, Any], defaults: Mapping[str, Any]) -> bool:
        """Whether one of them is there."""
        return any(_given(f, fields.get(f)) for f in self.fields) or any(
            _given(d, defaults.get(d)) for d in self.defaults
        )


def _need(fields: str, defaults: str = "") -> Need:
    return Need(tuple(fields.split()), tuple(defaults.split()))


NEEDS: Mapping[str, tuple[Need, ...]] = {
    "slack": (
        _need(
            "api_url api_url_file app_token app_token_file",
            "slack_api_url slack_api_url_file slack_app_token slack_app_token_file",
        ),
    ),
    "pagerduty": (_need("routing_key routing_key_file service_key service_key_file"),),
    "email": (
        _need("to"),
        _need("smarthost", "smtp_smarthost"),
        _need("from", "smtp_from"),
    ),
    "webhook": (_need("url url_file url_secret"),),
    "opsgenie": (_need("api_key api_key_file", "opsgenie_api_key opsgenie_api_key_file"),),
    "victorops": (
        _need("api_key api_key_file", "victorops_api_key victorops_api_key_file"),
        _need("routing_key"),
    ),
    "pushover": (_need("user_key user_key_file"), _need("token token_file")),
    "wechat": (
        _need("api_secret api_secret_file", "wechat_api_secret wechat_api_secret_file"),
        _need("corp_id", "wechat_api_corp_id"),
    ),
    "sns": (_need("topic_arn phone_number target_arn"),),
    "telegram": (
        _need("bot_token bot_token_file", "telegram_bot_token telegram_bot_token_file"),
        _need("chat_id chat_id_file"),
    ),
    "discord": (_need("webhook_url webhook_url_file api_url"),),
    "msteams": (_need("webhook_url webhook_url_file"),),
    "msteamsv2": (_need("webhook_url webhook_url_file"),),
    "webex": (_need("room_id"),),
    "jira": (_need("project"), _need("issue_type")),
}
"""Kinds by the key that lists them, ``_configs`` left out. Kinds not here have no known need."""

_SAME: Mapping[str, str] = {
    "mail": "email",
    "smtp": "email",
    "teams": "msteams",
    "microsoftteams": "msteams",
    "msteamsv2": "msteams",
    "splunkoncall": "victorops",
    "http": "webhook",
    "amazonsns": "sns",
    "awssns": "sns",
    "ciscowebex": "webex",
}
_NOT_LETTERS = re.compile(r"[^a-z0-9]")


def missing(integration: Integration, defaults: Mapping[str, Any]) -> Iterator[Need]:
    """What *integration* needs and neither it nor ``global`` has."""
    for need in NEEDS.get(integration.kind, ()):
        if not need.met(integration.fields, defaults):
            yield need


def kind_named(name: str) -> str | None:
    """The kind that people call *name* (``E-mail``, ``PagerDuty``); ``None`` for no known one."""
    word = _NOT_LETTERS.sub("", name.lower())
    word = _SAME.get(word, word)
    return word if word in NEEDS else None


def kind_of(integration: Integration) -> str:
    """The kind of *integration*, its spellings as one."""
    return _SAME.get(integration.kind, integration.kind)


def _given(field: str, value: object) -> bool:
    """Whether *value* of *field* says something; no chat has the number zero."""
    return value not in (None, "") and value != {} and (field, value) != ("chat_id", 0)
