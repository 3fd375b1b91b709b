"""A worker process: ``python -m golive.probe.load.worker``.

JSON lines on stdin: the job, then when to start, then perhaps a reason to stop, which
may come before the start as well. JSON lines on
stdout: ready, progress, the result with its records in portions, the end. It ends when its
stdin does, so it never outlives the process that started it.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys

from golive.probe.load.here import StoppedBeforeStartError, run_here
from golive.probe.load.plan import Shard
from golive.probe.load.readiness import LoadUnsupportedError
from golive.probe.load.result import LoadProgress
from golive.probe.load.wire import (
    finite,
    plan_from_wire,
    progress_to_wire,
    records_to_wire,
    result_to_wire,
)

PORTION = 200
_SET_TIMER_SLACK = 29  # PR_SET_TIMERSLACK, linux/prctl.h


class Inbox:
    """Lines from the parent; ``None`` is the end of them."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._rest = b""

    def line(self, at_once: int = 1) -> object:
        """The next line as JSON; waits for it.

        It reads *at_once* bytes: with 1 nothing of the line after it, which would otherwise
        lie here while the loop waits for the descriptor to become readable.
        """
        parts = [self._rest]
        while b"\n" not in parts[-1]:
            data = os.read(self.descriptor, at_once)
            if not data:
                return None
            parts.append(data)
        line, _, self._rest = b"".join(parts).partition(b"\n")
        value: object = json.loads(line)
        return value

    def stop_reason(self) -> str | None:
        """For the engine, when there is something to read."""
        line = self.line()
        if line is None:
            return "the process that started the run is gone"
        return str(line["stop"]) if isinstance(line, dict) and "stop" in line else None


def say(**line: object) -> None:
    """One line to the parent."""
    sys.stdout.write(json.dumps(line, allow_nan=False) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Do the one job that comes in; the exit code."""
    # Ctrl-C goes to the whole group; the parent decides what becomes of the run.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _wake_on_time()
    inbox = Inbox(0)
    job = inbox.line(1 << 16)  # long; before it is answered only a stop may follow
    if not isinstance(job, dict):
        return 1
    try:
        if job.get("job") == "calibrate":
            from golive.probe.load.calibration import measure  # it starts a process of its own

            say(calibration=finite(measure()))
        else:
            _run(job, inbox)
    except (BrokenPipeError, EOFError):
        return 1
    except (LoadUnsupportedError, OSError, ValueError) as error:
        say(problem=f"{type(error).__name__}: {error}")
        return 2
    return 0


def _run(job: dict[str, object], inbox: Inbox) -> None:
    plan = plan_from_wire(job["plan"])
    shard = Shard(*job["shard"])  # type: ignore[misc]

    def start() -> float:
        say(ready=True)
        line = inbox.line()
        if not isinstance(line, dict):
            raise EOFError  # noqa: TRY004 - the parent is gone
        if "stop" in line:
            raise StoppedBeforeStartError(str(line["stop"]))
        return float(line["start"])

    def progress(so_far: LoadProgress) -> None:
        say(progress=progress_to_wire(so_far))

    result = run_here(
        plan,
        progress,
        shard=shard,
        start=start,
        control=(inbox.descriptor, inbox.stop_reason),
    )
    for begin in range(0, len(result.records), PORTION):
        say(records=records_to_wire(result.records[begin : begin + PORTION]))
    say(result=result_to_wire(result, records=False))


def _wake_on_time() -> None:
    """Ask the kernel not to round this process's waits (by 50 us) to save power."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_TIMER_SLACK, 1, 0, 0, 0)


if __name__ == "__main__":
    sys.exit(main())
