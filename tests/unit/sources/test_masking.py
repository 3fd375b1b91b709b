"""Secret values do not get past the reading, and what checks need of them does."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.sources.credentials import is_masked, mask_text, names_credential
from golive.sources.kubernetes.masking import mask
from golive.sources.places import node_count
from tests.unit.sources.trees import linted, one

REAL = "v3ryS3cr3t-Canary-92f1"
PEM = f"-----BEGIN RSA PRIVATE KEY-----\n{REAL}\n{REAL}\n-----END RSA PRIVATE KEY-----"


def test_a_secret_keeps_its_keys_alone(tmp_path: Path) -> None:
    found = one(
        tmp_path,
        f"""
        apiVersion: v1
        kind: Secret
        metadata:
          name: a
          annotations:
            kubectl.kubernetes.io/last-applied-configuration: '{{"data": "{REAL}"}}'
            kept: x
        type: Opaque
        data:
          real: djNyeVMzY3IzdC1DYW5hcnktOTJmMQ==
          later: Q0hBTkdFTUU=
          wrong: "{REAL}!"
          empty: ""
        stringData:
          real: {REAL}
          later: your-key-here
          number: 918273
          nested: {{a: [{REAL}]}}
          none:
        """,
    )
    assert found.mapping("data") == {
        "real": "<masked: 22 characters>",
        "later": "<masked: placeholder>",
        "wrong": "<masked: not base64>",
        "empty": "",
    }
    assert found.mapping("stringData") == {
        "real": "<masked: 22 characters>",
        "later": "<masked: placeholder>",
        "number": 0,
        "nested": {"a": ["<masked: 22 characters>"]},
        "none": None,
    }
    assert found.get("metadata", "annotations", "kept") == "x"
    assert REAL.encode() not in pickle.dumps(found)
    assert b"djNy" not in pickle.dumps(found)


ENV = [
    ("DB_PASSWORD", REAL, True),
    ("password", REAL, True),
    ("apiToken", REAL, True),
    ("OPENAI_API_KEY", REAL, True),
    ("AWS_SECRET_ACCESS_KEY", REAL, True),
    ("CLIENT_SECRET", "CHANGEME", True),
    ("DJANGO_SECRET_KEY", "xxxxxxxx", True),
    ("PASSWORD", "", False),
    ("PASSWORD", "$(OTHER)", False),
    ("PASSWORD", "${OTHER}", False),
    ("TOKEN", "/var/run/secrets/token", False),
    ("TOKEN_FILE", "x-y-z-0", False),
    ("SECRET_NAME", "shop-db", False),
    ("TOKEN_URL", "https://login.example.com/token", False),
    ("MAX_TOKENS", "4096", False),
    ("TOKENIZERS_PARALLELISM", "false", False),
    ("PUBLIC_KEY", "MIIBIjANBg", False),
    ("PARTITION_KEY", "customer", False),
    ("API_KEY_HEADER", "X-Api-Key", False),
    ("KEYCLOAK", "yes-please", False),
    ("PWD", "home", False),
    ("LOG_LEVEL", "info", False),
    ("X", "postgresql://app:hunter2hunter@db:5432/x", True),
    ("X", "postgresql://app:$(PASSWORD)@db:5432/x", False),
    ("X", "https://example.com/a@b", False),
    ("X", "sk-proj-abcdefghijklmnop1234", True),
    ("X", "AKIAIOSFODNN7EXAMPLE", True),
    ("X", "AKIAQWERTYUIOPASDFGH", True),
    ("X", "ghp_abcdefghijklmnopqrstuvwxyz0123456789", True),
    ("X", "xoxb-123456789012-abcdef", True),
    ("X", "risk-assessment-of-everything", False),
]


@pytest.mark.parametrize(("name", "value", "masked"), ENV)
def test_the_environment(tmp_path: Path, name: str, value: str, masked: bool) -> None:
    pod = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "spec": {
            "template": {
                "spec": {"containers": [{"name": "a", "env": [{"name": name, "value": value}]}]}
            }
        },
    }
    found = one(tmp_path, json.dumps(pod))
    seen = found.get("spec", "template", "spec", "containers", 0, "env", 0, "value")
    assert is_masked(seen) is masked, seen
    assert masked or seen == value


def test_the_rest_of_an_address_stays() -> None:
    text = "postgresql://app:9f8e7d6c5b4a@db:5432/x?a=b"
    assert mask_text(text) == "postgresql://app:<masked: 12 characters>@db:5432/x?a=b"


def test_keys_within_texts_of_any_object(tmp_path: Path) -> None:
    found = one(
        tmp_path,
        f"""
        apiVersion: v1
        kind: ConfigMap
        metadata: {{name: a}}
        data:
          key.pem: {json.dumps(PEM)}
          app.ini: |
            [a]
            token = ghp_abcdefghijklmnopqrstuvwxyz0123456789
            url = https://x.example
        """,
    )
    masked = found.mapping("data")["key.pem"]
    assert masked == "<masked: 107 characters>\n\n\n"
    assert masked.count("\n") == PEM.count("\n")
    text = found.mapping("data")["app.ini"]
    assert text == "[a]\ntoken = <masked: 40 characters>\nurl = https://x.example\n"


def test_environments_in_kinds_that_golive_does_not_know(tmp_path: Path) -> None:
    found = one(
        tmp_path,
        f"""
        apiVersion: serving.knative.dev/v1
        kind: Service
        spec: {{template: {{spec: {{containers: [{{env: [{{name: TOKEN, value: {REAL}}}]}}]}}}}}}
        """,
    )
    assert REAL not in str(found.data)


def test_other_documents(tmp_path: Path) -> None:
    alerts = f"""
        route: {{receiver: a}}
        receivers:
        - name: a
          pagerduty_configs: [{{routing_key: {REAL}}}]
          email_configs: [{{to: a@b.example, auth_password: {REAL}}}]
        """
    workflow = f"""
        on: push
        permissions: {{id-token: write}}
        jobs:
          a: {{env: {{API_TOKEN: {REAL}, OTHER_TOKEN: "${{{{ secrets.X }}}}"}}, secrets: inherit}}
        """
    tree = linted(tmp_path, {"a.yml": alerts, ".github/workflows/b.yml": workflow})
    assert REAL not in str(tree.documents)
    data = next(d.data for d in tree.documents if "on" in d.data)
    assert data["permissions"] == {"id-token": "write"}
    assert data["jobs"]["a"]["env"]["OTHER_TOKEN"] == "${{ secrets.X }}"
    assert data["jobs"]["a"]["secrets"] == "inherit"


def test_nginx(tmp_path: Path) -> None:
    text = f"""
        events {{}}
        http {{ server {{ location / {{
          proxy_set_header Authorization "Bearer {REAL}";
          proxy_set_header Host $host;
          proxy_set_header Authorization $http_authorization;
          proxy_pass http://app:{REAL}@db;
        }} }} }}
        """
    tree = linted(tmp_path, {"nginx.conf": text})
    assert REAL not in str(tree)
    location = tree.nginx[0].directives[1].block
    assert location is not None
    assert "$http_authorization" in str(location)
    assert not tree.problems


def test_messages_hold_no_values(tmp_path: Path) -> None:
    text = f"apiVersion: v1\nkind: Secret\nstringData:\n  a: {REAL}\n  a: {REAL}\n  b: !x {REAL}\n"
    tree = linted(tmp_path, {"a.yaml": text.encode()})
    assert len(tree.problems) == 2
    assert REAL not in str(tree)


KEYS = (
    *("kind", "apiVersion", "data", "stringData", "metadata", "annotations", "spec"),
    *("template", "containers", "env", "name", "value", "PASSWORD", "x"),
)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.just(PEM),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(
    st.dictionaries(st.sampled_from(["data", "stringData", "spec", "metadata"]), values),
    st.sampled_from(["Secret", "ConfigMap", "Pod", "Other"]),
    st.booleans(),
)
def test_the_shape_stays_and_nothing_is_changed_in_place(
    data: dict[str, Any], kind: str, deep: bool
) -> None:
    whole = {"apiVersion": "v1", "kind": kind, **data}
    before = json.dumps(whole)
    masked = mask(whole, deep=deep)
    assert json.dumps(whole) == before
    assert list(masked) == list(whole)
    assert node_count(masked) == node_count(whole)
    again = mask(masked, deep=deep)
    assert kind == "Secret" or again == masked


@given(st.text(max_size=30))
def test_any_name_can_be_asked(name: str) -> None:
    assert isinstance(names_credential(name), bool)


HOOKS = [
    (f"https://hooks.slack.com/services/T0/B0/{REAL.replace('-', '')}", True),
    (f"https://hooks.slack.com/triggers/T0/1/{REAL.replace('-', '')}", True),
    (f"https://discord.com/api/webhooks/1234567890/{REAL}", True),
    (f"https://corp.webhook.office.com/webhookb2/a@b/IncomingWebhook/{REAL}", True),
    (f"https://chat.googleapis.com/v1/spaces/x/messages?key={REAL}&token={REAL}", True),
    (f"https://oapi.dingtalk.com/robot/send?access_token={REAL}", True),
    ("https://host/send?token=your-token", True),
    ("https://host/send?token=$ARG_TOKEN", False),
    ("https://host/send?token={{ .Values.token }}", False),
    ("https://host/list?key=customer&sort=name", False),
    ("https://host/list?page=2&tokens=12345678", False),
    (f"is it so? token={REAL}", False),
]


@pytest.mark.parametrize(("address", "masked"), HOOKS)
def test_what_web_hooks_carry(address: str, masked: bool, tmp_path: Path) -> None:
    assert is_masked(mask_text(address)) is masked
    assert (REAL in mask_text(address)) is (REAL in address and not masked)
    found = one(
        tmp_path, f"{{apiVersion: v1, kind: ConfigMap, data: {{a: {json.dumps(address)}}}}}"
    )
    assert found.mapping("data") == {"a": mask_text(address)}
