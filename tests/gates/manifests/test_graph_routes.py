"""Ingresses and routes: the Services, Gateways and certificates that they name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.manifests.objects import (
    GATEWAY_API,
    Object,
    check,
    gateway,
    ingress,
    obj,
    path,
    route,
    service,
    verdict,
    workload,
)

BACKENDS, TLS = "ingress-backends", "tls-secrets"
WEB = {"name": "web", "port": 80}


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ([service(), ingress(path())], ("pass", [])),
        ([service(), ingress(path("web", number=81))], ("fail", ["no-port"])),
        ([ingress(path())], ("inconclusive", ["no-service (inconclusive)"])),
        ([workload(), ingress(path())], ("fail", ["no-service"])),
        ([service(namespace="other"), ingress(path())], ("fail", ["no-service"])),
        ([service(), ingress(path("wbe"))], ("fail", ["no-service"])),
        ([service(), ingress(path(), spec={"ingressClassName": None})],
         ("warn", ["no-class (warn)"])),
        ([service(), ingress(path(), spec={"ingressClassName": None},
                             annotations={"kubernetes.io/ingress.class": "nginx"})],
         ("pass", [])),
        ([service(), ingress(path(), spec={"tls": [{"hosts": ["b.example.com"]}]})],
         ("warn", ["host-without-rule (warn)"])),
        ([service(), ingress(path(), spec={"tls": [{"hosts": ["*.example.com"]}]})],
         ("pass", [])),
        ([service("x"), ingress(spec={"rules": [], "defaultBackend": path()["backend"]})],
         ("fail", ["no-service"])),
    ],
)  # fmt: skip
def test_backends_of_an_ingress(objects: list[Object], expected: tuple[str, list[str]]) -> None:
    assert verdict(BACKENDS, *objects) == expected


def test_a_port_may_be_meant_by_its_name() -> None:
    named = {"path": "/", "backend": {"service": {"name": "web", "port": {"name": "http"}}}}
    assert verdict(BACKENDS, service(), ingress(named)) == ("pass", [])
    named["backend"] = {"service": {"name": "web", "port": {"name": "web"}}}
    assert verdict(BACKENDS, service(), ingress(named)) == ("fail", ["no-port"])


def test_the_finding_stands_at_the_reference() -> None:
    (found,) = check(BACKENDS, service(), ingress(path(), path("x"))).findings
    assert found.json_path == "spec.rules[0].http.paths[1].backend.service"
    assert found.location is not None
    assert str(found.resource) == "Ingress/app/web"


def test_an_unread_file_may_hold_the_service() -> None:
    assert verdict(BACKENDS, ingress(path()), problems=1) == (
        "inconclusive",
        ["no-service (inconclusive)"],
    )
    assert verdict(BACKENDS, service()) == ("not-applicable", [])


OTHER = {"name": "web", "namespace": "other", "port": 80}


def grant(**to: Any) -> Object:
    spec = {
        "from": [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "namespace": "app"}],
        "to": [{"group": "", "kind": "Service", **to}],
    }
    return obj("ReferenceGrant", "x", GATEWAY_API, "other", spec=spec)


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ([service(), gateway(), route(WEB)], ("pass", [])),
        ([service(), gateway(), route(WEB, kind="GRPCRoute")], ("pass", [])),
        ([service(), gateway(), route({"name": "web", "port": 81})], ("fail", ["no-port"])),
        ([service(), gateway(), route({"name": "web"})], ("fail", ["port-needed"])),
        ([gateway(), route(WEB)], ("inconclusive", ["no-service (inconclusive)"])),
        ([service("x"), gateway(), route(WEB)], ("fail", ["no-service"])),
        ([service(), route(WEB)], ("warn", ["no-gateway (warn)"])),
        ([service(), gateway(name="x"), route(WEB)], ("fail", ["no-gateway"])),
        ([service(), gateway(), route(WEB, spec={"parentRefs": []})],
         ("warn", ["no-parent (warn)"])),
        ([gateway(), route(rules=[{}])], ("fail", ["no-backend"])),
        ([gateway(), route(rules=[{"filters": [{"type": "RequestRedirect"}]}])], ("pass", [])),
        ([gateway(), route({"kind": "InferencePool", "group": "x", "name": "y"})], ("pass", [])),
        ([service(), gateway(), route(WEB, spec={"parentRefs": [
            {"name": "public", "sectionName": "https"}]})], ("fail", ["no-listener"])),
        ([service(), gateway(namespace="infra"), route(WEB, spec={"parentRefs": [
            {"name": "public", "namespace": "infra"}]})], ("fail", ["not-allowed"])),
        ([service(namespace="other"), gateway(), route(OTHER)], ("fail", ["not-granted"])),
        ([service(namespace="other"), gateway(), route(OTHER), grant()], ("pass", [])),
        ([service(namespace="other"), gateway(), route(OTHER), grant(name="x")],
         ("fail", ["not-granted"])),
        ([gateway(), route(OTHER)], ("warn", ["elsewhere (warn)"])),
    ],
)  # fmt: skip
def test_backends_and_parents_of_a_route(
    objects: list[Object], expected: tuple[str, list[str]]
) -> None:
    assert verdict(BACKENDS, *objects) == expected


def listener(name: str = "https", **fields: Any) -> Object:
    return {"name": name, "port": 443, "protocol": "HTTPS", **fields}


@pytest.mark.parametrize(
    ("served", "wanted", "expected"),
    [
        ("a.example.com", "a.example.com", []),
        ("*.example.com", "a.example.com", []),
        ("*.example.com", "a.b.example.com", []),
        ("a.example.com", "*.example.com", []),
        ("*.example.com", "example.com", ["no-listener-host"]),
        ("b.example.com", "a.example.com", ["no-listener-host"]),
    ],
)
def test_hosts_of_route_and_listener(served: str, wanted: str, expected: list[str]) -> None:
    found = verdict(
        BACKENDS,
        service(),
        gateway(listener(hostname=served)),
        route(WEB, spec={"hostnames": [wanted]}),
    )
    assert found[1] == expected


def test_a_listener_may_choose_namespaces_by_label() -> None:
    chosen = {"namespaces": {"from": "Selector", "selector": {"matchLabels": {"team": "web"}}}}
    objects = [
        service(),
        gateway(listener(allowedRoutes=chosen), namespace="infra"),
        route(WEB, spec={"parentRefs": [{"name": "public", "namespace": "infra"}]}),
    ]
    space = obj("Namespace", "app", namespace="")
    assert verdict(BACKENDS, *objects, space) == ("fail", ["not-allowed"])
    labelled = obj("Namespace", "app", namespace="", labels={"team": "web"})
    assert verdict(BACKENDS, *objects, labelled) == ("pass", [])
    assert verdict(BACKENDS, *objects) == ("pass", []), "labels that files do not tell"


def secure(named: str = "web-tls", host: str = "a.example.com", **fields: Any) -> Object:
    tls = [{"hosts": [host], "secretName": named}]
    return ingress(path(), host=host, spec={"tls": tls}, **fields)


def certificate(*names: str, makes: str = "web-tls") -> Object:
    spec = {"secretName": makes, "dnsNames": list(names)}
    return obj("Certificate", "web", "cert-manager.io/v1", spec=spec)


PAIR = {"tls.crt": "x", "tls.key": "x"}


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ([secure(), certificate("a.example.com")], ("pass", [])),
        ([secure(), certificate("*.example.com")], ("pass", [])),
        ([secure(), obj("Secret", "web-tls", type="kubernetes.io/tls", data=PAIR)], ("pass", [])),
        ([secure(annotations={"cert-manager.io/cluster-issuer": "x"})], ("pass", [])),
        ([secure(), obj("SealedSecret", "web-tls", "bitnami.com/v1alpha1",
                        spec={"encryptedData": PAIR})], ("pass", [])),
        ([secure(), obj("ExternalSecret", "x", "external-secrets.io/v1",
                        spec={"target": {"name": "web-tls"}, "dataFrom": [{}]})], ("pass", [])),
        ([secure()], ("inconclusive", ["not-made (inconclusive)"])),
        ([secure(), certificate("a.example.com", makes="web")], ("fail", ["other-name"])),
        ([secure(), certificate("b.example.com")], ("fail", ["host-not-covered"])),
        ([secure(host="a.b.example.com"), certificate("*.example.com")],
         ("fail", ["host-not-covered"])),
        ([secure(), obj("Secret", "web-tls", data={"password": "x"})], ("fail", ["not-tls"])),
        ([ingress(path())], ("warn", ["plain (warn)"])),
        ([ingress(path(), host="a.internal")], ("not-applicable", [])),
        ([ingress(path(), annotations={"alb.ingress.kubernetes.io/certificate-arn": "x"})],
         ("not-applicable", [])),
    ],
)  # fmt: skip
def test_certificates_of_an_ingress(objects: list[Object], expected: tuple[str, list[str]]) -> None:
    assert verdict(TLS, *objects) == expected


def test_an_unread_file_may_hold_the_certificate() -> None:
    assert verdict(TLS, secure(), problems=1)[0] == "inconclusive"
    assert verdict(TLS, service()) == ("not-applicable", [])


@pytest.mark.parametrize(
    ("tls", "more", "expected"),
    [
        ({"certificateRefs": [{"name": "web-tls"}]}, [certificate("a.example.com")], ("pass", [])),
        ({"certificateRefs": [{"name": "web-tls"}]}, [certificate("b.example.com")],
         ("fail", ["host-not-covered"])),
        ({}, [], ("fail", ["no-certificate"])),
        ({"mode": "Passthrough"}, [], ("not-applicable", [])),
        ({"options": {"networking.gke.io/pre-shared-certs": "x"}}, [], ("not-applicable", [])),
        ({"certificateRefs": [{"name": "web-tls", "namespace": "other"}]},
         [obj("Secret", "web-tls", namespace="other", data=PAIR)], ("fail", ["not-granted"])),
    ],
)  # fmt: skip
def test_certificates_of_a_gateway(
    tls: Object, more: list[Object], expected: tuple[str, list[str]]
) -> None:
    entry = gateway(listener(hostname="a.example.com", tls=tls))
    assert verdict(TLS, entry, *more) == expected


def test_a_listener_that_only_redirects_is_not_questioned() -> None:
    plain = {"name": "http", "port": 80, "protocol": "HTTP", "hostname": "a.example.com"}
    tls = {"certificateRefs": [{"name": "web-tls"}]}
    both = gateway(plain, listener(hostname="a.example.com", tls=tls))
    assert verdict(TLS, both, certificate("a.example.com")) == ("pass", [])
    assert verdict(TLS, gateway(plain)) == ("warn", ["plain (warn)"])
