"""Every control of the Pod Security Standard baseline: the documented values, and others."""

from __future__ import annotations

import pytest

from golive_gates.manifests.settings import Settings
from tests.gates.manifests.snippets import judged
from tests.gates.saying import codes, places

POD = """
apiVersion: v1
kind: Pod
metadata:
  name: web
{metadata}
spec:
{spec}
"""
ALL_VERSIONS = Settings(kubernetes=("1.37",))


def pod(spec: str = "", container: str = "", role: str = "containers", metadata: str = "") -> str:
    """A pod with further lines of *spec*, and a container with further lines."""
    lines = [spec] if spec else []
    if role != "containers":
        lines.append("containers: [{name: main, image: 'web:1'}]")
    lines += [f"{role}:", "  - name: c", "    image: web:1"]
    lines += [f"    {line}" for line in container.splitlines()]
    body = "\n".join(f"  {line}" for text in lines for line in text.splitlines())
    return POD.format(spec=body, metadata="\n".join(f"  {line}" for line in metadata.splitlines()))


def found(text: str, minor: int = 37) -> list[str]:
    settings = Settings(kubernetes=(f"1.{minor}",))
    return codes(judged("pod-security-baseline", text, settings=settings))


CAPABILITIES = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
]
SELINUX = ("container_t", "container_init_t", "container_kvm_t", "container_engine_t")
SYSCTLS = {
    "kernel.shm_rmid_forced": 0,
    "net.ipv4.ip_local_port_range": 0,
    "net.ipv4.ip_unprivileged_port_start": 0,
    "net.ipv4.tcp_syncookies": 0,
    "net.ipv4.ping_group_range": 0,
    "net.ipv4.ip_local_reserved_ports": 27,
    "net.ipv4.tcp_keepalive_time": 29,
    "net.ipv4.tcp_fin_timeout": 29,
    "net.ipv4.tcp_keepalive_intvl": 29,
    "net.ipv4.tcp_keepalive_probes": 29,
    "net.ipv4.tcp_rmem": 32,
    "net.ipv4.tcp_wmem": 32,
    "net.ipv4.tcp_slow_start_after_idle": 37,
    "net.ipv4.tcp_notsent_lowat": 37,
}
PROFILE = "securityContext: {{{field}: {{type: {value}}}}}"
ANNOTATION = "annotations: {{container.apparmor.security.beta.kubernetes.io/c: {value}}}"

ALLOWED: list[tuple[str, str]] = [
    ("nothing said", pod()),
    *((f"{k} false", pod(f"{k}: false")) for k in ("hostNetwork", "hostPID", "hostIPC")),
    ("not privileged", pod(container="securityContext: {privileged: false}")),
    *(
        (c, pod(container=f"securityContext: {{capabilities: {{add: [{c}]}}}}"))
        for c in CAPABILITIES
    ),
    ("no capability", pod(container="securityContext: {capabilities: {add: []}}")),
    ("dropped", pod(container="securityContext: {capabilities: {drop: [SYS_ADMIN]}}")),
    ("claim", pod("volumes: [{name: v, persistentVolumeClaim: {claimName: x}}]")),
    ("no node port", pod(container="ports: [{containerPort: 80, hostPort: 0}]")),
    ("no node port said", pod(container="ports: [{containerPort: 80}]")),
    *(
        (f"{field} {value}", pod(PROFILE.format(field=field, value=value)))
        for field in ("appArmorProfile", "seccompProfile")
        for value in ("RuntimeDefault", "Localhost")
    ),
    *(
        (f"annotation {v}", pod(metadata=ANNOTATION.format(value=v)))
        for v in ("runtime/default", "localhost/mine", '""')
    ),
    *((f"selinux {t}", pod(PROFILE.format(field="seLinuxOptions", value=t))) for t in SELINUX),
    ("selinux level", pod("securityContext: {seLinuxOptions: {level: 's0:c1,c2'}}")),
    ("selinux empty", pod("securityContext: {seLinuxOptions: {type: '', user: '', role: ''}}")),
    ("procMount", pod(container="securityContext: {procMount: Default}")),
    *(
        (name, pod(f"securityContext: {{sysctls: [{{name: {name}, value: '1'}}]}}"))
        for name in SYSCTLS
    ),
    ("host process false", pod("securityContext: {windowsOptions: {hostProcess: false}}")),
    ("probe without host", pod(container="livenessProbe: {httpGet: {port: 80, host: ''}}")),
    ("exec probe", pod(container="livenessProbe: {exec: {command: [host]}}")),
    ("own users unmasked", pod("hostUsers: false", "securityContext: {procMount: Unmasked}")),
]

