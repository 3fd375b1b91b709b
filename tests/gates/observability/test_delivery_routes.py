"""``observability.routes``."""

from __future__ import annotations

import pytest

from tests.gates.observability.delivery import configuration, delivered, severe
from tests.gates.observability.snippets import alert, judged, rules
from tests.gates.saying import codes

PAGE = "{matchers: ['severity=\"critical\"'], receiver: page}"


def found(text: str, *alerts: str) -> tuple[str, list[str]]:
    result = delivered("routes", text, *alerts)
    return result.status.value, codes(result)


def test_a_page_and_what_the_default_takes() -> None:
    alerts = (severe("critical"), severe("warning", name="B"))
    assert found(configuration(PAGE), *alerts) == ("pass", [])


def test_what_asks_for_no_attention_may_go_nowhere() -> None:
    text = configuration(PAGE, default="'null'")
    assert found(text, severe("info"), severe("critical", name="B")) == ("pass", [])


def test_a_default_that_sends_nothing() -> None:
    text = configuration(PAGE, default="'null'")
    alerts = [severe("warning", name=n) for n in ("B", "C", "D", "E", "F")]
    result = delivered("routes", text, *alerts)
    assert (result.status.value, codes(result)) == ("fail", ["route-to-nowhere"])
    assert result.findings[0].reason.params["alerts"] == "B, C, D (+2)"


def test_a_typing_error_in_a_matcher() -> None:
    typo = "{matchers: ['severity=\"crit\"'], receiver: page}"
    assert found(configuration(typo, default="'null'")) == ("fail", ["route-to-nowhere"])


def test_a_route_that_takes_everything_first() -> None:
    text = configuration("{receiver: team}", PAGE)
    result = delivered("routes", text)
    assert (result.status.value, codes(result)) == ("fail", ["shadowed"])
    assert result.findings[0].reason.params["line"] == 4


def test_a_shadowed_route_to_the_same_people_only_warns() -> None:
    text = configuration("{matchers: ['severity=~\".+\"'], receiver: page}", PAGE)
    assert found(text) == ("warn", ["shadowed"])


@pytest.mark.parametrize(
    "first",
    [
        "{receiver: team, continue: true}",
        "{matchers: ['severity=\"warning\"'], receiver: team}",
        "{matchers: ['severity=\"critical\"', 'team=\"db\"'], receiver: team}",
        "{matchers: ['severity!~\"crit.*\"'], receiver: team}",
    ],
)
def test_a_route_in_front_that_does_not_take_everything(first: str) -> None:
    assert found(configuration(first, PAGE)) == ("pass", [])


@pytest.mark.parametrize(
    "first",
    [
        "{matchers: ['severity=~\"critical|warning\"'], receiver: team}",
        "{matchers: ['severity!=\"warning\"'], receiver: team}",
        "{match_re: {severity: crit.*}, receiver: team}",
        "{matchers: ['team=~\".*\"'], receiver: team}",
    ],
)
def test_a_wider_route_in_front(first: str) -> None:
    assert found(configuration(first, PAGE)) == ("fail", ["shadowed"])


def test_a_route_that_contradicts_the_one_around_it() -> None:
    inner = "matchers: ['severity=\"critical\"']\nreceiver: page\nroutes:\n"
    inner += "  - matchers: ['severity=\"warning\"']\n    receiver: team"
    assert found(configuration(inner)) == ("fail", ["contradictory"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (configuration("{matchers: ['a=b'], receiver: pager}"), "receiver-unknown"),
        (configuration("{matchers: [severity], receiver: page}"), "matcher-malformed"),
        (configuration("{match_re: {severity: '('}, receiver: page}"), "matcher-malformed"),
        (configuration("{match: {a-b: x}, receiver: page}"), "matcher-label"),
        (configuration("{matchers: [1], receiver: page}"), "matcher-text"),
        (configuration("{matchers: {a: b}, receiver: page}"), "not-a-list"),
        (configuration("{match: [a], receiver: page}"), "not-a-mapping"),
        (configuration("{match: {a: b}, group_wait: soon}"), "duration"),
        (configuration("{match: {a: b}, group_wait: 30}"), "duration"),
        (configuration("{match: {a: b}, repeat_interval: 0}"), "duration"),
        (configuration("{group_by: [a, a], match: {a: b}}"), "group-by-twice"),
        (configuration("{group_by: ['...', a], match: {a: b}}"), "group-by-all"),
        (configuration("{group_by: [a-b], match: {a: b}}"), "group-by-name"),
        (configuration(default="''"), "no-root-receiver"),
        (
            configuration().replace("receiver: team", "receiver: team\n  match: {a: b}"),
            "root-match",
        ),
    ],
)
def test_what_alertmanager_refuses(text: str, expected: str) -> None:
    status, said = found(text)
    assert status == "fail"
    assert any(code.startswith(expected) for code in said), said


def test_a_way_that_depends_on_a_label() -> None:
    text = configuration("{matchers: ['team=\"db\"'], receiver: page}", default="'null'")
    kept = severe("critical", expr="sum by (team) (up) == 0")
    assert found(text, kept) == ("inconclusive", ["depends"])
    assert found(text, severe("critical", labels=", team: db")) == ("pass", [])
    assert found(text, severe("critical", labels=", team: web")) == ("fail", ["route-to-nowhere"])
    assert found(text, severe("critical")) == ("fail", ["route-to-nowhere"])
    assert found(text, alert("up == 0")) == ("inconclusive", ["depends"])
    templated = severe("critical", labels=", team: '{{ $labels.t }}'")
    assert found(text, templated) == ("inconclusive", ["depends"])


def test_a_way_that_is_closed_on_purpose_for_a_value() -> None:
    text = configuration("{matchers: ['namespace=\"sandbox\"'], receiver: 'null'}")
    assert found(text, alert("up == 0")) == ("pass", [])


def test_an_expression_that_cannot_be_applied_decides_nothing() -> None:
    text = configuration(r"""{matchers: ['severity=~"\\pL+"'], receiver: page}""")
    assert found(text) == ("inconclusive", ["too-many-ways"])


def test_two_alertmanagers_of_which_one_delivers() -> None:
    nowhere = configuration(default="'null'")
    result = delivered("routes", configuration(), severe("critical"), others=(nowhere,))
    assert (result.status.value, codes(result)) == ("warn", ["route-to-nowhere"])


def test_without_a_configuration_or_with_an_unread_file() -> None:
    assert judged("routes", rules(severe("critical"))).status.value == "not-applicable"
    unread = delivered("routes", configuration(), problems=1)
    assert (unread.status.value, unread.blocked_by) == ("inconclusive", "observability.parse")


BROKEN = (
    "route: {routes: 5}\nreceivers: [3, {name: 4}, {name: [x]}]\n",
    "route: {receiver: [x], routes: [1, {matchers: 5, match: [], routes: {}}]}\nreceivers: []\n",
    "route: {receiver: a, group_by: x}\nreceivers: [{name: a, slack_configs: {x: y}}]\n",
    "route: {receiver: 1, match: 2}\nreceivers: [{name: 1}]\ntime_intervals: [2, {name: n}]\n",
    "route: {match: 2}\nreceivers: []\ninhibit_rules: [1, {source_match: 3, equal: 7}]\n",
)


@pytest.mark.parametrize("broken", BROKEN)
def test_values_of_other_types_are_no_crash(broken: str) -> None:
    checks = ("routes", "receivers", "receiver-secrets", "inhibition", "mute-times")
    for check in checks:
        assert delivered(check, broken).status.value in ("fail", "pass", "not-applicable", "warn")
    assert delivered("routes", broken).status.value == "fail"
