"""``observability.inhibition`` and ``observability.mute-times``."""

from __future__ import annotations

import pytest

from tests.gates.observability.delivery import configuration, delivered, severe
from tests.gates.observability.snippets import judged
from tests.gates.saying import codes

PAGE = "{matchers: ['severity=\"critical\"'], receiver: page}"
SLO = ", slo: errors, service: web"
PAIR = (severe("critical", labels=SLO), severe("warning", name="B", labels=SLO))


def inhibited(rule: str, *alerts: str) -> tuple[str, list[str]]:
    text = configuration(PAGE, top=f"inhibit_rules:\n  - {rule}")
    result = delivered("inhibition", text, *(alerts or PAIR))
    return result.status.value, codes(result)


def rule(source: str, target: str, equal: str = "slo, service") -> str:
    return f"{{source_matchers: ['{source}'], target_matchers: ['{target}'], equal: [{equal}]}}"


HEAVY, LIGHT = 'severity="critical"', 'severity="warning"'


def test_the_heavier_silences_the_lighter() -> None:
    assert inhibited(rule(HEAVY, LIGHT)) == ("pass", [])


def test_the_lighter_silences_the_heavier() -> None:
    assert inhibited(rule(LIGHT, HEAVY)) == ("fail", ["lighter-silences"])
    classic = "{source_match: {severity: warning}, target_match_re: {severity: crit.*}}"
    assert inhibited(classic) == ("fail", ["lighter-silences"])


def test_what_only_informs_silences_a_page() -> None:
    alerts = (severe("critical"), severe("info", name="I"))
    assert inhibited(rule('alertname="I"', HEAVY, ""), *alerts) == ("fail", ["lighter-silences"])


def test_labels_that_differ_keep_the_rule_from_applying() -> None:
    other = severe("warning", name="B", labels=", slo: latency, service: web")
    assert inhibited(rule(LIGHT, HEAVY), PAIR[0], other) == ("pass", [])
    bare = severe("warning", name="B", labels=", slo: errors")
    assert inhibited(rule(LIGHT, HEAVY), PAIR[0], bare) == ("pass", [])


def test_labels_that_may_be_equal() -> None:
    kept = severe("warning", name="B", labels=", slo: errors", expr="sum by (service) (x) > 1")
    assert inhibited(rule(LIGHT, HEAVY), PAIR[0], kept) == ("fail", ["lighter-silences"])


def test_labels_that_neither_has_count_as_equal() -> None:
    bare = (severe("critical"), severe("warning", name="B"))
    assert inhibited(rule(HEAVY, LIGHT), *bare) == ("warn", ["equal-missing"])
    # Without ``equal`` somebody means it.
    assert inhibited(rule(HEAVY, LIGHT, ""), *bare) == ("pass", [])


def test_an_alert_that_is_source_and_target_silences_no_other_such() -> None:
    two = (severe("critical"), severe("critical", name="B"))
    assert inhibited(rule(HEAVY, HEAVY, ""), *two) == ("pass", [])


def test_a_page_that_silences_another_page() -> None:
    two = (severe("critical", labels=", tier: edge"), severe("critical", name="B"))
    edge = rule('tier="edge"', 'alertname="B"', "")
    assert inhibited(edge, *two) == ("warn", ["page-silences-page"])
    named = rule('alertname="A"', 'alertname="B"', "")
    assert inhibited(named, *two) == ("pass", [])


def test_inhibition_that_alertmanager_refuses() -> None:
    assert inhibited(rule("severity", HEAVY)) == ("fail", ["matcher-malformed"])
    assert inhibited(rule(LIGHT, HEAVY, "a-b")) == ("fail", ["matcher-label"])


NIGHTS = "{name: nights, time_intervals: [{times: [{start_time: '00:00', end_time: '06:00'}]}]}"


def muted(route: str, *alerts: str, intervals: str = NIGHTS) -> tuple[str, list[str]]:
    text = configuration(route, top=f"time_intervals: [{intervals}]")
    result = delivered("mute-times", text, *(alerts or PAIR))
    return result.status.value, codes(result)


def with_times(route: str, key: str, name: str = "nights") -> str:
    return route.replace("}", f", {key}: [{name}]}}")


def test_a_ticket_that_is_muted_at_night() -> None:
    ticket = "{matchers: ['severity=\"warning\"'], receiver: team}"
    assert muted(with_times(ticket, "mute_time_intervals")) == ("pass", [])


def test_a_page_that_is_held_back() -> None:
    assert muted(with_times(PAGE, "mute_time_intervals")) == ("fail", ["page-muted"])
    assert muted(with_times(PAGE, "active_time_intervals")) == ("fail", ["page-only-at-times"])


def test_a_page_that_also_goes_another_way() -> None:
    first = "{matchers: ['severity=\"critical\"'], continue: true, mute_time_intervals: [nights]}"
    text = configuration(first, PAGE, top=f"time_intervals: [{NIGHTS}]")
    assert delivered("mute-times", text).status.value == "pass"


