"""The ``golive`` program: from its arguments to an exit code, errors included."""

from __future__ import annotations

import os
import signal
import sys

from golive.cli import exits


def run() -> None:
    """Entry point of the console script. Maps every ending to an exit code."""
    # A SIGTERM unwinds like an interrupt, so that what was started is stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    debug = "--debug" in sys.argv[1:] or os.environ.get("GOLIVE_DEBUG", "") not in ("", "0")
    try:
        code = _code()
    except Exception as error:  # noqa: BLE001 - the last line of defence
        raise SystemExit(_explain(error, debug=debug)) from None
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        raise SystemExit(exits.INTERRUPTED) from None
    raise SystemExit(code if isinstance(code, int) else exits.OK)


def _code() -> object:
    """Do what is asked. Imports are late: what reads options takes longer than a small lint."""
    if sys.argv[1:2] == ["lint"]:
        from golive.cli.lint_plain import plainly_asked

        asked = plainly_asked(sys.argv[2:], os.environ)
        if asked is not None:
            from golive.cli.lint_asked import carried_out

            return carried_out(asked)
    from golive.cli.app import app

    return app(standalone_mode=False)


def _explain(error: Exception, *, debug: bool) -> int:
    from golive.cli.failures import explain_failure

    return explain_failure(error, debug=debug)
