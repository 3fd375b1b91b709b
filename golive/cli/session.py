"""From command-line options to a run: discovery, configuration, secrets, folders."""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import secrets as random_source
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

from golive import __version__
from golive.cli.failures import redact_traces
from golive.cli.records import altered_files
from golive.codec import encode
from golive.config.loader import LoadedConfig, load_config
from golive.config.model import Auth
from golive.config.overrides import override_from_flag, overrides_from_environment
from golive.config.quantities import parse_duration
from golive.config.secret_references import secret_references
from golive.context import Progress, SystemClock
from golive.discovery import Gates, discover_gates
from golive.errors import NothingToCheck, UsageError
from golive.evidence import FileEvidence
from golive.gates_of_run import Choice, UnknownGate, choose
from golive.journal import Journal, recover
from golive.runner import Headers, Setup
from golive.secrets import Redactor, Secret, SecretError, resolve
from golive.sources.reading import read_release
from golive.vocabulary import STANDARD_GATES

RESUMABLE = timedelta(hours=24)
"""How old the beginning of a run may be that is resumed."""


@dataclass(frozen=True, slots=True)
class Session:
    """A checked configuration with the gates it will run."""

    loaded: LoadedConfig
    choice: Choice
    gates: Gates


@dataclass(frozen=True, slots=True)
class Folder:
    """Where a run leaves its files; ``stamp`` is part of their names."""

    root: Path
    stamp: str

    @property
    def record(self) -> Path:
        """The run record."""
        return self.root / f"slo_validation_results_{self.stamp}.json"

    @property
    def report(self) -> Path:
        """The Markdown report."""
        return self.root / f"go-live-status-report_{self.stamp}.md"

    @property
    def journal(self) -> Path:
        """The journal."""
        return self.root / f"journal_{self.stamp}.jsonl"

    @property
    def evidence(self) -> Path:
        """The evidence folder."""
        return self.root / f"evidence_{self.stamp}"


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps of a run from the command line."""

    timeout: str
    max_requests: int
    resume: Path | None = None


def open_session(
    config: Path, selected: tuple[str, ...] | None, overrides: tuple[str, ...] = ()
) -> Session:
    """Discover gates and load the configuration. Raises ``GoliveError`` kinds only."""
    gates = discover_gates()
    if not gates.loaded:
        detail = "; ".join(f"{k}: {v}" for k, v in gates.broken.items()) or "none is installed"
        msg = f"no gate can be loaded ({detail})"
        raise NothingToCheck(msg, "install golive with its gates: pip install golive")
    given = (
        *overrides_from_environment(os.environ),
        *(override_from_flag(text) for text in overrides),
    )
    loaded = load_config(
        config, gates.settings_types, overrides=given, known_checks=gates.check_ids
    )
    try:
        choice = choose(gates, loaded.config.profile.gates, selected)
    except UnknownGate as error:
        raise _unknown_gate(error) from error
    return Session(loaded, choice, gates)


def new_folder(root: Path, moment: datetime) -> Folder:
    """Names for a run that started at *moment*; never those of an earlier run."""
    stamp = moment.astimezone(UTC).strftime("%Y%m%d_%H%M%S")
    folder, number = Folder(root, stamp), 1
    while folder.record.exists() or folder.journal.exists():
        number += 1
        folder = Folder(root, f"{stamp}_{number}")
    return folder


def set_up(session: Session, folder: Folder, limits: Limits, progress: Progress) -> Setup:
    """Resolve secrets and limits; open the journal. Raises ``UsageError``."""
    config, base = session.loaded.config, session.loaded.base
    run_id = f"{folder.stamp}-{random_source.token_hex(4)}"
    target_auth = _auth_headers(config.target.auth if config.target else None, base)
    prometheus_auth = _auth_headers(config.prometheus.auth if config.prometheus else None, base)
    clients = {
        name: _auth_headers(auth, base)
        for name, auth in (config.target.clients if config.target else {}).items()
    }
    credentials = (target_auth, prometheus_auth, *clients.values())
    of_gates = _gate_secrets(session, base)
    redactor = Redactor(
        (
            *(s for c in credentials for s in c.secrets),
            *(s.reveal() for s in of_gates.values()),
        )
    )
    checksum = _checksum(session.loaded)
    recovered = _recover(limits.resume, checksum, folder)
    redact_traces(redactor.text)
    timeout = seconds(limits.timeout, "--timeout")
    try:
        journal = Journal(folder.journal)
    except OSError as error:
        msg = f"cannot write to {folder.root}: {error.strerror or error}"
        raise UsageError(msg, "choose another folder with --out-dir") from error
    return Setup(
        run_id=run_id,
        config=config,
        base=base,
        settings=session.loaded.settings,
        choice=session.choice,
        clock=SystemClock(),
        progress=progress,
        evidence_for=lambda gate: FileEvidence(
            folder.evidence / gate, folder.root, redactor.binary
        ),
        journal=journal,
        sources=cache(partial(read_release, config.files, base)),
        timeout=timeout,
        max_requests=limits.max_requests,
        headers=(("User-Agent", f"golive/{__version__} (run {run_id})"), ("X-Golive-Run", run_id)),
        auth_headers=target_auth.headers,
        prometheus_auth_headers=prometheus_auth.headers,
        clients={name: found.headers for name, found in clients.items()},
        secrets=of_gates,
        config_path=session.loaded.path.name,
        config_sha256=checksum,
        warnings=(
            *(f"gate {k} cannot be loaded: {v}" for k, v in session.gates.broken.items()),
            *dict.fromkeys(w for c in credentials for w in c.warnings),
            *dict.fromkeys(w for s in of_gates.values() for w in s.warnings),
        ),
        redact=redactor.text,
        recovered=recovered,
    )


def _checksum(loaded: LoadedConfig) -> str:
    """SHA-256 of the effective configuration: files, environment and flags together."""
    effective = [encode(loaded.config), encode(loaded.settings)]
    return hashlib.sha256(json.dumps(effective, sort_keys=True).encode()).hexdigest()


def seconds(text: str, option: str) -> float:
    """A duration option in seconds. Raises ``UsageError``."""
    try:
        value = parse_duration(text)
    except ValueError as error:
        msg = f"{option} {text}: {error}"
        raise UsageError(msg, f"write {option} 90s, 30m or 2h") from error
    if value <= 0:
        msg = f"{option} {text}: must be longer than zero"
        raise UsageError(msg, f"write {option} 90s, 30m or 2h")
    return value


@dataclass(frozen=True, slots=True)
class _Credentials:
    headers: Headers = ()
    secrets: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def _auth_headers(auth: Auth | None, base: Path) -> _Credentials:
    if auth is None:
        return _Credentials()
    secret = _secret(auth.token, base)
    value = secret.reveal()
    return _Credentials(
        ((auth.header, f"{auth.scheme} {value}".strip()),), (value,), secret.warnings
    )


def _secret(reference: str, base: Path) -> Secret:
    try:
        secret = resolve(reference, base)
    except SecretError as error:
        msg = f"a secret could not be read: {error}"
        raise UsageError(msg, "set the variable or the file that golive.yaml names") from error
    if not secret.reveal().isascii():
        msg = f"{reference}: holds characters that an HTTP header cannot carry"
        raise UsageError(msg, "look for a wrong file or a stray character in the secret")
    return secret


def _gate_secrets(session: Session, base: Path) -> dict[str, Secret]:
    """What the settings of the gates of this run refer to, by reference."""
    settings = session.loaded.settings
    references = (
        reference
        for gate_id in session.choice.run
        for reference in secret_references(type(settings[gate_id]), settings[gate_id])
    )
    return {reference: _secret(reference, base) for reference in references}


def _recover(path: Path | None, checksum: str, folder: Folder) -> Mapping[str, Mapping[str, Any]]:
    if path is None:
        return {}
    try:
        found = recover(path)
        age = datetime.now(UTC) - datetime.fromisoformat(found.started)
    except (OSError, ValueError) as error:
        msg = f"cannot resume: {error}"
        raise UsageError(msg, "name the journal_*.jsonl of an unfinished run") from error
    if found.finished:
        msg = f"cannot resume {path}: that run was finished"
        raise UsageError(msg, "start a new run")
    if not timedelta(0) <= age <= RESUMABLE:
        msg = f"cannot resume {path}: it is from {found.started}"
        raise UsageError(msg, "start a new run; what was seen a day ago proves nothing today")
    if path.parent.resolve() != folder.root.resolve():
        msg = f"cannot resume {path}: its evidence is not below {folder.root}"
        raise UsageError(msg, f"add --out-dir {path.parent}")
    gone = altered_files(_references(found.parts), path.parent, absent=True)
    if gone:
        msg = f"cannot resume {path}: its evidence {gone[0]} is gone or was changed"
        raise UsageError(msg, "start a new run")
    if found.config_sha256 != checksum:
        msg = f"cannot resume {path}: it was made with another configuration"
        raise UsageError(msg, "start a new run, or use the configuration of that run")
    return found.parts


def _references(data: object) -> dict[str, str]:
    """Every evidence reference inside recorded parts: path to SHA-256."""
    found: dict[str, str] = {}
    if isinstance(data, Mapping):
        if {"path", "sha256", "media_type"} <= data.keys():
            found[str(data["path"])] = str(data["sha256"])
        for value in data.values():
            found |= _references(value)
    elif isinstance(data, list):
        for value in data:
            found |= _references(value)
    return found


def _unknown_gate(error: UnknownGate) -> UsageError:
    if error.name in STANDARD_GATES:
        hint = f"installed gates: {', '.join(error.known)}"
        return UsageError(f"gate {error.name!r} is not installed", hint)
    near = difflib.get_close_matches(error.name, error.known, 1)
    hint = f"did you mean {near[0]}?" if near else f"installed gates: {', '.join(error.known)}"
    return UsageError(f"unknown gate {error.name!r}", hint)
