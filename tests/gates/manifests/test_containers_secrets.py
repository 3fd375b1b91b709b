"""Credentials in environments, arguments, Secrets and ConfigMaps; and tokens nobody uses."""

from __future__ import annotations

import pytest

from golive.texts import catalogue
from golive_gates.manifests import GATE
from tests.gates.manifests.snippets import judged
from tests.gates.saying import codes, places

POD = """
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: app}
spec:
  # spec
  containers:
    - name: c
      image: web:1
"""
CANARY = "hunter2-canary"
KEY = "AKIA" + "ABCDEFGHIJ234567"
HEADER = f"{{name: Authorization, value: Bearer {CANARY}}}"
PEM = "-----BEGIN PRIVATE KEY-----\\nMIIabc\\n-----END PRIVATE KEY-----"


def env(name: str, value: str) -> str:
    return f'{POD}      env: [{{name: {name}, value: "{value}"}}]\n'


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("DB_PASSWORD", CANARY, ["variable"]),
        ("API_KEY", CANARY, ["variable"]),
        ("clientSecret", CANARY, ["variable"]),
        ("NOTE", KEY, ["variable"]),
        ("NOTE", PEM, ["variable"]),
        ("DATABASE_URL", f"postgres://u:{CANARY}@db/x", ["variable"]),
        ("DB_PASSWORD", "CHANGEME", ["placeholder"]),
        ("GREETING", "changeme", ["placeholder"]),
        ("API_KEY", "<your key>", ["placeholder"]),
        ("DB_PASSWORD", "", []),
        ("DB_PASSWORD", "$(FROM_ELSEWHERE)", []),
        ("DB_PASSWORD_FILE", "/run/secrets/db", []),
        ("TOKEN_TTL", "3600", []),
        ("TOKEN_BUDGET", "100", []),
        ("MAX_TOKENS", "4096", []),
        ("PUBLIC_KEY", CANARY, []),
        ("DATABASE_URL", "postgres://db/x", []),
        ("LOG_LEVEL", "info", []),
    ],
)
def test_literal_values(name: str, value: str, expected: list[str]) -> None:
    result = judged("env-secrets", env(name, value))
    assert codes(result) == expected
    assert places(result) == ["spec.containers[0].env[0].value"] * len(expected)


def test_a_reference_is_fine() -> None:
    source = "{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}"
    assert judged("env-secrets", f"{POD}      env: [{source}]\n").status == "pass"


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        (f"args: [serve, --password={CANARY}]", "args[1]"),
        (f"args: [serve, --password, {CANARY}]", "args[2]"),
        (f"command: [curl, -H, 'Authorization: Bearer {KEY}']", "command[2]"),
        (f"args: ['--db=redis://:{CANARY}@cache']", "args[0]"),
        (
            f"livenessProbe: {{exec: {{command: [check, --api-key={CANARY}]}}}}",
            "livenessProbe.exec.command[1]",
        ),
        (
            f"livenessProbe: {{httpGet: {{port: 1, httpHeaders: [{HEADER}]}}}}",
            "livenessProbe.httpGet.httpHeaders[0].value",
        ),
    ],
)
def test_arguments_and_headers(lines: str, place: str) -> None:
    result = judged("env-secrets", f"{POD}      {lines}\n")
    assert places(result) == [f"spec.containers[0].{place}"]


@pytest.mark.parametrize(
    "lines",
    [
        "args: [--password-file=/run/db, --token-ttl=3600, --api-key-header, X-Key]",
        "args: [--password, --verbose]",
        "args: [--password=$(DB_PASSWORD), serve]",
        "args: [1, null, {a: b}]",
        "args: password",
    ],
)
def test_arguments_about_credentials_hold_none(lines: str) -> None:
    assert judged("env-secrets", f"{POD}      {lines}\n").status == "pass"


SECRET = """
apiVersion: v1
kind: Secret
metadata: {name: s}
"""
CONFIG = """
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data:
"""


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (f"stringData: {{password: {CANARY}}}", ["secret"]),
        ("data: {password: aHVudGVyMi1jYW5hcnk=}", ["secret"]),
        ("data: {tls.crt: aHVudGVyMi1jYW5hcnk=, tls.key: aHVudGVyMi1jYW5hcnk=}", ["secret"]),
        ("data: {ca.crt: aHVudGVyMi1jYW5hcnk=}", []),
        ("stringData: {username: someone}", []),
        ("stringData: {password: CHANGEME}", ["placeholder"]),
        ("data: {password: Q0hBTkdFTUU=}", ["placeholder"]),
        ("data: {password: 'not base64!'}", ["not-base64"]),
        ("data: {password: ''}", []),
        ("data: {}", []),
        ("data: null", []),
        (f"stringData: {{password: {CANARY}}}\nsops: {{version: 3.9.0}}", []),
    ],
)
def test_secrets_in_files(lines: str, expected: list[str]) -> None:
    result = judged("inline-secrets", f"{SECRET}{lines}\n")
    assert codes(result) == expected


def test_what_a_plugin_fills_in_is_left_out() -> None:
    text = SECRET.replace("{name: s}", "{name: s, annotations: {avp.kubernetes.io/path: a/b}}")
    assert judged("inline-secrets", f"{text}stringData: {{a: <key>}}\n").status == "pass"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (f"DB_PASSWORD: {CANARY}", ["config-map"]),
        (f"url: amqp://u:{CANARY}@mq", ["config-map"]),
        (f'key.pem: "{PEM}"', ["config-map"]),
        (f'app.properties: "a=b\\ndb.password = {CANARY}\\n"', ["config-map"]),
        (f"app.yaml: \"db:\\n  password: '{CANARY}'\\n\"", ["config-map"]),
        ('app.yaml: "db:\\n  password: ${DB_PASSWORD}\\n"', []),
        ('app.yaml: "db:\\n  passwordFile: /run/x\\n  password_policy: strict\\n"', []),
        ("API_TOKEN_FILE: /etc/token", []),
        ("HOST: CHANGEME", ["placeholder"]),
        ("url: amqp://u:changeme@mq", ["placeholder"]),
        ('notes.md: "for example\\namqp://u:changeme@mq\\n"', []),
        ("API_KEY: your-api-key-here", ["placeholder"]),
        ("HOST: api.example.com", []),
        ("RATE_LIMIT: 200/60s", []),
    ],
)
def test_config_maps(data: str, expected: list[str]) -> None:
    result = judged("inline-secrets", f"{CONFIG}  {data}\n")
    assert (codes(result), len(places(result))) == (expected, len(expected))


def test_no_value_is_ever_shown() -> None:
    results = [
        judged("env-secrets", env("DB_PASSWORD", CANARY)),
        judged("env-secrets", f"{POD}      args: [--password={CANARY}]\n"),
        judged("inline-secrets", f"{SECRET}stringData: {{password: {CANARY}}}\n"),
        judged("inline-secrets", f"{CONFIG}  DB_PASSWORD: {CANARY}\n"),
    ]
    for result in results:
        assert result.status == "fail"
        assert CANARY not in repr(result)
        said = catalogue(GATE.package, "en").reason(result.findings[0].reason, result.spec.id)
        assert CANARY not in said


@pytest.mark.parametrize(
    ("check", "text"), [("env-secrets", POD), ("inline-secrets", f"{CONFIG}  A: b\n")]
)
def test_nothing_held_and_unread_files_are_no_pass(check: str, text: str) -> None:
    assert judged(check, text).status == "pass"
    assert judged(check, text, problems=1).status == "inconclusive"
    nothing = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n"
    assert judged(check, nothing).status == "not-applicable"
