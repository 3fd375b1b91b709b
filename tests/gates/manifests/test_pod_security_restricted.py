"""Every control that the Pod Security Standard restricted adds to baseline."""

from __future__ import annotations

import pytest

from golive_gates.manifests.settings import Settings
from tests.gates.manifests.snippets import judged
from tests.gates.saying import codes, places

SOUND = """
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  # spec
  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
  containers:
    - name: c
      image: web:1
      securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
  volumes:
    - {name: v, emptyDir: {}}
"""
CONTAINER = "spec.containers[0].securityContext"
VOLUMES = (
    "configMap: {name: x}",
    "csi: {driver: x}",
    "downwardAPI: {}",
    "emptyDir: {}",
    "ephemeral: {}",
    "image: {reference: x}",
    "persistentVolumeClaim: {claimName: x}",
    "projected: {}",
    "secret: {secretName: x}",
)
OTHER_VOLUMES = [
    "awsElasticBlockStore",
    "azureDisk",
    "azureFile",
    "cephfs",
    "cinder",
    "fc",
    "flexVolume",
    "flocker",
    "gcePersistentDisk",
    "gitRepo",
    "glusterfs",
    "iscsi",
    "nfs",
    "photonPersistentDisk",
    "portworxVolume",
    "quobyte",
    "rbd",
    "scaleIO",
    "storageos",
    "vsphereVolume",
]


def changed(*changes: tuple[str, str]) -> str:
    text = SOUND
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def found(text: str, minor: int = 37) -> list[str]:
    settings = Settings(kubernetes=(f"1.{minor}",))
    return codes(judged("pod-security-restricted", text, settings=settings))


ALLOWED = [
    (),
    *((("emptyDir: {}", volume),) for volume in VOLUMES),
    ((", emptyDir: {}", ""),),
    (("drop: [ALL]", "drop: [ALL], add: [NET_BIND_SERVICE]"),),
    (("drop: [ALL]", "drop: [KILL, ALL]"),),
    (("RuntimeDefault", "Localhost"),),
    (("runAsNonRoot: true", "runAsNonRoot: true, runAsUser: 1"),),
    (
        ("runAsNonRoot: true, ", ""),
        ("allowPriv", "runAsNonRoot: true, allowPriv"),
    ),
    (
        (", seccompProfile: {type: RuntimeDefault}", ""),
        ("allowPriv", "seccompProfile: {type: Localhost}, allowPriv"),
    ),
]
FORBIDDEN = [
    *(
        ("volume-types", (("emptyDir: {}", f"{kind}: {{}}"),), f"spec.volumes[0].{kind}")
        for kind in OTHER_VOLUMES
    ),
    (
        "privilege-escalation",
        (("allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true"),),
        f"{CONTAINER}.allowPrivilegeEscalation",
    ),
    (
        "privilege-escalation",
        (("allowPrivilegeEscalation: false, ", ""),),
        f"{CONTAINER}.allowPrivilegeEscalation",
    ),
    (
        "run-as-root",
        (("runAsNonRoot: true", "runAsNonRoot: false"),),
        "spec.securityContext.runAsNonRoot",
    ),
    (
        "run-as-root",
        (("allowPriv", "runAsNonRoot: false, allowPriv"),),
        f"{CONTAINER}.runAsNonRoot",
    ),
    ("non-root-unset", (("runAsNonRoot: true, ", ""),), f"{CONTAINER}.runAsNonRoot"),
    (
        "non-root-unset",
        (("runAsNonRoot: true, ", "runAsUser: 1000, "),),
        f"{CONTAINER}.runAsNonRoot",
    ),
    (
        "run-as-user",
        (("runAsNonRoot: true", "runAsNonRoot: true, runAsUser: 0"),),
        "spec.securityContext.runAsUser",
    ),
    ("run-as-user", (("allowPriv", "runAsUser: 0, allowPriv"),), f"{CONTAINER}.runAsUser"),
    (
        "seccomp-unset",
        ((", seccompProfile: {type: RuntimeDefault}", ""),),
        f"{CONTAINER}.seccompProfile.type",
    ),
    (
        "capabilities-kept",
        ((", capabilities: {drop: [ALL]}", ""),),
        f"{CONTAINER}.capabilities.drop",
    ),
    ("capabilities-kept", (("[ALL]", "[NET_RAW]"),), f"{CONTAINER}.capabilities.drop"),
    ("capabilities-kept", (("[ALL]", "[all]"),), f"{CONTAINER}.capabilities.drop"),
    (
        "capabilities-added",
        (("drop: [ALL]", "drop: [ALL], add: [NET_BIND_SERVICE, CHOWN]"),),
        f"{CONTAINER}.capabilities.add[1]",
    ),
]


@pytest.mark.parametrize("changes", ALLOWED, ids=lambda c: str(c)[:60])
def test_an_allowed_value_passes(changes: tuple[tuple[str, str], ...]) -> None:
    assert judged("pod-security-restricted", changed(*changes)).status == "pass"


@pytest.mark.parametrize(("control", "changes", "place"), FORBIDDEN, ids=lambda c: str(c)[:60])
def test_a_forbidden_value_fails_at_its_place(
    control: str, changes: tuple[tuple[str, str], ...], place: str
) -> None:
    result = judged("pod-security-restricted", changed(*changes))
    assert (result.status, codes(result), places(result)) == ("fail", [control], [place])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("drop: [ALL]", "drop: [ALL], add: [SYS_ADMIN]"),
        ("RuntimeDefault", "Unconfined"),
        ("emptyDir: {}", "hostPath: {path: /}"),
        ("allowPriv", "privileged: true, allowPriv"),
        ("allowPriv", "procMount: Unmasked, allowPriv"),
        ("# spec", "hostNetwork: true"),
    ],
)
def test_what_baseline_forbids_is_left_to_baseline(old: str, new: str) -> None:
    text = changed((old, new))
    assert judged("pod-security-restricted", text).status == "pass"
    assert len(judged("pod-security-baseline", text).findings) == 1


@pytest.mark.parametrize("role", ["initContainers", "ephemeralContainers"])
def test_init_and_ephemeral_containers_count(role: str) -> None:
    result = judged(
        "pod-security-restricted", changed(("# spec", f"{role}: [{{name: i, image: 'web:1'}}]"))
    )
    assert {f.container for f in result.findings} == {"i"}
    assert codes(result) == ["privilege-escalation", "capabilities-kept"]


def test_windows_pods_are_exempt_from_what_linux_alone_has() -> None:
    bare = """
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          os: {name: windows}
          containers: [{name: c, image: 'web:1'}]
    """
    assert found(bare) == ["non-root-unset"]
    linux = found(bare.replace("windows", "linux"))
    assert linux == [
        "privilege-escalation",
        "non-root-unset",
        "seccomp-unset",
        "capabilities-kept",
    ]


def test_a_pod_with_its_own_users_may_be_root_in_it_from_1_35_on() -> None:
    root = changed(
        ("# spec", "hostUsers: false"), ("runAsNonRoot: true", "runAsNonRoot: false, runAsUser: 0")
    )
    assert found(root, 34) == ["run-as-root", "run-as-user"]
    assert found(root, 35) == []
    assert found(root.replace("hostUsers: false", "hostUsers: true"), 35) == [
        "run-as-root",
        "run-as-user",
    ]


def test_but_it_keeps_the_masks_of_proc() -> None:
    text = changed(("# spec", "hostUsers: false"), ("allowPriv", "procMount: Unmasked, allowPriv"))
    assert (found(text, 34), found(text, 35)) == ([], ["proc-mount-restricted"])
