"""Annotations and ConfigMaps of both NGINX controllers: what is in force on the route."""

from __future__ import annotations

import pytest

from golive_gates.streaming.configured.parts import (
    ANNOTATION,
    CONFIG_MAP,
    DEFAULT,
    F5,
    FIELD,
    INGRESS_NGINX,
    OTHER,
    Route,
)
from tests.gates.streaming.releases import configured

OLD, NEW = "nginx.ingress.kubernetes.io/", "nginx.org/"


def ingress(
    *annotations: str,
    path: str = "/generate",
    name: str = "api",
    spec: str = "{}",
    kind: str = "Prefix",
) -> str:
    """An Ingress with *annotations*, each ``key: value`` as YAML; ``spec`` is added to its own."""
    lines = "".join(f"    {a}\n" for a in annotations)
    return f"""\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {name}
  namespace: shop
  annotations:
{lines or "    a: b" + chr(10)}spec:
  <<: {spec}
  rules:
    - host: shop.example
      http:
        paths:
          - path: {path}
            pathType: {kind}
            backend: {{service: {{name: service, port: {{number: 8000}}}}}}
---
"""


def controller(*data: str, name: str = "ingress-nginx-controller") -> str:
    """The controller's ConfigMap of ``key: value`` lines."""
    head = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: edge}}\ndata:\n"
    return head + "".join(f"  {line}\n" for line in data) + "---\n"


def routes(text: str) -> tuple[Route, ...]:
    return configured(text, nginx="").routes


def only(text: str) -> Route:
    (route,) = routes(text)
    return route


@pytest.mark.parametrize(
    ("annotation", "setting", "value", "origin", "discarded"),
    [
        # FACTS: buffering is off by default, and integers that do not parse are dropped.
        ("x: y", "buffering", False, DEFAULT, ""),
        ('proxy-buffering: "on"', "buffering", True, ANNOTATION, ""),
        ('proxy-buffering: "off"', "buffering", False, ANNOTATION, ""),
        ('proxy-buffering: "Off"', "buffering", False, DEFAULT, "not-on-off"),
        ("proxy-buffering: off", "buffering", False, DEFAULT, "not-text"),
        ("x: y", "read-timeout", 60.0, DEFAULT, ""),
        ('proxy-read-timeout: "3600"', "read-timeout", 3600.0, ANNOTATION, ""),
        ('proxy-read-timeout: "3600s"', "read-timeout", 60.0, DEFAULT, "not-integer"),
        ('proxy-read-timeout: "1h"', "read-timeout", 60.0, DEFAULT, "not-integer"),
        ('proxy-read-timeout: " 3600"', "read-timeout", 60.0, DEFAULT, "not-integer"),
        ('proxy-read-timeout: "3_600"', "read-timeout", 60.0, DEFAULT, "not-integer"),
        ('proxy-read-timeout: "3600.0"', "read-timeout", 60.0, DEFAULT, "not-integer"),
        ("proxy-read-timeout: 3600", "read-timeout", 60.0, DEFAULT, "not-text"),
        ('proxy-read-timeout: "-1"', "read-timeout", 60.0, DEFAULT, "out-of-range"),
        ('proxy-read-timeout: "99999999"', "read-timeout", 60.0, DEFAULT, "out-of-range"),
        ('proxy-read-timeout: ""', "read-timeout", 60.0, DEFAULT, ""),
        ('proxy-send-timeout: "+7"', "send-timeout", 7.0, ANNOTATION, ""),
        ("x: y", "http-version", "1.1", DEFAULT, ""),
        ('proxy-http-version: "1.0"', "http-version", "1.0", ANNOTATION, ""),
        ('proxy-http-version: "2"', "http-version", "1.1", DEFAULT, "not-an-option"),
        ("x: y", "request-buffering", True, DEFAULT, ""),
        ('proxy-request-buffering: "off"', "request-buffering", False, ANNOTATION, ""),
        ("x: y", "retries", False, DEFAULT, ""),
        ('proxy-next-upstream: "error non_idempotent"', "retries", True, ANNOTATION, ""),
        ('proxy-next-upstream: "off"', "retries", False, ANNOTATION, ""),
        ('proxy-next-upstream: "errors"', "retries", False, DEFAULT, "not-an-option"),
        ("x: y", "body-limit", 1048576.0, DEFAULT, ""),
        ('proxy-body-size: "0"', "body-limit", None, ANNOTATION, ""),
        ('proxy-body-size: "8M"', "body-limit", 8388608.0, ANNOTATION, ""),
        ("x: y", "compression", False, DEFAULT, ""),
        ("x: y", "worker-shutdown-timeout", 240.0, DEFAULT, ""),
        ("x: y", "client-keepalive-timeout", 75.0, DEFAULT, ""),
        ("x: y", "upstream-keepalive-timeout", 60.0, DEFAULT, ""),
        ('limit-rps: "5"', "limit-requests", 5.0, ANNOTATION, ""),
        ('limit-rpm: "30"', "limit-requests", 0.5, ANNOTATION, ""),
        ('limit-rps: "5"', "limit-status", 503.0, DEFAULT, ""),
        ('limit-connections: "9"', "limit-connections", 9.0, ANNOTATION, ""),
    ],
)
def test_ingress_nginx(
    annotation: str, setting: str, value: object, origin: str, discarded: str
) -> None:
    route = only(ingress(OLD + annotation))
    found = route.settings[setting]
    assert route.proxy == INGRESS_NGINX
    assert (found.value, found.origin, found.discarded) == (value, origin, discarded)
    if origin == ANNOTATION or discarded:
        assert str(found.location) == "all.yaml:7"


