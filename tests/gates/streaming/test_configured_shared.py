"""Settings that several routes share: where they come from, and that each is told once."""

from __future__ import annotations

import pytest

from golive.api import Status
from golive_gates.streaming.configured.parts import ANNOTATION, DEFAULT, Route
from golive_gates.streaming.configured.routes import routes_of
from golive_gates.streaming.configured.wanted import Wanted
from golive_gates.streaming.settings import Settings
from tests.gates.saying import codes
from tests.gates.streaming.releases import configured, judged, service
from tests.gates.streaming.test_configured_causes import MARK
from tests.gates.streaming.test_configured_ingress import NEW, OLD, controller, ingress
from tests.gates.streaming.test_configured_proxies import (
    CANARY,
    DISCARDED,
    FAIL,
    FINE,
    NOTHING,
    OPEN,
    PASS,
    RETRIES,
    TIMEOUTS,
    TOTAL,
    WARN,
    conf,
    policy,
    rule,
)

RELOAD = "worker-shutdown"
PLAIN = f"{OLD}rewrite-target: /"
MASTER = f"{NEW}mergeable-ingress-type: master"
MINION = f"{NEW}mergeable-ingress-type: minion"
HOUR = f"{NEW}proxy-read-timeout: 1h"


def streaming(text: str) -> list[Route]:
    return [r for r in configured(text, nginx="").routes if r.streaming]


def many(*annotations: str, count: int = 3) -> str:
    """An Ingress of several paths that stream."""
    text = ingress(*annotations)
    (line,) = (x for x in text.splitlines(keepends=True) if "- path:" in x)
    place = text.index(line)
    entry = text[place : text.index("---")]
    more = "".join(entry.replace("/generate", f"/stream/{n}") for n in range(1, count))
    return text.replace(entry, entry + more)


def test_paths_of_one_ingress_share_what_it_leaves_out() -> None:
    assert len(streaming(many(PLAIN))) == 3
    assert codes(judged(TIMEOUTS, many(PLAIN), nginx="")) == ["read-default", "send-default"]
    limited = many(f'{OLD}limit-rps: "5"')
    result = judged("limit-status", limited, nginx="")
    assert codes(result) == ["by-default"]
    place = result.findings[0].location
    assert place is not None
    assert limited.splitlines()[(place.line or 0) - 1].strip() == f'{OLD}limit-rps: "5"'


def test_two_ingresses_are_two_causes_and_one_config_map_is_one() -> None:
    two = ingress(PLAIN, name="a") + ingress(PLAIN, name="b", path="/stream")
    reads = codes(judged(TIMEOUTS, two, nginx="")).count("read-default")
    assert reads == 2
    held = two + controller('proxy-read-timeout: "90"')
    result = judged(TIMEOUTS, held, nginx="")
    (short,) = (f for f in result.findings if f.reason.code == "read-short")
    assert str(short.resource).startswith("ConfigMap/"), "the line is the ConfigMap's"
    assert short.json_path == "data.proxy-read-timeout"
    assert short.reason.params["written"] == "proxy-read-timeout: 90"


def test_a_limit_of_nginx_is_told_where_it_stands() -> None:
    text = conf(
        http="limit_req_zone $uri zone=a:1m rate=1r/s;",
        server="limit_req zone=a; location /b { proxy_pass http://service; }",
    )
    result = judged("limit-status", "", nginx=text)
    assert [f.location and f.location.line for f in result.findings] == [5]


@pytest.mark.parametrize(
    ("text", "status", "expected"),
    [
        # The ConfigMap of an ingress-nginx that others installed is not among the files.
        (ingress(*FINE, name="a") + ingress(*FINE, name="b"), WARN, ["by-default"]),
        (ingress(*FINE) + controller("a: b"), FAIL, ["cuts-streams"]),
        (ingress(*FINE, name="a") + ingress(*FINE, name="b") + controller("a: b"), FAIL, 1),
        (ingress(*FINE) + controller("worker-shutdown-timeout: 310s"), PASS, []),
        (ingress(f"{NEW}x: y"), PASS, []),
    ],
)
def test_a_reload_of_a_controller(text: str, status: Status, expected: list[str] | int) -> None:
    result = judged(RELOAD, text, nginx="")
    assert result.status is status
    assert expected in (codes(result), len(codes(result)))
    resumed = judged(RELOAD, text, nginx="", settings=Settings(resume="continue"))
    assert resumed.status is PASS


def test_a_part_of_nginx_conf_does_not_tell_of_a_reload() -> None:
    part = "server { location /generate { proxy_pass http://a; proxy_read_timeout 1h; } }"
    assert judged(RELOAD, "", nginx=part).status is NOTHING
    # It ends with the request, so that not knowing it is worth no more than a warning.
    result = judged(TIMEOUTS, "", nginx=part)
    assert (result.status, codes(result)) == (WARN, ["not-shown"])


def test_an_unquoted_canary_is_no_second_main() -> None:
    text = ingress(*FINE) + ingress(f"{OLD}canary: true", name="c")
    assert [r.canary for r in streaming(text)] == [False, True]
    assert judged(TIMEOUTS, text, nginx="").status is PASS
    assert codes(judged(DISCARDED, text, nginx="")) == ["not-text"]
    assert judged(CANARY, text, nginx="").status is PASS
    assert [r.canary for r in streaming(ingress(*FINE) + ingress(MARK, name="c"))] == [False, True]


