from __future__ import annotations

import pytest

from golive.errors import GoliveError, NothingToCheck, UsageError, describe


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("no\x1b[31m such\nthing"), "ValueError: no [31m such thing"),
        (KeyError("slo"), "KeyError: 'slo'"),
        (ValueError(), "ValueError"),
        (Mute(), "Mute"),
        (SystemExit(3), "SystemExit: 3"),
    ],
)
def test_any_exception_is_described_on_one_line(error: BaseException, said: str) -> None:
    assert describe(error) == said


def test_a_user_error_carries_its_advice_and_exit_code() -> None:
    assert (UsageError("bad", "do this").hint, UsageError("bad").exit_code) == ("do this", 2)
    assert NothingToCheck("none").exit_code == 3
    assert isinstance(UsageError("bad"), GoliveError)
