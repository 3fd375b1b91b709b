"""Whose leave a load needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive.cli.load_permit import allow
from golive.errors import UsageError


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "golive.yaml"
    path.write_text(
        "apiVersion: golive/v1\nservice: {name: x, version: v1}\n"
        "authorisations:\n"
        "  - {hosts: [192.0.2.7], allows: [load], by: Kim, until: 2999-01-01}\n"
        "  - {hosts: [192.0.2.8], allows: [load], by: Kim, until: 2001-01-01}\n",
        encoding="utf-8",
    )
    return path


def test_ones_own_machine_needs_none() -> None:
    for host in ("127.0.0.1", "localhost", "[::1]"):
        allowed = allow(f"http://{host}:8080/x", None, None)
        assert allowed.by == "loopback"
        assert allowed.address in ("127.0.0.1", "::1")


def test_an_entry_in_force_allows_its_host_at_the_address_that_was_checked(config: Path) -> None:
    allowed = allow("http://192.0.2.7/", config, "Kim")
    assert (allowed.address, allowed.by) == ("192.0.2.7", "Kim until 2999-01-01")


@pytest.mark.parametrize(
    ("url", "person", "said"),
    [
        ("http://192.0.2.9/", None, "Nobody has authorised"),
        ("http://192.0.2.7/", "Lee", "Nobody has authorised"),
        ("http://192.0.2.8/", None, "ended on 2001-01-01"),
    ],
)
def test_nothing_else_is_allowed(config: Path, url: str, person: str | None, said: str) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        allow(url, config, person)
    assert refused.value.hint
