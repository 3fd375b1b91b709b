"""Inline suppressions in the files that `golive lint` reads."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.lint_files import CHECKS, GOOD, Golive, deployment, suppress

TODAY = datetime.now(UTC).date()
LATER = (TODAY + timedelta(days=2)).isoformat()
EARLIER = (TODAY - timedelta(days=2)).isoformat()


def test_one_in_force_keeps_the_finding_and_its_status(golive: Golive, tmp_path: Path) -> None:
    suppress(
        deployment(tmp_path),
        f"# golive: ignore[manifests.image-tags] until={LATER} rebuilt nightly",
    )
    done = golive("lint", "k8s", "--check", CHECKS, "--lang", "en", "--strict")
    assert done.returncode == 0, done.stdout
    assert ":14: fail manifests.image-tags" in done.stdout
    assert f"suppressed in line 13 until {LATER}: rebuilt nightly" in done.stdout
    record = json.loads(golive("lint", "k8s", "--check", CHECKS, "-o", "json").stdout)
    (finding,) = record["findings"]
    assert (finding["status"], finding["effect"]) == ("fail", "suppressed")
    assert finding["suppressed"] == {
        "file": "k8s/api.yaml",
        "line": 13,
        "until": LATER,
        "reason": "rebuilt nightly",
    }
    check = next(c for c in record["checks"] if c["id"] == "manifests.image-tags")
    assert (check["status"], check["effect"], check["suppressed"]) == ("fail", "suppressed", 1)


def test_an_expired_one_suppresses_nothing_and_is_told(golive: Golive, tmp_path: Path) -> None:
    suppress(deployment(tmp_path), f"# golive: ignore[manifests.image-tags] until={EARLIER} was so")
    done = golive("lint", "k8s", "--check", CHECKS, "--lang", "en")
    assert done.returncode == 1
    assert f"k8s/api.yaml:13: suppression of manifests.image-tags expired after {EARLIER}; " in (
        done.stdout
    )
    assert "no longer covers: 1" in done.stdout


@pytest.mark.parametrize(
    ("comment", "problem"),
    [
        (f"# golive: ignore until={LATER} x", "not in the form"),
        ("# golive: ignore[manifests.image-tags] because", "until="),
        ("# golive: ignore[manifests.image-tags] until=tomorrow because", "YYYY-MM-DD"),
        (f"# golive: ignore[manifests.image-tags] until={LATER}", "reason"),
        (f"# golive: ignore[manifests.image-tagz] until={LATER} typo", "manifests.image-tags?"),
        (f"# golive: ignore[] until={LATER} none", "names no check"),
    ],
)
def test_a_malformed_one_suppresses_nothing_and_is_told(
    golive: Golive, tmp_path: Path, comment: str, problem: str
) -> None:
    suppress(deployment(tmp_path), comment)
    done = golive("lint", "k8s", "--check", CHECKS, "--lang", "en")
    assert done.returncode == 1
    (line,) = (x for x in done.stdout.splitlines() if "suppression ignored" in x)
    assert problem in line
    assert line.startswith("  k8s/api.yaml:13: ")


def test_one_that_is_not_used_is_mentioned_and_fails_nothing(
    golive: Golive, tmp_path: Path
) -> None:
    suppress(
        deployment(tmp_path, GOOD), f"# golive: ignore[manifests.image-tags] until={LATER} once"
    )
    done = golive("lint", "k8s", "--check", CHECKS, "--strict", "--lang", "en")
    assert done.returncode == 0
    assert "suppression of manifests.image-tags covers nothing" in done.stdout


def test_one_of_a_check_that_was_not_run_is_not_called_unused(
    golive: Golive, tmp_path: Path
) -> None:
    suppress(
        deployment(tmp_path, GOOD), f"# golive: ignore[manifests.image-tags] until={LATER} once"
    )
    done = golive("lint", "k8s", "--check", "manifests.parse", "--lang", "en")
    assert done.returncode == 0
    assert "covers nothing" not in done.stdout


@pytest.mark.parametrize(("strict", "code"), [((), 0), (("--strict",), 1)])
def test_a_stale_one_is_a_warning(
    golive: Golive, tmp_path: Path, strict: tuple[str, ...], code: int
) -> None:
    suppress(
        deployment(tmp_path, GOOD), f"# golive: ignore[manifests.image-tags] until={EARLIER} was so"
    )
    done = golive("lint", "k8s", "--check", CHECKS, "--lang", "en", *strict)
    assert done.returncode == code
    assert (
        "🟡 Passed with warnings. Findings that warn: 0; suppressions expired or malformed: 1"
        in done.stdout
    )
