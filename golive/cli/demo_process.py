"""Start and stop the reference generator as a process: a target is a stranger to golive."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from golive.errors import GoliveError, UsageError

START_SECONDS = 120.0
STOP_SECONDS = 20.0
POLL_SECONDS = 0.05


class DemoFailed(GoliveError):
    """The generator could not be started; nothing was checked."""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class DemoFacts:
    """What the generator says of itself once it is up."""

    config: Path
    addresses: Mapping[str, str]
    missing: tuple[str, ...]
    data: Mapping[str, Any]
    process: subprocess.Popen[bytes]


@contextmanager
def running_demo(*, broken: str | None, rate_limit: str) -> Iterator[DemoFacts]:
    """The generator, up and ready; stopped by its process id afterwards."""
    with tempfile.TemporaryDirectory(prefix="golive-demo-") as scratch:
        ready = Path(scratch) / "ready.json"
        said = Path(scratch) / "said.log"
        process = _start(ready, said, broken=broken, rate_limit=rate_limit)
        try:
            facts = _wait(process, ready, said)
            _tell(facts)
            yield facts
        finally:
            _stop(process)


def serve_demo(*, broken: str | None, rate_limit: str) -> int:
    """Keep the generator up until interrupted, its addresses on stdout."""
    with running_demo(broken=broken, rate_limit=rate_limit) as facts:
        for name, url in facts.addresses.items():
            sys.stdout.write(f"{name:<20} {url}\n")
        sys.stdout.write(f"{'config':<20} {facts.config}\n")
        sys.stdout.write("check it with: golive check -c " + str(facts.config) + "\n")
        sys.stdout.flush()
        return _until_stopped(facts.process)


def list_broken() -> int:
    """Print the variants that the generator knows."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and module
        [*_command(), "--list-broken"], capture_output=True, text=True, timeout=60, check=False
    )
    if done.returncode != 0:
        raise DemoFailed(_last_line(done.stderr), "pip install 'golive[demo]'")
    rows = [line.partition("\t") for line in done.stdout.splitlines() if line.strip()]
    width = max((len(name) for name, _, _ in rows), default=0)
    for name, _, what in rows:
        sys.stdout.write(f"{name:<{width}}  {what}\n")
    return 0


def _until_stopped(process: subprocess.Popen[bytes]) -> int:
    wanted = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
    while signal.sigtimedwait(wanted, POLL_SECONDS * 10) is None:
        code = process.poll()
        if code is not None:
            msg = f"the reference generator ended by itself with {code}"
            raise DemoFailed(msg, "look at what it said before it ended")
    return 0


def _command() -> list[str]:
    missing = [m for m in ("golive_demo", "fastapi", "uvicorn", "chromadb") if not find_spec(m)]
    if missing:
        msg = f"the reference generator needs {', '.join(missing)}"
        raise UsageError(msg, "pip install 'golive[demo]'")
    return [sys.executable, "-m", "golive_demo"]


def _start(
    ready: Path, said: Path, *, broken: str | None, rate_limit: str
) -> subprocess.Popen[bytes]:
    command = [*_command(), "--ready-file", str(ready), "--rate-limit", rate_limit]
    if broken is not None:
        command += ["--broken", broken]
    sys.stderr.write("starting the reference generator ...\n")
    sys.stderr.flush()
    # Its own session: an interrupt at the terminal reaches golive alone, which then stops it.
    # A file, because nobody reads a pipe while the check runs.
    with said.open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command, stdout=subprocess.DEVNULL, stderr=log, start_new_session=True
        )


def _wait(process: subprocess.Popen[bytes], ready: Path, log: Path) -> DemoFacts:
    deadline = time.monotonic() + START_SECONDS
    while not ready.exists():
        code = process.poll()
        if code is not None:
            said = log.read_text(encoding="utf-8", errors="replace")
            if code == 2:
                raise UsageError(_last_line(said), "`golive demo --broken list` lists the variants")
            msg = f"the reference generator ended with {code}: {_last_line(said)}"
            raise DemoFailed(msg, "pip install 'golive[demo]', and look at the line above")
        if time.monotonic() > deadline:
            msg = f"the reference generator was not ready within {START_SECONDS:.0f} s"
            raise DemoFailed(msg, "look for processes that hold its ports, or a slow disk")
        time.sleep(POLL_SECONDS)
    data = json.loads(ready.read_text(encoding="utf-8"))
    addresses = {name: url for name, url in data["addresses"].items() if url}
    missing = tuple(
        f"{name} is not installed ({part.get('hint') or 'no hint'})"
        for name, part in data.get("components", {}).items()
        if not part.get("present", True)
    )
    return DemoFacts(Path(data["config"]), addresses, missing, data, process)


def _tell(facts: DemoFacts) -> None:
    for line in facts.missing:
        sys.stderr.write(f"note: {line}\n")
    for name, url in facts.addresses.items():
        sys.stderr.write(f"  {name:<20} {url}\n")
    for name in ("history", "alerting"):
        if said := facts.data.get(name):
            sys.stderr.write(f"  {name:<20} {said}\n")
    sys.stderr.flush()


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(STOP_SECONDS)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