FORBIDDEN: list[tuple[str, str, str]] = [
    *(
        ("host-namespaces", pod(f"{k}: true"), f"spec.{k}")
        for k in ("hostNetwork", "hostPID", "hostIPC")
    ),
    (
        "privileged",
        pod(container="securityContext: {privileged: true}"),
        "spec.containers[0].securityContext.privileged",
    ),
    *(
        (
            "capabilities",
            pod(container=f"securityContext: {{capabilities: {{add: [CHOWN, {name}]}}}}"),
            "spec.containers[0].securityContext.capabilities.add[1]",
        )
        for name in ("SYS_ADMIN", "NET_RAW", "NET_ADMIN", "SYS_PTRACE", "ALL", "CAP_CHOWN", "chown")
    ),
    (
        "host-path",
        pod("volumes: [{name: v, hostPath: {path: /}}]"),
        "spec.volumes[0].hostPath",
    ),
    (
        "host-ports",
        pod(container="ports: [{containerPort: 80, hostPort: 8080}]"),
        "spec.containers[0].ports[0].hostPort",
    ),
    (
        "app-armor",
        pod(PROFILE.format(field="appArmorProfile", value="Unconfined")),
        "spec.securityContext.appArmorProfile.type",
    ),
    (
        "app-armor",
        pod(metadata=ANNOTATION.format(value="unconfined")),
        "metadata.annotations['container.apparmor.security.beta.kubernetes.io/c']",
    ),
    *(
        (
            "selinux",
            pod(container=PROFILE.format(field="seLinuxOptions", value=value)),
            "spec.containers[0].securityContext.seLinuxOptions.type",
        )
        for value in ("spc_t", "unconfined_t")
    ),
    *(
        (
            "selinux",
            pod(f"securityContext: {{seLinuxOptions: {{{key}: some}}}}"),
            f"spec.securityContext.seLinuxOptions.{key}",
        )
        for key in ("user", "role")
    ),
    (
        "proc-mount",
        pod(container="securityContext: {procMount: Unmasked}"),
        "spec.containers[0].securityContext.procMount",
    ),
    *(
        (
            "seccomp",
            pod(**{where: PROFILE.format(field="seccompProfile", value="Unconfined")}),
            f"spec.{place}securityContext.seccompProfile.type",
        )
        for where, place in (("spec", ""), ("container", "containers[0]."))
    ),
    *(
        (
            "sysctls",
            pod(f"securityContext: {{sysctls: [{{name: {name}, value: '1'}}]}}"),
            "spec.securityContext.sysctls[0].name",
        )
        for name in ("kernel.msgmax", "net.core.somaxconn", "net/ipv4/tcp_rmem")
    ),
    *(
        (
            "host-process",
            pod(**{where: "securityContext: {windowsOptions: {hostProcess: true}}"}),
            f"spec.{place}securityContext.windowsOptions.hostProcess",
        )
        for where, place in (("spec", ""), ("container", "containers[0]."))
    ),
    *(
        (
            "probe-hosts",
            pod(container=f"{where}: {{{handler}: {{port: 80, host: 10.0.0.1}}}}"),
            f"spec.containers[0].{where}.{handler}.host",
        )
        for where in ("livenessProbe", "readinessProbe", "startupProbe")
        for handler in ("httpGet", "tcpSocket")
    ),
    *(
        (
            "probe-hosts",
            pod(container=f"lifecycle: {{{hook}: {{httpGet: {{port: 80, host: h}}}}}}"),
            f"spec.containers[0].lifecycle.{hook}.httpGet.host",
        )
        for hook in ("postStart", "preStop")
    ),
]


@pytest.mark.parametrize("text", [t for _, t in ALLOWED], ids=[name for name, _ in ALLOWED])
def test_an_allowed_value_passes(text: str) -> None:
    assert judged("pod-security-baseline", text, settings=ALL_VERSIONS).status == "pass"


@pytest.mark.parametrize(
    ("control", "text", "place"), FORBIDDEN, ids=[f"{c}-{i}" for i, (c, *_) in enumerate(FORBIDDEN)]
)
def test_a_forbidden_value_fails_at_its_place(control: str, text: str, place: str) -> None:
    result = judged("pod-security-baseline", text, settings=ALL_VERSIONS)
    assert (result.status, codes(result), places(result)) == ("fail", [control], [place])


@pytest.mark.parametrize("role", ["initContainers", "ephemeralContainers"])
def test_init_and_ephemeral_containers_count(role: str) -> None:
    text = pod(container="securityContext: {privileged: true}", role=role)
    result = judged("pod-security-baseline", text)
    assert places(result) == [f"spec.{role}[0].securityContext.privileged"]
    assert result.findings[0].container == "c"


@pytest.mark.parametrize(("name", "since"), [(n, v) for n, v in SYSCTLS.items() if v])
def test_a_sysctl_is_allowed_from_its_version_on(name: str, since: int) -> None:
    text = pod(f"securityContext: {{sysctls: [{{name: {name}, value: '1'}}]}}")
    assert (found(text, since - 1), found(text, since)) == (["sysctls"], [])


def test_other_controls_that_came_with_a_version() -> None:
    engine = pod("securityContext: {seLinuxOptions: {type: container_engine_t}}")
    assert (found(engine, 30), found(engine, 31)) == (["selinux"], [])
    asks = pod(container="livenessProbe: {httpGet: {port: 80, host: other}}")
    assert (found(asks, 33), found(asks, 34)) == ([], ["probe-hosts"])
    unmasked = pod("hostUsers: false", "securityContext: {procMount: Unmasked}")
    assert (found(unmasked, 34), found(unmasked, 35)) == (["proc-mount"], [])


def test_several_clusters_forbid_what_any_of_them_does_and_once() -> None:
    text = pod("hostPID: true", "livenessProbe: {httpGet: {port: 80, host: other}}")
    settings = Settings(kubernetes=("1.33", "1.34"))
    result = judged("pod-security-baseline", text, settings=settings)
    assert codes(result) == ["host-namespaces", "probe-hosts"]
