"""The registry of defects and the command line that reads it."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from golive_demo.broken import (
    HEALTHY,
    RELEASE_VARIANTS,
    VARIANTS,
    UnknownVariantError,
    variant,
)
from golive_demo.front import FrontPlan, configuration

PROMISED = {
    "preamble-only",
    "slow-first-event",
    "flaky-readiness",
    "project-500",
    "contract-drift",
    "truncated-stream",
    "buffered-proxy",
    "wrong-content",
    "burnt-budget",
    "fast-burn",
    "flaky-api",
    "lax-slo",
    "no-rate-limit",
    "spoofable-rate-limit",
    "limit-503",
    "leaky-errors",
    "no-auth",
    "gzip-stream",
    "dies-under-load",
    "starves-streams",
    "alert-cannot-fire-buckets",
    "alert-cannot-fire-label",
    "alert-cannot-fire-window",
    "alert-noisy",
    "slo-alert-mismatch",
    "route-to-nowhere",
    "receiver-empty",
    "monitor-wrong-port",
    "stale-image-reports",
    "vulnerable-image",
    "gitleaks-raised-entropy",
    "gitleaks-one-path",
    "secret-gate-cannot-fail",
    "deploy-skips-security",
    "gitleaks-allows-all",
    "no-prometheus",
    "no-fallback",
    "fallback-splices",
    "sdk-retries-eat-budget",
    "truncation-is-an-end",
    "user-errors-fall-back",
    "sticks-to-secondary",
    "silent-outage",
    "asks-both-providers",
    "wrong-provider-first",
    "backup-gap",
    "backup-without-wal",
    "backup-truncated",
    "backup-flipped-byte",
    "backup-interrupted",
    "backup-from-the-future",
    "backup-before-migration",
    "backup-stale",
    "backup-short-history",
    "backup-without-vectors",
    "backup-halved-vectors",
    "backup-hollow-vectors",
    "backup-stale-snapshot",
    "restored-service-without-key",
    "decodes-packet-by-packet",
    *(f"no-fallback-on-{status}" for status in (401, 429, 500, 503, 529)),
    "no-fallback-on-stream-error",
    "no-fallback-on-silence",
    "no-fallback-on-truncate",
    "no-fallback-on-cut",
    "no-fallback-on-malformed",
    "no-fallback-on-refuse",
    "no-fallback-on-reset",
    "swallows-stream-error",
    "swallows-cut",
    "swallows-malformed",
    "swallows-reset",
    "waits-out-silence",
    "backup-torn",
    "backup-empty",
    "backup-without-index-metadata",
    "backup-truncated-snapshot",
    "backup-empty-snapshot",
}


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "golive_demo", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_every_promised_variant_exists() -> None:
    assert VARIANTS.keys() == PROMISED


@pytest.mark.parametrize("name", sorted(PROMISED))
def test_a_variant_breaks_exactly_one_thing(name: str) -> None:
    told = {"name", "description", "needs_nginx"}
    fields = {f.name for f in dataclasses.fields(HEALTHY)} - told
    changed = [f for f in fields if getattr(variant(name), f) != getattr(HEALTHY, f)]
    assert len(changed) == 1
    assert variant(name).description != HEALTHY.description


def test_none_is_the_healthy_generator() -> None:
    assert variant(None) is HEALTHY


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UnknownVariantError, match="preamble-only, slow-first-event"):
        variant("nonsense")
    told = command("--broken", "nonsense")
    assert told.returncode == 2
    assert "contract-drift" in told.stderr


def test_list_is_tab_separated() -> None:
    told = command("--list-broken")
    assert told.returncode == 0
    rows = [line.split("\t") for line in told.stdout.splitlines()]
    assert [row[0] for row in rows] == [*VARIANTS, *RELEASE_VARIANTS]
    assert all(len(row) == 2 and row[1] for row in rows)


def test_a_variant_that_needs_the_front_says_so() -> None:
    told = command("--broken", "buffered-proxy", "--no-front")
    assert told.returncode == 2
    assert "apt-get install nginx" in told.stderr


def test_a_used_work_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "old").touch()
    told = command("--workdir", str(tmp_path))
    assert told.returncode == 2
    assert "not empty" in told.stderr


@pytest.mark.parametrize(
    ("defect", "line"), [("buffers", "proxy_buffering on;"), ("gzips", "gzip on;")]
)
def test_a_broken_front_changes_the_streaming_location_alone(
    tmp_path: Path, defect: str, line: str
) -> None:
    plan = FrontPlan(folder=tmp_path, port=1, project_port=2, generation_port=3)
    healthy = configuration(plan).splitlines()
    buffering = configuration(dataclasses.replace(plan, **{defect: True})).splitlines()
    assert "            proxy_buffering off;" in healthy
    assert f"            {line}" not in healthy
    assert f"            {line}" in buffering
    first = healthy.index("        location = /api/v1/generate {")
    assert healthy[:first] == buffering[:first]
    rest = healthy.index("        location /api/v1/scripts {")
    assert healthy[rest:] == buffering[-len(healthy[rest:]) :]