@pytest.mark.parametrize(
    ("own", "value", "origin", "line"),
    [
        ((), 3600.0, ANNOTATION, f"{HOUR}"),
        ((f"{NEW}proxy-read-timeout: 2h",), 7200.0, ANNOTATION, f"{NEW}proxy-read-timeout: 2h"),
    ],
)
def test_a_minion_has_what_its_master_states(
    own: tuple[str, ...], value: float, origin: str, line: str
) -> None:
    text = ingress(MASTER, HOUR, name="m", path="/") + ingress(MINION, *own)
    (found,) = streaming(text)
    reading = found.settings["read-timeout"]
    assert (reading.value, reading.origin) == (value, origin)
    assert reading.location is not None
    assert text.splitlines()[(reading.location.line or 0) - 1].strip() == line


def test_a_minion_inherits_no_more_than_the_controller_hands_down() -> None:
    again = f"{NEW}proxy-next-upstream: non_idempotent"
    (found,) = streaming(ingress(MASTER, again, name="m", path="/") + ingress(MINION))
    assert found.settings["retries"].origin == DEFAULT
    (alone,) = streaming(ingress(MASTER, HOUR, name="m", path="/") + ingress(f"{NEW}x: y"))
    assert alone.settings["read-timeout"].origin == DEFAULT


def test_every_upstream_of_a_virtual_server_is_looked_at() -> None:
    text = """\
apiVersion: k8s.nginx.org/v1
kind: VirtualServer
metadata: {name: api}
spec:
  upstreams: [{name: a, service: a}, {name: b, service: b}, {name: c, service: c}]
  routes:
    - path: /generate
      matches:
        - {conditions: [], action: {pass: b}}
        - {conditions: [], splits: [{weight: 1, action: {pass: b}}, {action: {pass: c}}]}
      action: {proxy: {upstream: a}}
---
"""
    assert [r.backend for r in streaming(text)] == ["a", "b", "c"]


GATEWAY = "{kind: Gateway, name: public}"
ZERO = "timeout: {http: {requestTimeout: 0s}}, retry: {numRetries: 2}"


def test_a_policy_is_for_the_gateway_of_its_own_namespace() -> None:
    unset = rule("{}")
    there = unset.replace("{name: public}", "{name: public, namespace: edge}")
    elsewhere = policy(ZERO, GATEWAY).replace("namespace: shop", "namespace: edge")
    assert judged(TOTAL, there + elsewhere, nginx="").status is PASS
    assert codes(judged(RETRIES, there + elsewhere, nginx="")) == ["gateway"]
    assert judged(TOTAL, unset + elsewhere, nginx="").status is OPEN
    assert judged(TOTAL, there + policy(ZERO, GATEWAY), nginx="").status is OPEN


def test_streams_that_go_on_need_no_known_server() -> None:
    image = service(command="[]", args="[]") + rule()
    assert codes(judged("drain-chain", image, nginx="")) == ["server-unknown"]
    resumed = judged("drain-chain", image, nginx="", settings=Settings(resume="continue"))
    assert resumed.status is PASS


def test_what_a_virtual_server_hands_on_is_the_other_objects() -> None:
    text = """\
apiVersion: k8s.nginx.org/v1
kind: VirtualServer
metadata: {name: api, namespace: shop}
spec:
  upstreams: [{name: web, service: web}]
  routes: [{path: /generate, route: gen}, {path: /, action: {pass: web}}]
---
apiVersion: k8s.nginx.org/v1
kind: VirtualServerRoute
metadata: {name: gen, namespace: shop}
spec:
  upstreams: [{name: gen, service: gen}]
  subroutes: [{path: /generate, action: {pass: gen}}]
---
"""
    assert backends(text, Wanted(("/generate",))) == ["gen"]


def backends(text: str, wanted: Wanted, nginx: str = "") -> list[str]:
    """Who gets a stream for *wanted*."""
    part = configured(text, nginx)
    found = routes_of(part.objects, part.nginx, wanted)
    return [r.backend for r in found if r.streaming]


def site(host: str, path: str, backend: str, extra: str = "a: b", kind: str = "Prefix") -> str:
    text = ingress(extra, path=path, name=backend, spec="{ingressClassName: nginx}", kind=kind)
    return text.replace("name: service", f"name: {backend}").replace("shop.example", host)


STREAM = Wanted(("/api/generate",))
SITE = site("www.example", "/", "web")


def test_the_site_beside_the_api_gets_no_streams() -> None:
    assert backends(SITE + site("api.example", "/api", "gen"), STREAM) == ["gen"]
    assert backends(SITE, STREAM) == ["web"]
    two = SITE + site("gen.example", "/", "gen")
    assert backends(two, STREAM) == ["web", "gen"]
    asked = Wanted(STREAM.paths, "gen.example")
    assert backends(two + site("api.example", "/api", "old"), asked) == ["gen"]
    nginx = """http {
        server { server_name www; location / { proxy_pass http://web; } }
        server { server_name api; location /api/ { proxy_pass http://gen; } }
    }"""
    assert backends("# nothing\n", STREAM, nginx) == ["gen"]


def test_one_expression_makes_expressions_of_all_paths_of_its_host() -> None:
    """ingress-nginx then tries the longest first, whichever Ingress it is of."""
    rewritten = site(
        "shop.example", "/(.*)", "web", f"{OLD}rewrite-target: /$1", "ImplementationSpecific"
    )
    named = site("shop.example", "/api/generate", "gen", f"{OLD}proxy-buffering: 'off'")
    assert backends(rewritten + named, STREAM) == ["gen"]
    assert backends(rewritten, STREAM) == ["web"]


def test_a_canary_need_not_repeat_that_its_path_is_an_expression() -> None:
    main = ingress(*FINE, f'{OLD}use-regex: "true"')
    assert judged(CANARY, main + ingress(MARK, name="c"), nginx="").status is PASS