OFFICE = "{name: office, time_intervals: [{times: [{start_time: '09:00', end_time: '18:00'}]}]}"
EVENING = (
    "{name: evening, time_intervals: [{times: [{start_time: '00:00', end_time: '09:00'},"
    " {start_time: '18:00', end_time: '24:00'}]}]}"
)
WORKDAYS = "{name: workdays, time_intervals: [{weekdays: ['monday:friday']}]}"
WEEKEND = "{name: weekend, time_intervals: [{weekdays: [saturday, sunday]}]}"
SEOUL = EVENING.replace("times:", "location: Asia/Seoul, times:")
MAY = "{name: may, time_intervals: [{months: [may]}]}"


@pytest.mark.parametrize(
    ("intervals", "day", "night", "expected"),
    [
        (OFFICE, "active", "office", ("pass", [])),
        (f"{OFFICE}, {EVENING}", "active", "evening", ("pass", [])),
        (f"{WORKDAYS}, {WEEKEND}", "active", "weekend", ("pass", [])),
        (f"{OFFICE}, {WEEKEND}", "active", "weekend", ("fail", ["page-only-at-times"])),
        (f"{OFFICE}, {SEOUL}", "active", "evening", ("warn", ["page-in-turns"])),
        (f"{OFFICE}, {MAY}", "active", "may", ("warn", ["page-in-turns"])),
        (OFFICE, "mute", "office", ("fail", ["page-muted"])),
    ],
)
def test_shifts_that_take_turns(
    intervals: str, day: str, night: str, expected: tuple[str, list[str]]
) -> None:
    """The day shift by its active times; the night shift by its own, or by not being the day's."""
    first = intervals.split(",", maxsplit=1)[0].removeprefix("{name: ")
    key = "mute" if night == first else "active"
    routes = (
        f"{PAGE[:-1]}, continue: true, {day}_time_intervals: [{first}]}}",
        f"{PAGE[:-1]}, {key}_time_intervals: [{night}]}}",
    )
    result = delivered("mute-times", configuration(*routes, top=f"time_intervals: [{intervals}]"))
    assert (result.status.value, codes(result)) == expected


def test_times_are_not_inherited() -> None:
    nested = "matchers: ['severity=~\".+\"']\nmute_time_intervals: [nights]\nroutes:\n"
    nested += "  - matchers: ['severity=\"critical\"']\n    receiver: page"
    assert muted(nested) == ("pass", [])


@pytest.mark.parametrize(
    "times", ["{}", "{times: [{start_time: '00:00', end_time: '24:00'}]}", "{location: Asia/Seoul}"]
)
def test_a_ticket_that_is_muted_for_ever(times: str) -> None:
    ticket = "{matchers: ['severity=\"warning\"'], receiver: team, mute_time_intervals: [n]}"
    interval = f"{{name: n, time_intervals: [{times}]}}"
    assert muted(ticket, intervals=interval) == ("fail", ["muted-for-ever"])


@pytest.mark.parametrize(
    "times",
    [
        "{times: [{start_time: '9:00', end_time: '17:00'}]}",
        "{times: [{start_time: '17:00', end_time: '09:00'}]}",
        "{weekdays: [funday]}",
        "{weekdays: ['friday:monday']}",
        "{days_of_month: ['0']}",
        "{days_of_month: ['32']}",
        "{days_of_month: ['-1:5']}",
        "{days_of_month: ['5:1']}",
        "{months: ['may:april']}",
        "{years: ['2030:2020']}",
        "{years: [soon]}",
    ],
)
def test_times_that_alertmanager_refuses(times: str) -> None:
    interval = f"{{name: n, time_intervals: [{times}]}}"
    assert muted(PAGE, intervals=interval) == ("fail", ["interval-malformed"])


@pytest.mark.parametrize(
    "times",
    [
        "{weekdays: ['monday:friday', sunday], location: Asia/Seoul}",
        "{days_of_month: ['1:5', '-3:-1', '1:-1', 15]}",
        "{months: ['1', may, 'june:august'], years: ['2030:2032', 2040]}",
        "{times: [{start_time: '17:00', end_time: '24:00'}]}",
    ],
)
def test_times_that_alertmanager_takes(times: str) -> None:
    interval = f"{{name: n, time_intervals: [{times}]}}"
    assert muted(PAGE, intervals=interval) == ("pass", [])


def test_names_of_intervals() -> None:
    assert muted(with_times(PAGE, "mute_time_intervals", "days"), PAIR[1]) == (
        "fail",
        ["interval-unknown"],
    )
    assert muted(PAGE, intervals=f"{NIGHTS}, {NIGHTS}") == ("fail", ["interval-twice"])
    assert muted(PAGE, intervals="{}") == ("fail", ["interval-unnamed"])
    root = configuration(PAGE, top=f"time_intervals: [{NIGHTS}]").replace(
        "route:\n", "route:\n  mute_time_intervals: [nights]\n"
    )
    assert codes(judged("mute-times", root)) == ["root-muted"]


def test_without_times_or_rules() -> None:
    assert delivered("mute-times", configuration(PAGE)).status.value == "not-applicable"
    assert delivered("inhibition", configuration(PAGE)).status.value == "not-applicable"