@pytest.mark.parametrize(
    ("data", "setting", "value", "origin"),
    [
        ('proxy-read-timeout: "900"', "read-timeout", 900.0, CONFIG_MAP),
        ('proxy-read-timeout: "900s"', "read-timeout", 60.0, DEFAULT),
        ('proxy-buffering: "on"', "buffering", True, CONFIG_MAP),
        ('retry-non-idempotent: "true"', "retries", True, CONFIG_MAP),
        ('limit-req-status-code: "429"', "limit-status", 429.0, CONFIG_MAP),
        ("worker-shutdown-timeout: 10m", "worker-shutdown-timeout", 600.0, CONFIG_MAP),
        ('keep-alive: "10"', "client-keepalive-timeout", 10.0, CONFIG_MAP),
        ('use-gzip: "true"', "compression", False, CONFIG_MAP),
        ('use-gzip: "true"\n  gzip-types: "text/event-stream"', "compression", True, CONFIG_MAP),
        ('enable-brotli: "true"\n  brotli-types: "*"', "compression", True, CONFIG_MAP),
        ('gzip-types: "*"', "compression", False, DEFAULT),
    ],
)
def test_the_config_map_of_ingress_nginx(
    data: str, setting: str, value: object, origin: str
) -> None:
    found = only(ingress(f'{OLD}limit-rps: "5"') + controller(data)).settings[setting]
    assert (found.value, found.origin) == (value, origin)


def test_an_annotation_stands_above_the_config_map() -> None:
    text = ingress(f'{OLD}proxy-read-timeout: "30"') + controller('proxy-read-timeout: "900"')
    assert only(text).settings["read-timeout"].value == 30.0
    dropped = ingress(f'{OLD}proxy-read-timeout: "30s"') + controller('proxy-read-timeout: "900"')
    found = only(dropped).settings["read-timeout"]
    assert (found.value, found.origin, found.written) == (
        900.0,
        CONFIG_MAP,
        "proxy-read-timeout: 30s",
    )


def test_the_controllers_arguments_name_its_config_map() -> None:
    pod = """\
apiVersion: v1
kind: Pod
metadata: {name: controller, namespace: edge}
spec:
  containers:
    - name: controller
      image: registry.k8s.io/ingress-nginx/controller:v1.13.0
      args: [/nginx-ingress-controller, --configmap=$(POD_NAMESPACE)/mine]
---
"""
    maps = controller('proxy-read-timeout: "7"', name="mine") + controller(
        'proxy-read-timeout: "8"'
    )
    assert only(ingress(f"{OLD}x: y") + pod + maps).settings["read-timeout"].value == 7.0


@pytest.mark.parametrize(
    ("annotation", "setting", "value", "origin", "unknown"),
    [
        # FACTS: F5's controller buffers by default, takes units, and knows no `off`.
        ("x: y", "buffering", True, DEFAULT, True),
        ('proxy-buffering: "False"', "buffering", False, ANNOTATION, False),
        ('proxy-buffering: "off"', "buffering", True, DEFAULT, True),
        ("x: y", "read-timeout", 60.0, DEFAULT, False),
        ("proxy-read-timeout: 3600s", "read-timeout", 3600.0, ANNOTATION, False),
        ("proxy-read-timeout: 1h", "read-timeout", 3600.0, ANNOTATION, False),
        ('proxy-read-timeout: "1 hour"', "read-timeout", 60.0, DEFAULT, True),
        ('limit-req-rate: "5r/s"', "limit-status", 429.0, DEFAULT, False),
        ('limit-req-rate: "30r/m"', "limit-requests", 0.5, ANNOTATION, False),
        ('keepalive: "32"', "upstream-keepalive-timeout", 60.0, DEFAULT, False),
        ("client-max-body-size: 2m", "body-limit", 2097152.0, ANNOTATION, False),
        ("proxy-next-upstream: error non_idempotent", "retries", True, ANNOTATION, False),
    ],
)
def test_f5(annotation: str, setting: str, value: object, origin: str, unknown: bool) -> None:
    route = only(ingress(NEW + annotation))
    found = route.settings[setting]
    assert route.proxy == F5
    assert (found.value, found.origin, found.unknown) == (value, origin, unknown)


