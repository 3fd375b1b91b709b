"""The checks of proxy settings: passing, failing, undecided, and no evidence at all."""

from __future__ import annotations

import pytest

from golive.api import Status
from tests.gates.saying import codes
from tests.gates.streaming.releases import judged
from tests.gates.streaming.test_configured_ingress import NEW, OLD, controller, ingress

PASS, WARN, FAIL, OPEN = Status.PASS, Status.WARN, Status.FAIL, Status.INCONCLUSIVE
NOTHING = Status.NOT_APPLICABLE

CONF = """\
http {{
    {http}
    upstream service {{ server service:8000; {upstream} }}
    server {{
        {server}
        location /generate {{
            proxy_pass http://service;
            {location}
        }}
    }}
}}
"""
FINE = f'{OLD}proxy-read-timeout: "3600"', f'{OLD}proxy-send-timeout: "3600"'
TRAEFIK = "{ingressClassName: traefik}"
KEEP = "keepalive 8;"
EMPTY = 'proxy_set_header Connection "";'
AGAIN = "proxy_next_upstream error non_idempotent;"


def conf(http: str = "", server: str = "", location: str = "", upstream: str = "") -> str:
    return CONF.format(http=http, server=server, location=location, upstream=upstream)


def rule(timeouts: str = "{request: 0s}", extra: str = "") -> str:
    """An HTTPRoute of one streaming rule."""
    return f"""\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {{name: api, namespace: shop}}
spec:
  parentRefs: [{{name: public}}]
  rules:
    - matches: [{{path: {{type: PathPrefix, value: /generate}}}}]
      timeouts: {timeouts}
      {extra}
      backendRefs: [{{name: service, port: 8000}}]
    - matches: [{{path: {{value: /}}}}]
      timeouts: {{request: 1s}}
      filters: [{{type: RequestRedirect}}]
---
"""


def policy(spec: str, target: str = "{kind: HTTPRoute, name: api}") -> str:
    head = "apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: BackendTrafficPolicy\n"
    body = f"metadata: {{name: p, namespace: shop}}\nspec: {{targetRefs: [{target}], {spec}}}\n"
    return f"{head}{body}---\n"


RETRY = "retry: {attempts: 2}"
SHORT = "timeout: {http: {requestTimeout: 9s}}"


def pod(version: str) -> str:
    """The controller of ingress-nginx in a *version*."""
    image = f"registry.k8s.io/ingress-nginx/controller:{version}"
    return (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: edge}\n"
        f"spec: {{containers: [{{name: nginx, image: '{image}'}}]}}\n---\n"
    )


BUFFERING, TIMEOUTS, TOTAL = "proxy-buffering", "proxy-timeouts", "total-timeout"
VERSION, RETRIES, LIMIT = "proxy-http-version", "proxy-retries", "limit-status"
COMPRESSION, REQUEST, DISCARDED = "proxy-compression", "proxy-request-buffering", "discarded-values"
CANARY, SUPPORT = "canary-ingress", "controller-support"

