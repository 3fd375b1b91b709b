"""Certificates: expired, ending, for another host, missing; and that keys are never kept."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.api import Status
from golive_gates.manifests.checks.live_certificates import covers
from golive_gates.manifests.live import x509
from tests.gates.manifests import live_world as world
from tests.gates.manifests.api_double import Cluster, Json
from tests.gates.manifests.live_run import judged, observed
from tests.gates.saying import codes

Change = Callable[[Cluster], None]
FAIL, OPEN, PASS = Status.FAIL, Status.INCONCLUSIVE, Status.PASS
DAYS = timedelta(days=1)


def secret(pem: bytes | None) -> Change:
    def change(cluster: Cluster) -> None:
        cluster.objects[world.SECRETS] = [] if pem is None else [world.tls_secret("web-tls", pem)]

    return change


def issued(ready: str = "True", ends_in: float = 90, name: str = "web-tls") -> Json:
    end = (datetime.now(UTC) + timedelta(days=ends_in)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "metadata": world.named(f"issued-{name}"),
        "spec": {"secretName": name, "dnsNames": ["shop.example.com"]},
        "status": {
            "notAfter": end,
            "conditions": [{"type": "Ready", "status": ready, "message": "as cert-manager says"}],
        },
    }


def with_issued(item: Json, pem: bytes | None = None, *, forbidden: bool = False) -> Change:
    def change(cluster: Cluster) -> None:
        cluster.objects[world.ISSUED] = [item]
        if pem is not None:
            secret(pem)(cluster)
        if forbidden:
            cluster.forbidden = {("get", "secrets")}

    return change


OTHER = world.certificate(90, "*.example.org")
WILD = world.certificate(90, "*.example.com")

SEEN: tuple[tuple[str, Status, list[str], Change, timedelta], ...] = (
    ("expired", FAIL, ["expired"], secret(world.certificate(90)), 100 * DAYS),
    ("ending", FAIL, ["ending"], secret(world.certificate(90)), 80 * DAYS),
    ("not yet", FAIL, ["not-yet"], secret(world.certificate(90)), -2 * DAYS),
    ("missing", FAIL, ["missing"], secret(None), 0 * DAYS),
    ("other host", FAIL, ["other-host"], secret(OTHER), 0 * DAYS),
    ("wild card", PASS, [], secret(WILD), 0 * DAYS),
    ("garbage", FAIL, ["unreadable"], secret(b"-----BEGIN CERTIFICATE-----\nAAAA\n"), 0 * DAYS),
    ("empty", FAIL, ["no-certificate"], secret(b""), 0 * DAYS),
    ("not issued", FAIL, ["not-issued"], with_issued(issued("False")), 0 * DAYS),
    ("issued", PASS, [], with_issued(issued()), 0 * DAYS),
    ("issued, secret unread", PASS, [], with_issued(issued(), forbidden=True), 0 * DAYS),
    ("issued, ending", FAIL, ["ending"], with_issued(issued(ends_in=3), forbidden=True), 0 * DAYS),
    ("issued for another secret", OPEN, ["live-forbidden"],
     with_issued(issued(name="other-tls"), forbidden=True), 0 * DAYS),
    ("another's, not issued", PASS, [], with_issued(issued("False", name="other")), 0 * DAYS),
)  # fmt: skip


@pytest.mark.parametrize(
    ("status", "found", "change", "ahead"), [s[1:] for s in SEEN], ids=[s[0] for s in SEEN]
)
def test_certificates(
    tmp_path: Path, status: Status, found: list[str], change: Change, ahead: timedelta
) -> None:
    cluster = world.healthy()
    change(cluster)
    result = judged("live-certificates", observed(cluster, tmp_path, ahead=ahead))
    assert (result.status, codes(result)) == (status, found)


def test_a_secret_that_is_renewed_but_not_served_yet_is_the_served_one(tmp_path: Path) -> None:
    """The Secret's own certificate counts, whatever cert-manager says of the next."""
    cluster = world.healthy()
    cluster.objects[world.ISSUED] = [issued(ends_in=180)]
    result = judged("live-certificates", observed(cluster, tmp_path, ahead=80 * DAYS))
    assert codes(result) == ["ending"]


def test_gateways_certificates_are_read_too(tmp_path: Path) -> None:
    files = world.RELEASE + (
        "---\napiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: edge}\n"
        "spec:\n  listeners:\n    - name: https\n      hostname: api.example.com\n"
        "      tls: {certificateRefs: [{name: edge-tls}]}\n"
    )
    cluster = world.healthy()
    cluster.groups += ("gateway.networking.k8s.io",)
    result = judged("live-certificates", observed(cluster, tmp_path, files))
    assert (result.status, codes(result)) == (FAIL, ["missing"])
    assert result.findings[0].resource is not None
    assert result.findings[0].resource.kind == "Gateway"


def test_no_tls_at_all_is_not_applicable(tmp_path: Path) -> None:
    cluster = world.healthy()
    cluster.objects[world.INGRESSES].clear()
    result = judged("live-certificates", observed(cluster, tmp_path))
    assert result.status is Status.NOT_APPLICABLE


def test_reading_agrees_with_openssl(tmp_path: Path) -> None:
    for days, host in ((1, "a.example.com"), (9000, "b.example.com"), (36_500, "c.example.com")):
        pem = world.certificate(days, host)
        (tmp_path / "c.pem").write_bytes(pem)
        shown = subprocess.run(
            ["openssl", "x509", "-in", tmp_path / "c.pem", "-noout", "-startdate", "-enddate"],
            check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        begin, end = (
            datetime.strptime(line.partition("=")[2], "%b %d %H:%M:%S %Y %Z").replace(tzinfo=UTC)
            for line in shown.splitlines()
        )
        assert x509.leaf(pem) == x509.Validity(begin, end, (host,))


@given(st.binary(max_size=200), st.integers(0, 600))
def test_damaged_bytes_are_no_certificate(noise: bytes, at: int) -> None:
    der = _der()
    for damaged in (noise, der[:at], der[:at] + noise + der[at + len(noise) :]):
        try:
            found = x509.read(damaged)
        except x509.NotX509:
            continue
        assert found.not_after.tzinfo is UTC


def _der() -> bytes:
    import ssl

    return ssl.PEM_cert_to_DER_cert(world.certificate(90).decode())


@pytest.mark.parametrize(
    ("name", "host", "covered"),
    [
        ("a.example.com", "A.Example.com.", True),
        ("*.example.com", "a.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "a.b.example.com", False),
        ("*.example.com", "*.example.com", True),
        ("a.example.com", "b.example.com", False),
        ("", "a.example.com", False),
    ],
)
def test_names_cover_hosts(name: str, host: str, covered: bool) -> None:
    assert covers(name, host) is covered
