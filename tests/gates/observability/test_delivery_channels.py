"""``observability.channels``."""

from __future__ import annotations

import pytest

from golive.api import CheckResult, Observation, Reason, Unavailable
from golive_gates.observability.routing.asked import Asked, Channels
from golive_gates.observability.settings import Settings
from tests.gates.observability.delivery import configuration, severe
from tests.gates.observability.snippets import CHECKS, alerting, rules
from tests.gates.saying import codes, said

PAGE = "{matchers: ['severity=\"critical\"'], receiver: page}"
ALERTS = rules(severe("critical"), severe("warning", name="B"))
PAGERDUTY = Asked("PagerDuty", "shop", ("critical",))
SLACK = Asked("Slack", "#alerts", ("warning",))
ABSENT = Unavailable(Reason("no-channels"), kind="absent")


def judge(channels: Channels | Unavailable, *texts: str) -> CheckResult:
    seen = Observation({"Alerting": alerting(*texts), "Channels": channels})
    result = CHECKS["channels"].evaluate(seen, Settings())
    said(result)
    return result


def found(text: str, *asked: Asked) -> tuple[str, list[str]]:
    result = judge(Channels(asked), text, ALERTS)
    return result.status.value, codes(result)


def test_alerts_that_arrive_where_they_should() -> None:
    assert found(configuration(PAGE), PAGERDUTY, SLACK) == ("pass", [])


@pytest.mark.parametrize("kind", ["E-mail", "Mail", "SMTP", "email"])
def test_words_for_one_kind(kind: str) -> None:
    mail = "- name: mail\n  email_configs: [{to: 'a@b.example, ops@b.example'}]"
    text = configuration("{receiver: mail}", receivers=mail)
    assert found(text, Asked(kind, "ops@b.example")) == ("pass", [])
    assert found(text, Asked(kind, "boss@b.example")) == ("warn", ["channel-address"])


def test_a_channel_that_alerts_do_not_reach() -> None:
    assert found(configuration(), PAGERDUTY) == ("fail", ["channel-missed"])
    everything = Asked("Slack", "#alerts")
    assert found(configuration(PAGE), everything) == ("fail", ["channel-missed"])


def test_both_ways_by_continue() -> None:
    through = PAGE.replace("}", ", continue: true}")
    text = configuration(through, "{receiver: team}")
    assert found(text, PAGERDUTY, Asked("Slack", "#alerts")) == ("pass", [])


def test_another_address() -> None:
    assert found(configuration(), Asked("slack", "alerts")) == ("pass", [])
    assert found(configuration(), Asked("slack", "#ops")) == ("warn", ["channel-address"])


def test_what_cannot_be_looked_for() -> None:
    assert found(configuration(), Asked("Pigeon", "loft")) == ("inconclusive", ["channel-unknown"])
    idle = Asked("Slack", "#alerts", ("emergency",))
    assert found(configuration(), idle) == ("warn", ["channel-idle"])


@pytest.mark.parametrize(
    ("text", "code", "cause"),
    [
        (configuration(PAGE.replace("page", "on-call")), "channel-unrouted", "routes"),
        (configuration(PAGE.replace("page", "'null'")), "channel-unrouted", "routes"),
        (configuration("{matchers: [severity], receiver: page}"), "channel-unrouted", "routes"),
        (
            configuration(PAGE.replace("page", "on-call"), receivers="- name: on-call"),
            "channel-empty",
            "receivers",
        ),
    ],
)
def test_what_another_check_has_found(text: str, code: str, cause: str) -> None:
    asked = Asked("Opsgenie", "", ("critical",)) if "[severity]" in text else PAGERDUTY
    result = judge(Channels((asked,)), text, ALERTS)
    assert (result.status.value, codes(result)) == ("inconclusive", [code])
    assert result.blocked_by == f"observability.{cause}"


def test_an_alert_whose_way_depends_on_a_label() -> None:
    text = configuration("{matchers: ['team=\"db\"'], receiver: page}")
    kept = rules(severe("critical", expr="sum by (team) (up) == 0"))
    result = judge(Channels((PAGERDUTY,)), text, kept)
    assert (result.status.value, codes(result)) == ("inconclusive", ["channel-depends"])


def test_without_channels_or_configuration() -> None:
    assert judge(ABSENT, configuration(), ALERTS).status.value == "not-applicable"
    for channels in (ABSENT, Channels((SLACK,))):
        result = judge(channels, ALERTS)
        assert (result.status.value, result.reason.code) == ("inconclusive", "no-alertmanager")
    nothing = judge(ABSENT, "groups: [{name: g, rules: []}]")
    assert nothing.status.value == "not-applicable"