def test_the_config_map_of_f5() -> None:
    text = ingress(f"{NEW}x: y") + controller('proxy-buffering: "False"', name="nginx-config")
    assert only(text).settings["buffering"].value is False


VIRTUAL = """\
apiVersion: k8s.nginx.org/v1
kind: VirtualServer
metadata: {name: api, namespace: shop}
spec:
  host: shop.example
  policies: [{name: limit}]
  upstreams:
    - {name: service, service: service, port: 8000, buffering: false, read-timeout: 1h}
    - {name: web, service: web, port: 80}
  routes:
    - {path: /, action: {pass: web}}
    - {path: =/generate, action: {proxy: {upstream: service}}}
---
apiVersion: k8s.nginx.org/v1
kind: Policy
metadata: {name: limit, namespace: shop}
spec: {rateLimit: {rate: 5r/s, key: "${binary_remote_addr}", zoneSize: 1M}}
---
"""


def test_a_virtual_server() -> None:
    web, stream = routes(VIRTUAL)
    assert (web.streaming, stream.streaming) == (False, True)
    assert (stream.backend, stream.backend_port, stream.path) == ("service", "8000", "/generate")
    buffering, reading = stream.settings["buffering"], stream.settings["read-timeout"]
    assert (buffering.value, buffering.origin) == (False, FIELD)
    assert (reading.value, str(reading.location)) == (3600.0, "all.yaml:8")
    assert web.settings["buffering"].value is True
    assert stream.settings["limit-status"].value == 503.0


CLASS = """\
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {{name: edge}}
spec: {{controller: {controller}}}
---
"""
EDGE = "{ingressClassName: edge}"


@pytest.mark.parametrize(
    ("text", "proxy"),
    [
        (ingress(spec=EDGE) + CLASS.format(controller="k8s.io/ingress-nginx"), INGRESS_NGINX),
        (ingress(spec=EDGE) + CLASS.format(controller="nginx.org/ingress-controller"), F5),
        (ingress(spec=EDGE) + CLASS.format(controller="traefik.io/ingress-controller"), OTHER),
        (ingress(spec=EDGE), OTHER),
        (ingress("kubernetes.io/ingress.class: nginx"), INGRESS_NGINX),
        (ingress(f"{NEW}x: y", spec="{ingressClassName: nginx}"), F5),
    ],
)
def test_the_class_tells_the_controller(text: str, proxy: str) -> None:
    assert only(text).proxy == proxy


def test_a_class_of_either_controller_leaves_buffering_open() -> None:
    found = only(ingress(spec="{ingressClassName: nginx}")).settings["buffering"]
    assert (found.value, found.unknown) == (None, True)


def test_a_canary_has_the_settings_of_its_main() -> None:
    mark = f'{OLD}canary: "true"'
    canary = ingress(mark, f'{OLD}proxy-read-timeout: "5"', name="canary")
    main = ingress(f'{OLD}proxy-read-timeout: "3600"')
    found = {route.canary: route for route in routes(main + canary)}
    assert found[True].settings == found[False].settings
    assert found[True].streaming
    assert only(canary).settings == {}


@pytest.mark.parametrize(
    ("path", "kind", "streams"),
    [
        ("/api/v1/generate", "Prefix", True),
        ("/v1/chat/completions", "Exact", True),
        ("/(stream)/(.*)", "ImplementationSpecific", True),
        ("/generation-service", "Prefix", False),
        ("/streaming-media", "Prefix", False),
        ("/", "Prefix", False),
    ],
)
def test_a_path_is_called_as_a_stream_is(path: str, kind: str, streams: bool) -> None:
    assert only(ingress(f"{OLD}x: y", path=path, kind=kind)).streaming is streams


def test_a_route_that_turns_buffering_off_is_meant_to_stream() -> None:
    assert only(ingress(f'{OLD}proxy-buffering: "off"', path="/")).streaming
