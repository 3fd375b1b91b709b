"""Scans that do not fail their own step and are looked at later."""

from __future__ import annotations

import pytest

from tests.gates.pipeline.efficacy import neutralised
from tests.gates.saying import codes

TOLERATED = "continue-on-error: true"


@pytest.mark.parametrize(
    "later",
    [
        "if: steps.scan.outcome == 'failure'\nrun: exit 1",
        "if: ${{ steps.scan.outcome != 'success' }}\nrun: |\n  echo found\n  exit 1",
        "if: always() && steps.scan.outcome == 'failure'\nrun: 'false'",
    ],
)
def test_a_later_step_that_fails_for_it(later: str) -> None:
    assert neutralised(step=TOLERATED, more=(later,)).status.value == "pass"


@pytest.mark.parametrize(
    "later",
    [
        "if: steps.scan.conclusion == 'failure'\nrun: exit 1",  # The conclusion is success.
        "if: steps.other.outcome == 'failure'\nrun: exit 1",
        "run: exit 1 || true",
    ],
)
def test_a_later_step_that_does_not(later: str) -> None:
    result = neutralised(step=TOLERATED, more=(later,))
    assert (result.status.value, codes(result)) == ("fail", ["continue-on-error-step"])


@pytest.mark.parametrize(
    "later",
    [
        "if: steps.scan.outcome == 'failure'\nuses: example/fail@v1",
        'run: test "${{ steps.scan.outcome }}" = success',
        "if: steps.scan.outcome == 'failure'\nrun: ./tell.sh",
    ],
)
def test_a_later_step_that_may(later: str) -> None:
    result = neutralised(step=TOLERATED, more=(later,))
    assert (result.status.value, codes(result)) == ("inconclusive", ["outcome-read"])


def test_a_report_that_is_read_later() -> None:
    lost = "gitleaks git --report-path found.json . || true"
    read = neutralised(f"{lost}\npython check.py found.json")
    assert (read.status.value, codes(read)) == ("inconclusive", ["outcome-read"])
    shown = neutralised(f"{lost}\ncat found.json")
    assert (shown.status.value, codes(shown)) == ("fail", ["shell-or-true"])


def test_an_output_that_is_read_later() -> None:
    lost = 'gitleaks git . || echo "found=true" >> "$GITHUB_OUTPUT"'
    later = "if: steps.scan.outputs.found == 'true'\nrun: exit 1"
    read = neutralised(lost, more=(later,))
    assert (read.status.value, codes(read)) == ("inconclusive", ["outcome-read"])
