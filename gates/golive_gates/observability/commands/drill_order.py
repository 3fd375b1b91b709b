"""From the options of ``golive alerts drill`` to a drill that somebody allowed. I/O: files."""

from __future__ import annotations

import asyncio
import os
import secrets as random_source
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from golive.api import Config, Grant, Permission, Reason, Unavailable
from golive.authorisation import permitted
from golive.config.model import Auth, Tls
from golive.config.quantities import QuantityError, check_url, parse_duration
from golive.errors import UsageError
from golive.sanitize import clean
from golive.secrets import Redactor, SecretError, resolve
from golive_gates.observability.live.drilling import Order
from golive_gates.observability.live.settings import Alertmanager
from golive_gates.observability.observers.drill import labels_of, order_of
from golive_gates.observability.parts import Alerting

GATE = "observability"


@dataclass(frozen=True, slots=True)
class Options:
    """What was given on the command line; ``None`` and empty: not given."""

    url: str | None = None
    config: Path | None = None
    webhook: str | None = None
    labels: tuple[str, ...] = ()
    within: str | None = None
    resolved_within: str | None = None
    token: str | None = None
    authorised_by: str | None = None
    ca: Path | None = None
    insecure: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A drill with leave to do it. ``redact`` keeps its credentials out of what is printed."""

    order: Order
    grant: Grant
    headers: Mapping[str, str]
    verify: bool
    ca: Path | None
    redact: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class _Known:
    """What golive.yaml says."""

    config: Config | None = None
    base: Path = Path()
    asked: Alertmanager | None = None


def prepare(options: Options) -> Prepared:
    """The drill that *options* ask for. Raises ``UsageError`` and ``ConfigError``."""
    known = _Known() if options.config is None else _read(options.config)
    asked = _asked(options, known)
    headers, secrets = _credentials(options, known, asked)
    grant = _leave(options, known, asked.url)
    drill = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{random_source.token_hex(4)}"
    tls = asked.tls
    ca = options.ca or (known.base / tls.ca if tls.ca else None)
    return Prepared(
        order_of(asked, labels_of(asked, _files(known, asked)), drill, None),
        grant,
        headers,
        tls.verify and not options.insecure,
        ca,
        Redactor(secrets).text,
    )


def _read(path: Path) -> _Known:
    from golive.config.loader import load_config
    from golive.config.overrides import overrides_from_environment
    from golive.discovery import discover_gates

    gates = discover_gates()
    loaded = load_config(
        path,
        gates.settings_types,
        overrides=overrides_from_environment(os.environ),
        known_checks=gates.check_ids,
    )
    asked = getattr(loaded.settings.get(GATE), "alertmanager", None)
    return _Known(loaded.config, loaded.base, asked if isinstance(asked, Alertmanager) else None)


def _asked(options: Options, known: _Known) -> Alertmanager:
    url = options.url or (known.asked.url if known.asked is not None else None)
    if url is None:
        msg = "no Alertmanager is named"
        hint = "give its URL, or --config with gates.observability.alertmanager"
        raise UsageError(msg, hint)
    try:
        # What is typed may hold a password, so the message does not repeat it.
        check_url(url)
    except QuantityError as error:
        msg = f"URL of the Alertmanager: {error.message}"
        raise UsageError(msg, error.hint or "write http://HOST:PORT") from None
    same = known.asked is not None and known.asked.url == url
    # What was written for one Alertmanager, its credentials above all, is not for another.
    asked = known.asked if known.asked is not None and same else Alertmanager(url, tls=Tls())
    try:
        return replace(
            asked,
            webhook_listen=options.webhook or asked.webhook_listen,
            labels=_labels(options.labels) or asked.labels,
            within=_seconds(options.within, "--within", asked.within),
            resolved_within=_seconds(
                options.resolved_within, "--resolved-within", asked.resolved_within, zero=True
            ),
        )
    except ValueError as error:
        msg = f"--webhook {error}"
        raise UsageError(msg, "write --webhook 127.0.0.1:9099") from None


def _labels(given: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or not name.replace("_", "a").isalnum() or name[0].isdigit():
            msg = f"--label {clean(text, 80)} is no label"
            raise UsageError(msg, "write --label severity=critical")
        found[name] = value
    if found and "alertname" not in found:
        found["alertname"] = "GoliveDrill"
    return found


def _seconds(text: str | None, option: str, default: float, *, zero: bool = False) -> float:
    if text is None:
        return default
    try:
        return parse_duration(text, zero=zero)
    except ValueError as error:
        msg = f"{option} {clean(text, 40)}: {error}"
        raise UsageError(msg, f"write {option} 90s") from None


def _credentials(
    options: Options, known: _Known, asked: Alertmanager
) -> tuple[dict[str, str], tuple[str, ...]]:
    auth, base = None, known.base
    if options.token is not None:
        auth, base = Auth(options.token), Path()
    elif asked.client:
        target = known.config.target if known.config is not None else None
        auth = target.clients.get(asked.client) if target is not None else None
        if auth is None:
            msg = f"target.clients has no entry {asked.client!r}"
            raise UsageError(msg, "add it, or give --token")
    if auth is None:
        return {}, ()
    try:
        secret = resolve(auth.token, base)
    except SecretError as error:
        msg = f"{error.reference}: {error.message}"
        raise UsageError(msg, error.hint or "write env:NAME or file:PATH") from None
    value = f"{auth.scheme} {secret.reveal()}" if auth.scheme else secret.reveal()
    return {auth.header: value}, (secret.reveal(),)


def _leave(options: Options, known: _Known, url: str) -> Grant:
    entries = known.config.authorisations if known.config is not None else ()
    if options.authorised_by is not None:
        entries = tuple(e for e in entries if e.by == options.authorised_by)
    today = datetime.now(UTC).date()
    found = asyncio.run(permitted(entries, today, Permission.ALERTS, url))
    if isinstance(found, Grant):
        return found
    raise UsageError(_sentence(found), _hint(found.reason))


def _sentence(found: Unavailable) -> str:
    from golive.texts import core_catalogue

    return core_catalogue("en").reason(found.reason)


def _hint(reason: Reason) -> str:
    if reason.code == "core.not-authorised":
        return (
            "name a golive.yaml with --config whose `authorisations` have an entry for it: "
            "hosts, allows: [alerts], by, until"
        )
    return "nothing was sent; look at the URL and at the authorisation"


def _files(known: _Known, asked: Alertmanager) -> Alerting | Unavailable:
    """The rules of the files, for the labels of a critical alert; only where they are needed."""
    nothing = Unavailable(Reason("core.needs-files"), kind="absent")
    if known.config is None or asked.labels or not known.config.files:
        return nothing
    from golive.sources.reading import read_release

    tree = read_release(known.config.files, known.base)
    return Alerting(tree.files, tree.documents, tree.objects, tree.problems)
