"""``observability.receivers`` and ``observability.receiver-secrets``."""

from __future__ import annotations

import pytest

from tests.gates.observability.delivery import SLACK, configuration, delivered, severe
from tests.gates.observability.snippets import judged, rules
from tests.gates.saying import codes

PAGE = "{matchers: ['severity=\"critical\"'], receiver: page}"
EMPTY = "- name: on-call"
TO_EMPTY = "{matchers: ['severity=\"critical\"'], receiver: on-call}"


def found(check: str, text: str, *alerts: str) -> tuple[str, list[str]]:
    result = delivered(check, text, *alerts)
    return result.status.value, codes(result)


def test_receivers_with_people_behind_them() -> None:
    assert found("receivers", configuration(PAGE)) == ("pass", [])


def test_a_receiver_that_drops_a_page() -> None:
    text = configuration(TO_EMPTY, receivers=EMPTY)
    assert found("receivers", text) == ("fail", ["receiver-empty"])
    assert found("routes", text) == ("pass", [])  # The route is right: one cause, one fail.
    assert found("receivers", text, severe("warning")) == ("warn", ["receiver-unused-empty"])
    alone = judged("receivers", text)
    assert (alone.status.value, codes(alone)) == ("fail", ["receiver-unused-empty"])


def test_an_empty_receiver_that_nothing_is_routed_to() -> None:
    assert found("receivers", configuration(PAGE, receivers=EMPTY)) == ("pass", [])


@pytest.mark.parametrize("name", ["null", "blackhole", "dev-null", "no-op", "Watchdog"])
def test_receivers_that_are_empty_on_purpose(name: str) -> None:
    text = configuration(TO_EMPTY.replace("on-call", name), receivers=f"- name: '{name}'")
    assert "receiver-empty" not in codes(
        delivered("receivers", text.replace('  - name: "null"', ""))
    )


@pytest.mark.parametrize("name", ["nullable", "devops", "emit", "muterstadt"])
def test_names_that_only_look_so(name: str) -> None:
    text = configuration(TO_EMPTY.replace("on-call", name), receivers=f"- name: {name}")
    assert found("receivers", text) == ("fail", ["receiver-empty"])


@pytest.mark.parametrize(
    ("integration", "missing"),
    [
        ("slack_configs: [{channel: '#a'}]", "api_url"),
        ("slack_configs: [{}]", "api_url"),
        ("pagerduty_configs: [{severity: critical}]", "routing_key"),
        ("email_configs: [{to: a@b.example}]", "smarthost"),
        ("email_configs: [{from: a@b.example, smarthost: 'c:25'}]", "to"),
        ("webhook_configs: [{send_resolved: true}]", "url"),
        ("opsgenie_configs: [{}]", "api_key"),
        ("telegram_configs: [{bot_token_file: /t, chat_id: 0}]", "chat_id"),
        ("discord_configs: [{}]", "webhook_url"),
    ],
)
def test_an_integration_that_lacks_something(integration: str, missing: str) -> None:
    text = configuration(TO_EMPTY, receivers=f"{EMPTY}\n  {integration}")
    result = delivered("receivers", text)
    assert result.status.value == "fail"
    assert set(codes(result)) == {"incomplete"}
    assert missing in str(result.findings[0].reason.params["fields"])


@pytest.mark.parametrize(
    ("top", "integration"),
    [
        ("global: {slack_api_url_file: /s}", "slack_configs: [{channel: '#a'}]"),
        ("global: {smtp_smarthost: 'h:25', smtp_from: a@b}", "email_configs: [{to: a@b.example}]"),
        ("global: {opsgenie_api_key_file: /k}", "opsgenie_configs: [{}]"),
        ("", "webhook_configs: [{url: 'http://relay:8080/'}]"),
        ("", "brandnew_configs: [{anything: at all}]"),
    ],
)
def test_what_global_gives(top: str, integration: str) -> None:
    text = configuration(TO_EMPTY, top=top, receivers=f"{EMPTY}\n  {integration}")
    assert found("receivers", text) == ("pass", [])


def test_names_of_receivers() -> None:
    twice = configuration(receivers=f"- name: team\n  {SLACK}")
    assert found("receivers", twice) == ("fail", ["receiver-twice"])
    assert found("receivers", configuration(receivers="- {}")) == ("fail", ["receiver-unnamed"])


@pytest.mark.parametrize(
    ("integration", "expected"),
    [
        ("pagerduty_configs: [{routing_key: abcdef0123456789abcdef0123456789}]", "inline"),
        ("pagerduty_configs: [{routing_key: REPLACE_ME}]", "placeholder"),
        ("pagerduty_configs: [{service_key: '${PAGERDUTY_KEY}'}]", "variable"),
        ("opsgenie_configs: [{api_key: 0a1b2c3d-ffff}]", "inline"),
        ("slack_configs: [{api_url: 'https://hooks.slack.com/services/T0/B0/abcdefgh'}]", "inline"),
        ("slack_configs: [{api_url: 'https://hooks.slack.com/services/x'}]", "inline"),
        ("slack_configs: [{api_url_file: '$SLACK_FILE'}]", "variable"),
        ("slack_configs: [{api_url: '{{ .Values.slack.url }}', channel: '#a'}]", "variable"),
        ("pagerduty_configs: [{routing_key: '{{- .Values.key -}}'}]", "variable"),
        ("slack_configs: [{api_url_file: /s, channel: '#your-channel'}]", "placeholder"),
        ("webhook_configs: [{url: 'http://user:hunter22@relay/'}]", "inline"),
        ("webhook_configs: [{url: 'https://hook/send?access_token=s3cr3t99'}]", "inline"),
        (
            "discord_configs: [{webhook_url: 'https://discord.com/api/webhooks/1/abcdefgh'}]",
            "inline",
        ),
        ("webhook_configs: [{url: x, http_config: {basic_auth: {password: hunter22}}}]", "inline"),
        ("webhook_configs: [{url: x, http_config: {authorization: {credentials: s3}}}]", "inline"),
        ("email_configs: [{to: a@b.example, auth_password: hunter22}]", "inline"),
        ("telegram_configs: [{bot_token: '123:abc', chat_id: 1}]", "inline"),
    ],
)
def test_secrets_in_the_file(integration: str, expected: str) -> None:
    text = configuration(TO_EMPTY, receivers=f"{EMPTY}\n  {integration}")
    assert found("receiver-secrets", text) == ("fail", [expected])


@pytest.mark.parametrize(
    "integration",
    [
        "pagerduty_configs: [{routing_key_file: /run/secrets/key}]",
        "pagerduty_configs: [{routing_key: '{{ .CommonLabels.key }}'}]",
        "slack_configs: [{api_url: 'http://127.0.0.1:9999/slack', channel: '#a'}]",
        "slack_configs: [{api_url: 'https://slack.com/api/chat.postMessage', channel: '#a'}]",
        "email_configs: [{to: ops@example.com, auth_username: ops, auth_password_file: /p}]",
        "webhook_configs: [{url: 'http://relay.monitoring:8080/alerts'}]",
    ],
)
def test_no_secret_in_the_file(integration: str) -> None:
    text = configuration(TO_EMPTY, receivers=f"{EMPTY}\n  {integration}")
    assert found("receiver-secrets", text) == ("pass", [])


def test_secrets_in_global() -> None:
    text = configuration(top="global: {smtp_auth_password: hunter22, slack_api_url: https://x}")
    assert found("receiver-secrets", text) == ("fail", ["inline"])
    assert judged("receiver-secrets", rules(severe("critical"))).status.value == "not-applicable"
