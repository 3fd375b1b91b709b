"""``python -m golive_demo``: start the generator and keep it up until told to stop.

Exit codes: 0 stopped as asked, 1 a component failed, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import os
import select
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from golive_demo.broken import (
    HEALTHY,
    RELEASE_VARIANTS,
    VARIANTS,
    UnknownVariantError,
    Variant,
    variant,
)
from golive_demo.facts import Facts, TemplateError, publish
from golive_demo.processes import StartError
from golive_demo.ratelimit import DEFAULT_RATE_LIMIT, RateLimit
from golive_demo.supervisor import MissingProgramError, Options, Stack

_WATCH_INTERVAL_S = 0.3
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class _Stopped(BaseException):
    """A stop signal came; not an Exception, so that nothing on the way swallows it."""


def _ignore_signals() -> None:
    for name in _SIGNALS:
        signal.signal(name, signal.SIG_IGN)


def _on_signal(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - signal's shape
    _ignore_signals()  # the clean-up that follows must not be interrupted by a second one
    raise _Stopped


def _rate_limit(text: str) -> RateLimit:
    try:
        return RateLimit.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="golive_demo", description=__doc__)
    add = parser.add_argument
    add("--broken", metavar="NAME", help="break exactly one thing (see --list-broken)")
    add("--list-broken", action="store_true", help="print the variants and exit")
    add("--rate-limit", type=_rate_limit, default=DEFAULT_RATE_LIMIT, help="default: 200/60s")
    add("--heartbeat", type=float, default=1.0, help="seconds between SSE comments")
    add("--serve", action="store_true", help="print the addresses on stdout once ready")
    add("--workdir", type=Path, help="an empty folder to keep; default: a temporary one")
    add("--ready-file", type=Path, help="where to write the facts as JSON once ready")
    add("--stop-with-stdin", action="store_true", help="stop when stdin, a pipe, is closed")
    add("--no-front", action="store_true", help="do not start nginx")
    add("--no-prometheus", action="store_true", help="do not start Prometheus")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.list_broken:
        for entry in (*VARIANTS.values(), *RELEASE_VARIANTS.values()):
            sys.stdout.write(f"{entry.name}\t{entry.description}\n")
        return 0
    try:
        chosen = variant(options.broken) if options.broken else HEALTHY
    except UnknownVariantError as error:
        return _complain(str(error), 2)
    if options.workdir and options.workdir.exists() and any(options.workdir.iterdir()):
        return _complain(f"the work folder is not empty: {options.workdir}", 2)
    return _run(options, chosen)


def _run(options: argparse.Namespace, chosen: Variant) -> int:
    parent = os.getppid()
    temporary = options.workdir is None
    workdir = Path(tempfile.mkdtemp(prefix="golive-demo-")) if temporary else options.workdir
    workdir.mkdir(parents=True, exist_ok=True)
    stack = Stack(
        Options(
            workdir=workdir.resolve(),
            variant=chosen,
            rate_limit=options.rate_limit,
            front=not options.no_front,
            prometheus=not options.no_prometheus,
            heartbeat_s=options.heartbeat,
        )
    )
    try:
        for name in _SIGNALS:
            signal.signal(name, _on_signal)
        facts = stack.start()
        publish(facts, options.ready_file)
        if options.serve:
            _print_addresses(facts)
        _watch(stack, parent, with_stdin=options.stop_with_stdin)
    except _Stopped:
        return 0
    except MissingProgramError as error:
        return _complain(str(error), 2)
    except StartError as error:
        # The log first: the last line is the one that says what happened.
        return _complain(str(error), 1, error.log)
    except (TemplateError, OSError) as error:
        return _complain(str(error), 1)
    else:
        return 0
    finally:
        _ignore_signals()
        stack.stop()
        if temporary:
            shutil.rmtree(workdir, ignore_errors=True)


def _watch(stack: Stack, parent: int, *, with_stdin: bool) -> None:
    """Stay until a signal, or until the parent or, if asked for, stdin goes away.

    Raises StartError when a component ends by itself.
    """
    while os.getppid() == parent:
        stack.tend()
        if not with_stdin:
            time.sleep(_WATCH_INTERVAL_S)
            continue
        readable, _, _ = select.select([0], [], [], _WATCH_INTERVAL_S)
        if readable and not os.read(0, 4096):
            return


def _print_addresses(facts: Facts) -> None:
    rows = {
        "front": facts.front,
        "project-service": facts.project_service,
        "generation-service": facts.generation_service,
        "prometheus": facts.prometheus,
        "alertmanager": facts.alerting.alertmanager,
        "provider-stub": facts.provider_stub,
        "token file": str(facts.token_file),
        **{f"token of {n}": str(facts.token_file_of(n)) for n in facts.other_tokens},
        "configuration": str(facts.config),
    }
    for name, value in rows.items():
        sys.stdout.write(f"{name:<20} {value or '(not running)'}\n")
    sys.stdout.flush()


def _complain(message: str, code: int, log: str = "") -> int:
    if log:
        sys.stderr.write(f"the end of its log:\n{log}\n")
    sys.stderr.write(f"golive_demo: {message}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
