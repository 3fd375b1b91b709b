"""Prometheus: its configuration, its command line and its simulated past."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from golive_demo.history import DAYS, write_openmetrics
from golive_demo.processes import StartError, tie_to_parent

SCRAPE_INTERVAL_S = 2
_BACKFILL_TIMEOUT_S = 60
# One block for a month instead of 360 of two hours each: 1.5 s instead of 80.
_BLOCK_DURATION = "768h"


@dataclass(frozen=True, slots=True)
class MonitoringPlan:
    """`targets` maps a job to its host:port; `rules` is None when there is no rule file.

    `alertmanager`: the URL to send alerts to, if there is one.
    """

    folder: Path
    port: int
    targets: Mapping[str, str]
    rules: Path | None
    alertmanager: str | None = None

    @property
    def data(self) -> Path:
        """Where the samples are stored."""
        return self.folder / "data"


def configuration(plan: MonitoringPlan) -> str:
    """prometheus.yml, written as JSON, which YAML contains.

    The instance is fixed, not the port of the day, so that the present continues the series of
    the simulated past.
    """
    jobs = [
        {
            "job_name": job,
            "static_configs": [{"targets": [address]}],
            "relabel_configs": [{"target_label": "instance", "replacement": f"{job}-0"}],
        }
        for job, address in plan.targets.items()
    ]
    every = f"{SCRAPE_INTERVAL_S}s"
    document: dict[str, object] = {
        "global": {
            "scrape_interval": every,
            "scrape_timeout": every,
            "evaluation_interval": "5s",
        },
        "rule_files": [str(plan.rules)] if plan.rules else [],
        "scrape_configs": jobs,
    }
    if plan.alertmanager is not None:
        receiver = {"targets": [plan.alertmanager.removeprefix("http://")]}
        document["alerting"] = {"alertmanagers": [{"static_configs": [receiver]}]}
    return json.dumps(document, indent=2)


def command(prometheus: str, plan: MonitoringPlan) -> list[str]:
    """Write the configuration and return the command line."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    path = plan.folder / "prometheus.yml"
    path.write_text(configuration(plan), encoding="utf-8")
    return [
        prometheus,
        f"--config.file={path}",
        f"--storage.tsdb.path={plan.data}",
        "--storage.tsdb.retention.time=40d",
        f"--web.listen-address=127.0.0.1:{plan.port}",
        "--log.level=warn",
    ]


def all_targets_up(answer: bytes) -> bool:
    """Whether Prometheus' list of targets is not empty and every one of them is healthy."""
    targets = json.loads(answer)["data"]["activeTargets"]
    return bool(targets) and all(target["health"] == "up" for target in targets)


def backfill(
    promtool: str, folder: Path, error_ratios: tuple[float, float], env: Mapping[str, str]
) -> str:
    """Write the simulated past into the data folder; return its description for the facts.

    *error_ratios*: share of 5xx over the whole past, and on top of it in the last hours.

    Raises StartError when promtool refuses it.
    """
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    source = folder / "history.om"
    end = time.time() - 30
    samples = write_openmetrics(source, end, *error_ratios)
    flag = f"--max-block-duration={_BLOCK_DURATION}"
    try:
        done = subprocess.run(  # noqa: S603 - our own command line
            [promtool, "tsdb", "create-blocks-from", "openmetrics", "-q", flag, source, data],
            capture_output=True,
            text=True,
            timeout=_BACKFILL_TIMEOUT_S,
            check=False,
            env=dict(env),
            preexec_fn=tie_to_parent(),  # safe: this process has one thread
        )
    except subprocess.TimeoutExpired:
        msg = f"promtool took more than {_BACKFILL_TIMEOUT_S} s"
        raise StartError(msg) from None
    if done.returncode != 0:
        msg = f"promtool ended with code {done.returncode} and wrote no history"
        raise StartError(msg, done.stderr.strip())
    source.unlink()
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end))
    ratio = " plus a recent ".join(f"{r:.4%}" for r in error_ratios if r)
    return (
        f"simulated, {DAYS} days ending {stamp}, {ratio} of API answers are 5xx, {samples} samples"
    )
