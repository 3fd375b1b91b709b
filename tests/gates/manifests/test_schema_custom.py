from __future__ import annotations

from typing import Any

import pytest

from tests.gates.manifests.snippets import judged
from tests.gates.saying import codes, places

MONITOR = """
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  endpoints: [{port: http, interval: 30s}]
"""
RULE = """
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: api}
spec:
  groups:
    - name: api
      rules: [{alert: Down, expr: up == 0, for: 5m, labels: {severity: page}}]
"""
POD_MONITOR = """
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {name: api}
spec: {selector: {}, podMetricsEndpoints: [{port: http}]}
"""
CERTIFICATE = """
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: api}
spec: {secretName: api-tls, dnsNames: [api.example.com], issuerRef: {name: le, kind: Issuer}}
"""
ISSUER = """
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: le}
spec: {selfSigned: {}}
"""
ROUTE = """
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: api}
spec:
  parentRefs: [{name: public}]
  rules: [{timeouts: {request: 0s}, backendRefs: [{name: api, port: 80}]}]
"""
GATEWAY = """
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: public}
spec: {gatewayClassName: envoy, listeners: [{name: http, port: 80, protocol: HTTP}]}
"""
GRANT = """
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: a}
spec:
  from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: web}]
  to: [{group: "", kind: Service}]
"""
SECRET = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: a}
spec: {secretStoreRef: {name: vault}, data: [{secretKey: a, remoteRef: {key: b}}]}
"""
ALL = (MONITOR, RULE, POD_MONITOR, CERTIFICATE, ISSUER, ROUTE, GATEWAY, GRANT, SECRET)


@pytest.mark.parametrize("text", ALL)
def test_right_objects_pass(text: str) -> None:
    result = judged("custom-resources", text)
    assert (result.status, result.findings) == ("pass", ())
    assert judged("custom-resources", text, problems=1).status == "inconclusive"


@pytest.mark.parametrize(
    ("text", "old", "new", "expected"),
    [
        (MONITOR, "30s", "30", ("unquoted", "spec.endpoints[0].interval")),
        (
            MONITOR,
            "30s",
            "half a minute",
            ("bad-prometheus-duration", "spec.endpoints[0].interval"),
        ),
        (MONITOR, "interval", "intervall", ("unknown-field-near", "spec.endpoints[0].intervall")),
        (MONITOR, "  selector: {matchLabels: {app: api}}\n", "", ("missing", "spec.selector")),
        (MONITOR, "matchLabels", "matchLabel", ("unknown-field-near", "spec.selector.matchLabel")),
        (RULE, "expr: up == 0, ", "", ("missing", "spec.groups[0].rules[0].expr")),
        (RULE, "alert: Down", "record: a, alert: b", ("conflict", "spec.groups[0].rules[0].alert")),
        (RULE, "alert: Down, ", "", ("missing-one", "spec.groups[0].rules[0]")),
        (RULE, "5m", "5 minutes", ("bad-prometheus-duration", "spec.groups[0].rules[0].for")),
        (CERTIFICATE, "api.example.com", "api_example", ("bad-host", "spec.dnsNames[0]")),
        (CERTIFICATE, "secretName: api-tls, ", "", ("missing", "spec.secretName")),
        (ISSUER, "{selfSigned: {}}", "{}", ("missing-one", "spec")),
        (ISSUER, "{}}", "{}, ca: {secretName: a}}", ("conflict", "spec.selfSigned")),
        (ROUTE, "0s", "1h30", ("bad-gateway-duration", "spec.rules[0].timeouts.request")),
        (ROUTE, "port: 80", "port: http", ("wrong-type", "spec.rules[0].backendRefs[0].port")),
        (GATEWAY, "{name: http, port: 80, protocol: HTTP}", "", ("too-few", "spec.listeners")),
        (GRANT, 'group: "", ', "", ("missing", "spec.to[0].group")),
        (SECRET, "key: b", "keys: b", ("missing", "spec.data[0].remoteRef.key")),
        (SECRET, "name: a}", "name: A}", ("bad-dns-subdomain", "metadata.name")),
    ],
)
def test_wrong_objects_fail(text: str, old: str, new: str, expected: tuple[str, str]) -> None:
    assert old in text
    result = judged("custom-resources", text.replace(old, new))
    assert result.status == "fail"
    assert expected in zip(codes(result), places(result), strict=True)
    for other in ("schema", "unknown-fields", "removed-apis"):
        assert judged(other, text.replace(old, new)).status == "not-applicable"


def test_a_field_that_an_operator_may_have_added_warns() -> None:
    result = judged("custom-resources", MONITOR.replace("port:", "brandNew: 1, port:"))
    assert (result.status, codes(result)) == ("warn", ["unknown-field"])


def test_another_version_of_a_known_kind_warns() -> None:
    result = judged("custom-resources", CERTIFICATE.replace("/v1", "/v1alpha2"))
    assert (result.status, codes(result)) == ("warn", ["other-version"])


THING = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\nspec: {sizes: 1}\n"


def facts(result: Any) -> dict[str, Any]:
    return {f.name: f.value for f in result.facts}


def test_a_kind_without_a_schema_warns_once_and_never_passes() -> None:
    alone = judged("custom-resources", THING, THING.replace("name: a", "name: b"))
    assert (alone.status, codes(alone)) == ("warn", ["no-schema"])
    assert (alone.findings[0].subject, alone.findings[0].json_path) == ("Thing/a", "kind")
    beside = judged("custom-resources", THING, MONITOR)
    assert (beside.status, codes(beside)) == ("warn", ["no-schema"])
    assert facts(beside) == {"kinds_without_schema": "Thing.example.com"}
    assert judged("custom-resources", THING, problems=1).status == "inconclusive"
    plain = judged("custom-resources", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}")
    assert (plain.status, plain.reason.code) == ("not-applicable", "core.inspected-nothing")


DEFINITION = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Thing, plural: things}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, properties: {size: {type: integer}}}
"""


def test_a_definition_in_the_release_makes_unknown_fields_fail() -> None:
    result = judged("custom-resources", THING.replace("sizes", "colour"), DEFINITION)
    assert (result.status, codes(result)) == ("fail", ["unknown-field"])
    assert judged("custom-resources", THING.replace("sizes", "size"), DEFINITION).status == "pass"
