"""SIGINT and SIGTERM: the first asks the run to stop and write what it has, the second ends it."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_NOTICE = b"\nstopping; what was seen is being written (again to leave at once)\n"
_STOP, _END = b"s", b"e"


@contextmanager
def interrupting(stop: Callable[[], None]) -> Iterator[None]:
    """Call *stop*, in a thread of its own, on the first signal; leave with 130 on the second.

    Outside the main thread, where no signal arrives, nothing is done.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    reader, writer = os.pipe()
    seen = False

    def on_signal(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        # The main thread may hold any lock right now, that of stderr included, so nothing here
        # takes one: the pipe hands the work over.
        nonlocal seen
        if seen:
            os._exit(130)
        seen = True
        with contextlib.suppress(OSError):
            os.write(2, _NOTICE)
        os.write(writer, _STOP)

    def watch() -> None:
        if os.read(reader, 1) == _STOP:
            stop()

    watcher = threading.Thread(target=watch, name="interrupts", daemon=True)
    watcher.start()
    before = {s: signal.signal(s, on_signal) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)
        os.write(writer, _END)
        watcher.join()
        os.close(reader)
        os.close(writer)
