"""Which metric plays which part, with the names that common libraries give."""

from __future__ import annotations

import pytest

from golive_gates.observability.metrics.inventory import Inventory
from golive_gates.observability.metrics.roles import Role, Unfilled, failing, roles_of
from golive_gates.observability.settings import ROLES, RoleSetting, Settings
from tests.gates.observability.exposing import demo_pages, exposed, page


def inventory(text: str) -> Inventory:
    return Inventory(page(text).families)


def test_the_demos_roles() -> None:
    found = roles_of(exposed(demo_pages()).inventory, {})
    assert {k: v.metric for k, v in found.items() if isinstance(v, Role)} == {
        "requests": "http_requests_total",
        "durations": "http_request_duration_seconds",
        "first-content": "sse_first_content_seconds",
        "auth-failures": "auth_failures_total",
        "rate-limited": "rate_limited_total",
        "provider-requests": "provider_requests_total",
        "streams": "sse_streams_total",
    }
    requests, calls = found["requests"], found["provider-requests"]
    assert isinstance(requests, Role)
    assert isinstance(calls, Role)
    assert (requests.labels, requests.how) == ({"status": "code"}, "name")
    assert calls.labels == {"provider": "provider", "outcome": "outcome"}


@pytest.mark.parametrize(
    ("name", "label", "value"),
    [
        ("http_requests_total", "status", "2xx"),
        ("starlette_requests_total", "status_code", "200"),
        ("nginx_ingress_controller_requests", "status", "200"),
        ("flask_http_request_total", "status", "200"),
        ("myapp_http_requests_total", "code", "200"),
        ("http_server_requests_total", "http_response_status_code", "200"),
    ],
)
def test_requests_by_usual_names(name: str, label: str, value: str) -> None:
    found = roles_of(inventory(f'# TYPE {name} counter\n{name}{{{label}="{value}"}} 1\n'), {})
    assert found["requests"] == Role("requests", name, "name", {"status": label})
    # Refusals are told from the status where they have no metric of their own.
    limited = found["rate-limited"]
    assert limited == Role("rate-limited", name, "status-code", {"status": label}, {label: "429"})


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("http_request_duration_seconds", 1.0),
        ("http_server_duration_milliseconds", 0.001),
        ("starlette_request_duration_seconds", 1.0),
        ("http_server_request_duration_seconds", 1.0),
        ("http_server_requests_seconds", 1.0),
    ],
)
def test_durations_and_their_unit(name: str, unit: float) -> None:
    found = roles_of(inventory(f'# TYPE {name} histogram\n{name}_bucket{{le="+Inf"}} 1\n'), {})
    assert found["durations"] == Role("durations", name, "name", unit_s=unit)


TWO = (
    '# TYPE shop_requests_total counter\nshop_requests_total{code="200"} 1\n'
    '# TYPE cart_requests_total counter\ncart_requests_total{code="200"} 1\n'
)


def test_two_that_fit_are_an_ambiguity_unless_rules_select_one() -> None:
    names = ("cart_requests_total", "shop_requests_total")
    assert roles_of(inventory(TWO), {})["requests"] == Unfilled("requests", "ambiguous", names)
    chosen = roles_of(inventory(TWO), {}, {"shop_requests_total"})["requests"]
    assert chosen == Role("requests", "shop_requests_total", "rules", {"status": "code"})
    both = roles_of(inventory(TWO), {}, set(names))["requests"]
    assert isinstance(both, Unfilled)


def test_nothing_is_guessed_where_nothing_fits() -> None:
    found = roles_of(inventory('up 1\nx_requests_total{code="ok"} 1\nhttp_requests_total 1\n'), {})
    assert found == {role: Unfilled(role, "missing") for role in ROLES}


def test_settings_name_a_role() -> None:
    text = TWO + '# TYPE calls counter\ncalls{vendor="a",end="good"} 1\n'

    def role(name: str, setting: RoleSetting) -> Role | Unfilled:
        return roles_of(inventory(text), {name: setting})[name]

    shop = RoleSetting("shop_requests_total")
    assert role("requests", shop) == Role(
        "requests", "shop_requests_total", "setting", {"status": "code"}
    )
    labelled = RoleSetting("calls", {"outcome": "end"})
    assert role("provider-requests", labelled) == Role(
        "provider-requests", "calls", "setting", {"outcome": "end", "provider": "vendor"}
    )
    assert role("provider-requests", RoleSetting("calls")) == Unfilled(
        "provider-requests", "no-label", ("calls",), "outcome"
    )
    assert role("requests", RoleSetting("gone")) == Unfilled("requests", "not-exposed", ("gone",))
    assert role("durations", shop) == Unfilled(
        "durations", "wrong-kind", ("shop_requests_total",), "counter"
    )


def test_a_role_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="request:"):
        Settings(roles={"request": RoleSetting("x")})


@pytest.mark.parametrize("word", ["error", "server_error", "timeout", "TimedOut", "aborted", "503"])
def test_words_for_failing(word: str) -> None:
    assert failing(word)


@pytest.mark.parametrize("word", ["ok", "success", "completed", "200", "2xx", "fallback", "15000"])
def test_words_for_no_failing(word: str) -> None:
    assert not failing(word)
