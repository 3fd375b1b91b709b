"""Tokens for the API server: the pod's word, its account's, and rights in the files."""

from __future__ import annotations

import pytest

from tests.gates.manifests.snippets import judged
from tests.gates.saying import codes, places

POD = """
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: app}
spec:
  # spec
  containers: [{name: c, image: 'web:1'}]
"""
ACCOUNT = """
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: app}
"""
BINDING = """
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web, namespace: app}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}
subjects:
  - {kind: ServiceAccount, name: web, namespace: app}
"""
OFF = "automountServiceAccountToken: false"
ON = "automountServiceAccountToken: true"


def pod(*lines: str) -> str:
    return POD.replace("# spec", "\n  ".join(lines) or "# nothing")


NAMED = "serviceAccountName: web"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ((pod(),), ["mounted"]),
        ((pod(OFF),), []),
        ((pod(NAMED), ACCOUNT), ["mounted"]),
        ((pod(NAMED), ACCOUNT + OFF), []),
        ((pod(NAMED, ON), ACCOUNT + OFF), ["mounted"]),
        ((pod(NAMED, OFF), ACCOUNT + ON), []),
        ((pod("serviceAccount: web"), ACCOUNT + OFF), []),
        ((pod(NAMED),), ["unknown-account"]),
        ((pod(NAMED, OFF),), []),
        ((pod(NAMED), ACCOUNT, BINDING), []),
        ((pod(NAMED), ACCOUNT, BINDING.replace("RoleBinding", "ClusterRoleBinding")), []),
        ((pod(NAMED), ACCOUNT, BINDING.replace(", namespace: app}\n", "}\n", 2)), []),
        (
            (
                pod(NAMED),
                ACCOUNT,
                BINDING.replace("kind: ServiceAccount", "kind: User"),
            ),
            ["mounted"],
        ),
        (
            (
                pod(NAMED),
                ACCOUNT,
                BINDING.replace(
                    "{kind: ServiceAccount, name: web, namespace: app}",
                    "{kind: Group, name: 'system:serviceaccounts:app'}",
                ),
            ),
            [],
        ),
    ],
)
def test_who_holds_a_token(texts: tuple[str, ...], expected: list[str]) -> None:
    result = judged("service-account-token", *texts)
    assert codes(result) == expected
    assert places(result) == ["spec.automountServiceAccountToken"] * len(expected)


def test_an_account_elsewhere_only_warns() -> None:
    assert judged("service-account-token", pod(NAMED)).status == "warn"


def test_rights_in_another_namespace_are_none_here() -> None:
    binding = BINDING.replace("namespace: app", "namespace: other")
    assert codes(judged("service-account-token", pod(NAMED), ACCOUNT, binding)) == ["mounted"]


def test_no_pod_and_unread_files_are_no_pass() -> None:
    assert judged("service-account-token", pod(OFF)).status == "pass"
    assert judged("service-account-token", pod(OFF), problems=1).status == "inconclusive"
    assert judged("service-account-token", ACCOUNT).status == "not-applicable"
