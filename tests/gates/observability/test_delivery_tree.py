"""The walk through the tree, with labels that are known and with some that are not."""

from __future__ import annotations

import pytest

from golive_gates.observability.routing.alerts import AlertLabels
from golive_gates.observability.routing.outcomes import MOST, outcomes
from golive_gates.observability.routing.tree import UndecidedError, deliveries
from tests.gates.observability.delivery import config, configuration

TREE = configuration(
    """
    matchers: [severity="critical"]
    receiver: page
    routes:
      - matchers: [team="db"]
        receiver: db
        continue: true
      - matchers: [team=~"db|web"]
        receiver: web
    """,
    """
    match: {severity: warning}
    receiver: ticket
    continue: true
    """,
    """
    match_re: {severity: warn.*}
    group_by: [team]
    """,
)


def ends(**labels: str) -> list[str]:
    return [d.receiver for d in deliveries(config(TREE), labels)]


def test_children_before_parents_and_continue() -> None:
    assert ends(severity="critical") == ["page"]
    assert ends(severity="critical", team="db") == ["db", "web"]
    assert ends(severity="critical", team="web") == ["web"]
    assert ends(severity="warning") == ["ticket", "team"]
    assert ends(severity="info") == ["team"]
    assert ends() == ["team"]


def test_what_a_route_inherits() -> None:
    root = config(TREE).root
    assert [r.receiver for r in root.routes] == ["page", "ticket", "team"]
    assert root.routes[2].group_by == ("team",)
    found = deliveries(config(TREE), {"severity": "critical", "team": "db"})
    assert [d.known for d in found] == [False, False]
    assert deliveries(config(TREE), {})[0].integrations[0].kind == "slack"


def ways(labels: AlertLabels) -> list[tuple[list[str], tuple[str, ...], bool]]:
    found = outcomes(config(TREE), labels)
    return [([d.receiver for d in o.deliveries], o.assumed, o.usual) for o in found]


def test_a_label_of_which_only_the_name_is_known() -> None:
    labels = AlertLabels({"severity": "critical"}, frozenset({"team"}))
    assert ways(labels) == [
        (["page"], (), True),
        (["web"], ('team="web"',), False),
        (["db", "web"], ('team="db"',), False),
    ]


def test_a_label_that_is_surely_missing_has_one_way() -> None:
    assert ways(AlertLabels({"severity": "critical"})) == [(["page"], (), True)]


def test_decisions_agree_with_each_other() -> None:
    text = configuration(
        "{matchers: ['a=~\"x.*\"'], receiver: page, continue: true}",
        "{matchers: ['a=\"y\"'], receiver: db}",
        "{matchers: ['a!~\"x.*\"'], receiver: web}",
    )
    found = outcomes(config(text), AlertLabels({}, frozenset({"a"})))
    assert sorted([d.receiver for d in o.deliveries] for o in found) == [["db"], ["page"], ["web"]]


def test_a_label_that_may_be_missing() -> None:
    text = configuration("{matchers: ['a=~\".+\"'], receiver: page}")
    with_a = outcomes(config(text), AlertLabels({}, frozenset({"a"})))
    perhaps = outcomes(config(text), AlertLabels({}, frozenset(), frozenset({"a"})))
    assert [[d.receiver for d in o.deliveries] for o in with_a] == [["page"]]
    assert sorted([d.receiver for d in o.deliveries] for o in perhaps) == [["page"], ["team"]]


def test_more_ways_than_are_followed() -> None:
    names = [chr(ord("a") + i) for i in range(10)]
    routes = [f"{{matchers: ['{n}=~\"x.\"'], receiver: page, continue: true}}" for n in names]
    assert 2 ** len(names) > MOST
    with pytest.raises(UndecidedError):
        outcomes(config(configuration(*routes)), AlertLabels({}, frozenset(names)))


def test_an_expression_that_cannot_be_applied() -> None:
    text = configuration(r"""{matchers: ['a=~"\pL+"'], receiver: page}""")
    with pytest.raises(UndecidedError):
        deliveries(config(text), {"a": "x"})
