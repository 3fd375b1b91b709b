"""The first signal asks the run to stop, and can never deadlock; the second ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from golive.interrupts import interrupting

LONG = 30.0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_stops_the_run_and_says_so(
    number: signal.Signals, capfd: pytest.CaptureFixture[str]
) -> None:
    stopped = threading.Event()
    with interrupting(stopped.set):
        os.kill(os.getpid(), number)
        assert stopped.wait(LONG)
    assert "stopping" in capfd.readouterr().err


def test_the_stop_runs_beside_the_main_thread_whatever_lock_that_holds() -> None:
    """A handler that took a lock its own thread holds would never return."""
    lock = threading.Lock()
    stopped = threading.Event()

    def stop() -> None:
        with lock:
            stopped.set()

    with interrupting(stop):
        with lock:
            os.kill(os.getpid(), signal.SIGINT)
        assert stopped.wait(LONG)


def test_handlers_are_put_back() -> None:
    before = [signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM)]
    with interrupting(lambda: None):
        assert signal.getsignal(signal.SIGINT) is not before[0]
    assert [signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM)] == before


def test_without_a_signal_nothing_is_stopped_and_no_thread_stays() -> None:
    called = threading.Event()
    with interrupting(called.set):
        pass
    assert not called.is_set()
    assert all(t.name != "interrupts" for t in threading.enumerate())


def test_an_exception_inside_goes_through() -> None:
    with pytest.raises(KeyError), interrupting(lambda: None):
        raise KeyError


def test_outside_the_main_thread_nothing_is_done() -> None:
    seen: list[object] = []

    def inside() -> None:
        before = signal.getsignal(signal.SIGINT)
        with interrupting(lambda: None):
            seen.append(signal.getsignal(signal.SIGINT) is before)

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    assert seen == [True]


def test_the_second_signal_leaves_at_once_with_130() -> None:
    script = (
        "import os, signal, threading\n"
        "from golive.interrupts import interrupting\n"
        "stopped = threading.Event()\n"
        "with interrupting(stopped.set):\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    stopped.wait()\n"
        "    print('stopped', flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    threading.Event().wait()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False
    )
    assert (ended.returncode, ended.stdout) == (130, "stopped\n")


def test_a_closed_stderr_is_no_obstacle() -> None:
    script = (
        "import os, signal, threading\n"
        "from golive.interrupts import interrupting\n"
        "stopped = threading.Event()\n"
        "os.close(2)\n"
        "with interrupting(stopped.set):\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    stopped.wait()\n"
        "print('stopped')\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, timeout=30, check=False
    )
    assert ended.stdout == "stopped\n"
