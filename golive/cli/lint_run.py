"""From the options of ``golive lint`` to its record: gates, settings, files, judgement."""

from __future__ import annotations

import difflib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from golive.cli.lint_asked import Asked
from golive.config.loader import load_settings
from golive.config.overrides import Override, override_from_flag, overrides_from_environment
from golive.discovery import LINT_GATE_GROUP, Gates, discover_gates
from golive.errors import NothingToCheck, UsageError
from golive.gate import Gate
from golive.lint_record import LintRecord
from golive.lint_wording import read_catalogues
from golive.linting import LintRequest, lint, static_checks
from golive.sources.tree import SourceTree
from golive.vocabulary import STANDARD_GATES


def look_at(asked: Asked, tree: Callable[[], SourceTree]) -> LintRecord:
    """Judge *tree*, which is asked for when nothing else is left to do.

    Raises ``UsageError``, ``NothingToCheck`` and ``ConfigError``.
    """
    found = discover_gates(LINT_GATE_GROUP)
    gates = chosen(found, asked.gates)
    try:
        checks = _checks(gates, asked.checks)
    except UsageError as error:
        # What was asked for may belong to a gate that could not be loaded.
        broken = [f"gate {k} cannot be loaded: {v}" for k, v in found.broken.items()]
        raise UsageError(str(error), "; ".join((error.hint, *broken))) from error
    settings = load_settings({i: g.settings for i, g in gates.items()}, _overrides(asked))
    request = LintRequest(
        paths=tuple(str(p) for p in asked.paths),
        exclude=asked.exclude,
        severity=asked.severity,
        strict=asked.strict,
        checks=checks,
        broken={k: v for k, v in found.broken.items() if asked.gates is None or k in asked.gates},
    )
    # While other processes still read.
    read_catalogues(gates.values())
    with _busy("reading"):
        found_tree = tree()
    with _busy("judging"):
        return lint(gates, found_tree, settings, request, datetime.now(UTC).date(), asked.jobs)


def chosen(found: Gates, wanted: tuple[str, ...] | None) -> Mapping[str, Gate[Any]]:
    """The gates to run, those with file-based checks only."""
    gates = {i: g for i, g in found.loaded.items() if static_checks(g)}
    if wanted is None:
        if not gates and not found.broken:
            msg = "no installed gate has a file-based check"
            raise NothingToCheck(msg, "install golive with its gates: pip install golive")
        return gates
    for name in wanted:
        if name in gates or name in found.broken:
            continue
        if name in STANDARD_GATES or name in found.loaded:
            msg = f"gate {name!r} has no file-based check"
        else:
            msg = f"unknown gate {name!r:.60}"
        raise UsageError(msg, _near(name, tuple(gates)))
    return {i: g for i, g in gates.items() if i in wanted}


def _checks(
    gates: Mapping[str, Gate[Any]], wanted: tuple[str, ...] | None
) -> tuple[str, ...] | None:
    if wanted is None:
        return None
    known = tuple(c.spec.id for g in gates.values() for c in static_checks(g))
    for name in wanted:
        if name not in known:
            msg = f"no file-based check is called {name!r:.60}"
            raise UsageError(msg, _near(name, known))
    return wanted


def _near(name: str, known: tuple[str, ...]) -> str:
    short = {k.partition(".")[2] or k: k for k in known}
    near = short.get(name) or next(iter(difflib.get_close_matches(name, known, 1)), None)
    if near is not None:
        return f"did you mean {near}?"
    return f"known: {', '.join(known)}" if len(known) < 10 else "`golive list` shows every check"


def _overrides(asked: Asked) -> tuple[Override, ...]:
    """Environment first, then ``--set``, then the options made for one setting."""
    # Variables for other keys are meant for commands that read a configuration.
    given = [o for o in overrides_from_environment(os.environ) if o.path[0] == "gates"]
    given += [override_from_flag(text) for text in asked.overrides]
    if asked.kubernetes is not None:
        versions = [v.strip() for v in asked.kubernetes.split(",") if v.strip()]
        path = ("gates", "manifests", "kubernetes")
        given.append(Override(path, json.dumps(versions), "--kubernetes"))
    if asked.stream_paths:
        path = ("gates", "streaming", "stream_paths")
        given.append(Override(path, json.dumps(list(asked.stream_paths)), "--stream-path"))
    return tuple(given)


@contextmanager
def _busy(what: str) -> Iterator[None]:
    """A sign of life on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield
        return
    # One line, not a spinner: its thread would keep reading and judging from forking.
    sys.stderr.write(f"golive lint: {what} ...")
    sys.stderr.flush()
    try:
        yield
    finally:
        sys.stderr.write("\r\x1b[2K")
        sys.stderr.flush()
