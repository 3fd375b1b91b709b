"""Proxy settings from files: canaries, one cause one fail, what is unread, parts of a whole."""

from __future__ import annotations

import pytest

from golive.api import Location, Observation, Status
from golive.sources.tree import FileKind, SourceProblem
from golive_gates.streaming.configured.parts import Configured
from golive_gates.streaming.settings import Settings
from tests.gates.saying import codes, said
from tests.gates.streaming.releases import EVIDENCE, configured, judged
from tests.gates.streaming.test_configured_ingress import OLD, ingress
from tests.gates.streaming.test_configured_proxies import (
    BUFFERING,
    CANARY,
    COMPRESSION,
    DISCARDED,
    FAIL,
    FINE,
    NOTHING,
    OPEN,
    PASS,
    RETRIES,
    TIMEOUTS,
    TOTAL,
    VERSION,
    conf,
    rule,
)
from tests.gates.streaming.wording import CHECKS

MARK = f'{OLD}canary: "true"'
WEIGHT = f'{OLD}canary-weight: "10"'


@pytest.mark.parametrize(
    ("text", "status", "expected"),
    [
        (ingress(*FINE) + ingress(MARK, WEIGHT, name="c"), PASS, []),
        (ingress(*FINE) + ingress(MARK, *FINE, name="c"), PASS, []),
        (
            ingress(*FINE) + ingress(MARK, f'{OLD}proxy-read-timeout: "9"', name="c"),
            FAIL,
            ["ignored"],
        ),
        (ingress(*FINE) + ingress(MARK, path="/other", name="c"), FAIL, ["no-main-path"]),
        (ingress(MARK, WEIGHT), OPEN, ["no-main"]),
        (ingress(f'{OLD}canary: "false"'), NOTHING, []),
        (ingress(*FINE), NOTHING, []),
    ],
)
def test_a_canary(text: str, status: Status, expected: list[str]) -> None:
    result = judged(CANARY, text, nginx="")
    assert (result.status, codes(result)) == (status, expected)


def test_what_a_canary_ignores_is_told_by_one_check_alone() -> None:
    text = ingress(*FINE) + ingress(MARK, f'{OLD}proxy-read-timeout: "9s"', name="c")
    assert codes(judged(CANARY, text, nginx="")) == ["ignored"]
    assert judged(DISCARDED, text, nginx="").status is PASS
    weight = ingress(*FINE) + ingress(MARK, f'{OLD}canary-weight: "10%"', name="c")
    assert codes(judged(DISCARDED, weight, nginx="")) == ["dropped"]


def test_a_discarded_value_fails_once_and_is_named_as_the_cause() -> None:
    text = ingress(FINE[1], f'{OLD}proxy-read-timeout: "3600s"')
    told, blocked = judged(DISCARDED, text, nginx=""), judged(TIMEOUTS, text, nginx="")
    assert told.findings[0].reason.params["instead"] == "60"
    assert (told.status, str(told.findings[0].location)) == (FAIL, "all.yaml:8")
    assert (blocked.status, blocked.blocked_by) == (OPEN, "streaming.discarded-values")
    assert blocked.findings[0].reason.params["value"] == "60"


def test_a_value_without_quotes_is_the_schemas_to_report() -> None:
    """The API server refuses the object, so nothing is discarded in silence."""
    text = ingress(f"{OLD}proxy-read-timeout: 3600")
    for name in (DISCARDED, TIMEOUTS):
        result = judged(name, text, nginx="")
        assert (result.status, result.blocked_by) == (OPEN, "manifests.schema")
    assert codes(judged(TIMEOUTS, text, nginx="")) == ["no-text", "send-default"]


def test_paths_that_share_a_setting_give_one_finding() -> None:
    extra = """
          - path: /stream
            pathType: Prefix
            backend: {service: {name: service, port: {number: 8000}}}
---
"""
    text = ingress(FINE[1], f'{OLD}proxy-read-timeout: "90"').removesuffix("---\n") + extra.lstrip(
        "\n"
    )
    result = judged(TIMEOUTS, text, nginx="")
    assert (codes(result), result.reason.params["n"]) == (["read-short"], 4)


def test_the_limits_come_from_the_settings() -> None:
    text = ingress(f'{OLD}proxy-read-timeout: "90"', f'{OLD}proxy-send-timeout: "90"')
    assert judged(TIMEOUTS, text, nginx="", settings=Settings(read_timeout=90.0)).status is PASS
    result = judged(TOTAL, rule("{request: 5m}"), nginx="", settings=Settings(longest_stream=301.0))
    assert result.status is FAIL


@pytest.mark.parametrize("name", [BUFFERING, TIMEOUTS, TOTAL, VERSION, COMPRESSION, RETRIES])
def test_unread_files_keep_a_check_from_passing(name: str) -> None:
    text = ingress(*FINE) + rule()
    result = judged(name, text, nginx="", problems=1)
    assert (result.status, result.blocked_by) == (OPEN, "manifests.parse")
    assert judged(name, "# nothing\n", nginx="", problems=1).status is OPEN


@pytest.mark.parametrize(
    ("code", "hint", "status", "expected"),
    [
        ("not-nginx", "", FAIL, "broken"),
        ("not-nginx", "did you mean proxy_buffering?", FAIL, "hinted"),
        ("unreadable", "", OPEN, "broken"),
        ("not-whole", "add the file", OPEN, "hinted"),
    ],
)
def test_a_broken_nginx_configuration(code: str, hint: str, status: Status, expected: str) -> None:
    problem = SourceProblem(Location("a.conf", 3), FileKind.NGINX, code, "unknown word", hint)
    part = Configured((), (), (), problems=(problem,), evidence=(EVIDENCE,))
    seen = Observation({"Configured": part})
    result = CHECKS["proxy-config"].evaluate(seen, Settings())
    said(result)
    assert (result.status, codes(result)) == (status, [expected])
    blocked = CHECKS[BUFFERING].evaluate(seen, Settings())
    assert (blocked.status, blocked.blocked_by) == (OPEN, "streaming.proxy-config")


def test_a_readable_nginx_configuration_passes() -> None:
    assert judged("proxy-config", "# nothing\n", nginx=conf()).status is PASS
    assert judged("proxy-config", ingress(*FINE), nginx="").status is NOTHING


def test_an_unread_manifest_may_hold_a_configuration() -> None:
    result = judged("proxy-config", "# nothing\n", nginx="", problems=1)
    assert (result.status, result.blocked_by) == (OPEN, "manifests.parse")


def test_parts_of_a_configuration_are_not_judged_by_themselves() -> None:
    """`conf.d` alone would have none of what the main file states for all."""
    maps = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: front, namespace: shop}
data:
  nginx.conf: |
    http {
      proxy_read_timeout 1h;
      proxy_send_timeout 1h;
      include /etc/nginx/conf.d/*.conf;
    }
  app.conf: |
    server {
      location /generate {
        proxy_pass http://service;
      }
    }
---
"""
    part = configured(maps, nginx="")
    assert [(c.path, c.config_map) for c in part.nginx] == [("all.yaml", "front")]
    (route,) = part.routes
    assert str(route.location) == "all.yaml:13"
    assert str(route.settings["read-timeout"].location) == "all.yaml:7"
    assert judged(TIMEOUTS, maps, nginx="").status is PASS
