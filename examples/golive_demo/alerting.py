"""The release's alerting as the demo runs it: what is changed in it, and nothing else is.

Rules are evaluated as often as the demo scrapes, so that nobody waits for the first time. Every
receiver delivers to one local webhook: the secrets of the real ones are not here, and nothing may
leave this machine. Routes, inhibitions and waiting times before the first message stay.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from golive_demo.monitoring import SCRAPE_INTERVAL_S
from golive_demo.processes import tie_to_parent

RULES, ALERTMANAGER = Path("prometheus/rules.yml"), Path("alertmanager/alertmanager.yml")
GROUP_INTERVAL = "5s"
"""Between two messages about one group, instead of minutes: the end of an alert is one too."""
RULES_NOTE = f"the release's rules, evaluated every {SCRAPE_INTERVAL_S} s instead of every 30"
ROUTING_NOTE = f"its routes, every receiver a local webhook, group_interval {GROUP_INTERVAL}"
_KEPT = ("route", "inhibit_rules", "mute_time_intervals", "time_intervals")
_INTERVAL = re.compile(r"^(\s+(?:- )?interval:\s*)\S+", re.MULTILINE)
_CHECK_TIMEOUT_S = 30


class RefusedError(Exception):
    """A file of the release that its program does not take; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Alerting:
    """What of the release runs. `note` tells what was changed or is missing."""

    rules: Path | None = None
    alertmanager: str | None = None
    webhook: str | None = None
    note: str = ""


def quick_rules(release: Path, folder: Path, promtool: str | None, env: Mapping[str, str]) -> Path:
    """A copy of the rule file that is evaluated at the demo's pace.

    Raises RefusedError where promtool says that Prometheus would not start with it.
    """
    text = (release / RULES).read_text(encoding="utf-8")
    copy = folder / RULES.name
    folder.mkdir(parents=True, exist_ok=True)
    copy.write_text(_INTERVAL.sub(rf"\g<1>{SCRAPE_INTERVAL_S}s", text), encoding="utf-8")
    if promtool is not None:
        told = subprocess.run(  # noqa: S603 - our own command line
            [promtool, "check", "rules", copy],
            capture_output=True,
            text=True,
            timeout=_CHECK_TIMEOUT_S,
            check=False,
            env=dict(env),
            preexec_fn=tie_to_parent(),  # safe: this process has one thread
        )
        if told.returncode != 0:
            msg = f"Prometheus refuses {RULES}: {_last_line(told.stderr)}"
            raise RefusedError(msg)
    return copy


def local_routing(text: str, webhook: str) -> str:
    """alertmanager.yml, as JSON, with `webhook` (host:port) in place of every integration.

    A receiver without one keeps none. Raises RefusedError for what is no configuration at all.
    """
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        msg = f"{ALERTMANAGER} is no YAML: {' '.join(str(error).split())[:200]}"
        raise RefusedError(msg) from None
    if not isinstance(document, dict) or not isinstance(document.get("receivers"), list):
        msg = f"{ALERTMANAGER} has no list of receivers"
        raise RefusedError(msg)
    receivers = [_local(r, f"http://{webhook}/") for r in document["receivers"]]
    kept = {name: _hurried(document[name]) for name in _KEPT if name in document}
    return json.dumps({**kept, "receivers": receivers}, ensure_ascii=False, indent=2)


def _local(receiver: Any, url: str) -> Any:  # noqa: ANN401 - whatever the file holds
    if not isinstance(receiver, dict):
        return receiver
    name = {"name": receiver.get("name")}
    delivers = any(v for k, v in receiver.items() if k.endswith("_configs"))
    return {**name, "webhook_configs": [{"url": url}]} if delivers else name


def _hurried(part: Any) -> Any:  # noqa: ANN401 - whatever the file holds
    if isinstance(part, dict):
        hurried = {"group_interval": GROUP_INTERVAL} if "group_interval" in part else {}
        return {**{k: _hurried(v) for k, v in part.items()}, **hurried}
    return [_hurried(v) for v in part] if isinstance(part, list) else part


def alertmanager_command(program: str, folder: Path, port: int, config: str) -> list[str]:
    """Write the configuration and return the command line; no cluster is looked for."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "alertmanager.json"
    path.write_text(config, encoding="utf-8")
    return [
        program,
        f"--config.file={path}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        "--log.level=warn",
    ]


def all_rules_evaluated(answer: bytes) -> bool:
    """Whether every rule that Prometheus has loaded was evaluated once."""
    rules = [r for g in json.loads(answer)["data"]["groups"] for r in g["rules"]]
    return all(not r["lastEvaluation"].startswith("0001-") for r in rules)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it does not say why"