# check, Kubernetes objects, nginx.conf, status, codes of the findings
TABLE = [
    (BUFFERING, ingress(*FINE), "", PASS, []),
    (BUFFERING, ingress(f'{OLD}proxy-buffering: "on"'), "", OPEN, ["buffers-unless-told"]),
    (BUFFERING, ingress(f"{NEW}x: y"), "", OPEN, ["buffers-by-default"]),
    (BUFFERING, ingress(f'{NEW}proxy-buffering: "off"'), "", OPEN, ["discarded"]),
    (BUFFERING, ingress(spec=TRAEFIK), "", NOTHING, []),
    (BUFFERING, ingress(spec="{ingressClassName: nginx}"), "", OPEN, ["either-controller"]),
    (BUFFERING, "", conf(http="proxy_buffering off;"), PASS, []),
    (BUFFERING, "", conf(http="proxy_ignore_headers X-Accel-Buffering;"), FAIL, ["buffers"]),
    (BUFFERING, rule(), "", NOTHING, []),
    (BUFFERING, ingress(*FINE, path="/web"), "", NOTHING, []),
    (TIMEOUTS, ingress(*FINE), "", PASS, []),
    (TIMEOUTS, ingress(f"{OLD}x: y"), "", FAIL, ["read-default", "send-default"]),
    (TIMEOUTS, ingress(FINE[1], f'{OLD}proxy-read-timeout: "90"'), "", FAIL, ["read-short"]),
    (TIMEOUTS, ingress(FINE[0]), "", WARN, ["send-default"]),
    (TIMEOUTS, ingress(FINE[1], f'{OLD}proxy-read-timeout: "1h"'), "", OPEN, ["discarded"]),
    (TIMEOUTS, "", "location /generate { proxy_pass http://a; }", OPEN, ["not-shown"]),
    (TOTAL, rule(), "", PASS, []),
    (TOTAL, rule("{request: 5m}"), "", PASS, []),
    (TOTAL, rule("{request: 299s}"), "", FAIL, ["short"]),
    (TOTAL, rule("{request: 0s, backendRequest: 1m}"), "", FAIL, ["short"]),
    (TOTAL, rule("{}"), "", OPEN, ["unset"]),
    (TOTAL, rule("{request: 5 minutes}"), "", OPEN, ["unreadable"]),
    (TOTAL, rule("{}") + policy(SHORT), "", FAIL, ["short"]),
    (TOTAL, rule("{}") + policy(SHORT, "{kind: Gateway, name: public}"), "", FAIL, ["short"]),
    (TOTAL, rule("{}") + policy(SHORT, "{kind: Gateway, name: other}"), "", OPEN, ["unset"]),
    (TOTAL, ingress(*FINE), "", NOTHING, []),
    (VERSION, ingress(*FINE), "", PASS, []),
    (VERSION, ingress(f'{OLD}proxy-http-version: "1.0"'), "", FAIL, ["old"]),
    (VERSION, "", conf(), WARN, ["by-default"]),
    (VERSION, "", conf("proxy_http_version 1.1;"), PASS, []),
    (VERSION, "", conf("proxy_http_version 1.1;", EMPTY, "", KEEP), PASS, []),
    (VERSION, "", conf("proxy_http_version 1.1;", "", "", KEEP), WARN, ["closed-by-default"]),
    (
        VERSION,
        "",
        conf("proxy_http_version 1.1;", EMPTY, "proxy_set_header Host $host;", KEEP),
        WARN,
        ["lost"],
    ),
    (
        VERSION,
        "",
        conf("proxy_http_version 1.1;", "", "proxy_set_header Connection close;", KEEP),
        FAIL,
        ["closed"],
    ),
    (VERSION, rule(), "", NOTHING, []),
    (COMPRESSION, "", conf("gzip on;"), PASS, []),
    (COMPRESSION, "", conf("gzip on; gzip_types text/event-stream;"), FAIL, ["compresses"]),
    (COMPRESSION, rule(), "", NOTHING, []),
    (RETRIES, "", conf(), PASS, []),
    (RETRIES, "", conf(AGAIN), FAIL, ["repeats"]),
    (RETRIES, ingress(*FINE) + controller('retry-non-idempotent: "true"'), "", FAIL, ["repeats"]),
    (RETRIES, rule(extra=RETRY), "", FAIL, ["gateway"]),
    (RETRIES, rule(extra="retry: {attempts: 0}"), "", PASS, []),
    (RETRIES, rule() + policy("retry: {numRetries: 3}"), "", FAIL, ["gateway"]),
    (RETRIES, rule(), "", NOTHING, []),
    (REQUEST, "", conf(), PASS, []),
    (REQUEST, "", conf("client_max_body_size 64m;"), WARN, ["large"]),
    (REQUEST, "", conf("client_max_body_size 64m; proxy_request_buffering off;"), PASS, []),
    (REQUEST, ingress(f'{OLD}proxy-body-size: "0"'), "", FAIL, ["unlimited"]),
    (REQUEST, rule(), "", NOTHING, []),
    (LIMIT, ingress(f'{OLD}limit-rps: "5"', path="/web"), "", FAIL, ["by-default"]),
    (
        LIMIT,
        ingress(f'{OLD}limit-rps: "5"') + controller('limit-req-status-code: "429"'),
        "",
        PASS,
        [],
    ),
    (LIMIT, ingress(f"{NEW}limit-req-rate: 5r/s"), "", PASS, []),
    (
        LIMIT,
        "",
        conf("limit_conn_zone $uri zone=a:1m; limit_conn_status 444;", "limit_conn a 1;"),
        WARN,
        ["another"],
    ),
    (LIMIT, "", conf(), NOTHING, []),
    (DISCARDED, ingress(*FINE), "", PASS, []),
    (
        DISCARDED,
        ingress(f'{OLD}proxy-read-timeout: "3600s"', path="/web"),
        "",
        FAIL,
        ["dropped-for"],
    ),
    (DISCARDED, ingress(f'{OLD}limit-rps: "five"'), "", FAIL, ["dropped"]),
    (DISCARDED, ingress(f"{OLD}proxy-buffering: off"), "", OPEN, ["not-text"]),
    (DISCARDED, ingress(f"{OLD}proxy-read-timeout: 3600"), "", OPEN, ["not-text"]),
    (DISCARDED, ingress(f'{OLD}proxy-read-timeout: "-5"'), "", FAIL, ["out-of-range"]),
    (DISCARDED, ingress(f'{OLD}proxy-bufering: "off"'), "", FAIL, ["misspelt"]),
    (DISCARDED, ingress(f"{OLD}rewrite-target: /"), "", PASS, []),
    (DISCARDED, ingress(f"{OLD}configuration-snippet: a"), "", WARN, ["snippet-unless-allowed"]),
    (
        DISCARDED,
        ingress(f"{OLD}configuration-snippet: a") + controller("a: b"),
        "",
        FAIL,
        ["snippet"],
    ),
    (
        DISCARDED,
        ingress(f"{OLD}server-snippet: a") + controller('allow-snippet-annotations: "true"'),
        "",
        PASS,
        [],
    ),
    (DISCARDED, ingress(*FINE) + controller("proxy-read-timeout: 60s"), "", FAIL, ["dropped-for"]),
    (DISCARDED, ingress(f'{NEW}proxy-buffering: "off"'), "", FAIL, ["refused"]),
    (DISCARDED, ingress(f"{NEW}proxy-read-timeout: 3600s"), "", PASS, []),
    (DISCARDED, ingress(spec=TRAEFIK), "", NOTHING, []),
    (SUPPORT, ingress(*FINE) + ingress(*FINE, name="b"), "", WARN, ["unmaintained"]),
    (SUPPORT, ingress(f"{NEW}x: y"), "", PASS, []),
    (SUPPORT, ingress(f"{NEW}x: y") + pod("v1.11.4"), "", FAIL, ["vulnerable"]),
    (SUPPORT, pod("v1.12.0"), "", FAIL, ["vulnerable"]),
    (SUPPORT, pod("v1.11.5"), "", PASS, []),
    (SUPPORT, pod("v1.12.1@sha256:0"), "", PASS, []),
    (SUPPORT, pod("v1.13.0"), "", PASS, []),
    (SUPPORT, rule(), "", NOTHING, []),
    (SUPPORT, ingress(spec=TRAEFIK), "", OPEN, ["controller-unknown"]),
    (SUPPORT, ingress(spec=TRAEFIK, path="/web"), "", PASS, []),
]


@pytest.mark.parametrize(("name", "text", "nginx", "status", "expected"), TABLE)
def test_a_check_says(
    name: str, text: str, nginx: str, status: Status, expected: list[str]
) -> None:
    result = judged(name, text or "# nothing\n", nginx=nginx)
    assert (result.status, codes(result)) == (status, expected)
    assert all(f.location is not None and f.location.line for f in result.findings)
