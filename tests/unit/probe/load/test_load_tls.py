"""TLS is verified unless told otherwise; what is wrong with it is said."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from load_doubles import RULES, Peer, answering, once, plain, serving, stream

from golive.probe.load import RequestOutcome

Context = Callable[[Path], ssl.SSLContext]


def test_a_trusted_server(certificate: Path, server_tls: Context) -> None:
    with serving(answering(stream("a", "b")), tls=server_tls(certificate)) as url:
        record = once(url, RULES, known_answer="ab", ca_file=str(certificate))
    assert (record.outcome, record.detail) == (RequestOutcome.OK, "")
    assert record.connected is not None
    assert record.sent is not None
    assert record.connected <= record.sent


def test_an_unknown_authority(certificate: Path, server_tls: Context) -> None:
    with serving(answering(plain()), tls=server_tls(certificate)) as url:
        record = once(url)
    assert record.outcome is RequestOutcome.TLS
    assert "certificate" in record.detail
    assert record.sent is None


def test_another_hosts_certificate(foreign_certificate: Path, server_tls: Context) -> None:
    with serving(answering(plain()), tls=server_tls(foreign_certificate)) as url:
        record = once(url, ca_file=str(foreign_certificate))
    assert record.outcome is RequestOutcome.TLS
    assert "127.0.0.1" in record.detail


def test_a_given_address_does_not_change_whose_certificate_is_wanted(
    foreign_certificate: Path, server_tls: Context
) -> None:
    with serving(answering(plain()), tls=server_tls(foreign_certificate)) as url:
        port = url.split(":")[2].split("/")[0]
        record = once(
            f"https://elsewhere.invalid:{port}/",
            address="127.0.0.1",
            ca_file=str(foreign_certificate),
        )
    assert record.outcome is RequestOutcome.OK


def test_unverified_only_when_asked(certificate: Path, server_tls: Context) -> None:
    with serving(answering(plain()), tls=server_tls(certificate)) as url:
        assert once(url, verify=False).ok


def test_a_server_that_speaks_no_tls() -> None:
    def script(peer: Peer) -> None:
        peer.sock.recv(65536)
        peer.send(plain())

    with serving(script) as url:
        record = once(url.replace("http:", "https:"))
    assert record.outcome is RequestOutcome.TLS


def test_a_handshake_that_is_hung_up_on() -> None:
    with serving(lambda peer: peer.sock.recv(65536) and None) as url:
        record = once(url.replace("http:", "https:"))
    assert record.outcome is RequestOutcome.TLS


def test_a_handshake_that_never_ends() -> None:
    def script(peer: Peer) -> None:
        peer.over.wait()

    with serving(script) as url:
        record = once(url.replace("http:", "https:"), connect_timeout=0.1)
    assert record.outcome is RequestOutcome.CONNECT
    assert "TLS handshake" in record.detail


def test_a_large_body_comes_whole(certificate: Path, server_tls: Context) -> None:
    body = b"0123456789" * 100_000
    with serving(answering(plain(body)), tls=server_tls(certificate)) as url:
        record = once(url, ca_file=str(certificate), known_answer=body.decode())
    assert (record.outcome, record.bytes) == (RequestOutcome.OK, len(body))


def test_a_body_cut_off_without_a_close_notice_is_not_whole(
    certificate: Path, server_tls: Context
) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\n\r\nhalf")
        os.close(peer.sock.detach())  # closed under the feet of TLS

    with serving(script, tls=server_tls(certificate)) as url:
        record = once(url, ca_file=str(certificate))
    assert record.outcome in (RequestOutcome.TRUNCATED, RequestOutcome.RESET)


def test_an_unreadable_authority_is_an_error_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nothing"):
        once("https://127.0.0.1:9/", ca_file=str(tmp_path / "nothing"))
