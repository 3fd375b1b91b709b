"""From options to one request template, with its secrets kept out of whatever is printed."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from golive.cli.failures import redact_traces
from golive.cli.probe_options import Preset
from golive.config.quantities import parse_duration
from golive.errors import UsageError
from golive.probe.exchange import parse_json
from golive.probe.load import Request
from golive.probe.trace import ANTHROPIC_MESSAGES, OPENAI_CHAT, StreamRules
from golive.sanitize import clean
from golive.secrets import MIN_LENGTH, Redactor, SecretError, resolve

HIDDEN = "***"
MAX_FILE = 16 << 20

PLAIN = StreamRules(content_events=("content", "message"))
_PRESETS = {
    Preset.OPENAI: OPENAI_CHAT,
    Preset.ANTHROPIC: ANTHROPIC_MESSAGES,
    Preset.PLAIN: PLAIN,
}
_SECRET_HEADER = re.compile(
    r"authorization|cookie|token|secret|password|signature|api-?key|-key$", re.IGNORECASE
)
_SECRET_PARAMETER = re.compile(
    r"([?&][^=&#]*(?:token|secret|password|signature|key|sig|code)=)[^&#]+", re.IGNORECASE
)
# Longer text is cut before the costly search for secrets; excerpts are far shorter.
_EXCERPT_WINDOW = 4096


@dataclass(frozen=True, slots=True)
class RequestOptions:
    """The options shared by ``probe sse`` and ``load``, as they were given."""

    url: str
    method: str | None = None
    headers: tuple[str, ...] = ()
    data: str | None = None
    token: str | None = None
    events: tuple[str, ...] = ()
    field: str | None = None
    end_event: str | None = None
    preset: Preset | None = None
    expect: str | None = None
    timeout: str = "60s"
    insecure: bool = False
    ca: Path | None = None

    @property
    def reads_stream(self) -> bool:
        """Whether an option was given that makes sense for an event stream alone."""
        given = (self.events, self.field, self.end_event, self.preset)
        return any(value not in (None, ()) for value in given)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that can be sent, and what a reader may see of it.

    *shown_headers* and *shown_url* hold no credentials. *redact* removes them from other text.
    """

    request: Request
    verify: bool
    ca_file: str | None
    shown_url: str
    shown_headers: tuple[tuple[str, str], ...]
    redact: Callable[[str], str]

    @property
    def holds_credentials(self) -> bool:
        """Whether a header or a parameter of the URL looks as if it held one."""
        return HIDDEN in self.shown_url or any(v == HIDDEN for _, v in self.shown_headers)

    def at(self, address: str) -> Prepared:
        """The same, connecting to *address* whatever the name resolves to by then."""
        return replace(self, request=replace(self.request, address=address))

    def excerpt(self, text: str, limit: int = 400) -> str:
        """Outside text as one visible line without secrets."""
        # Cleaning may join what was apart, so secrets are looked for on both sides of it.
        return self.redact(clean(self.redact(text[:_EXCERPT_WINDOW]), limit))


def prepare(options: RequestOptions, *, stream: bool) -> Prepared:
    """The request that *options* describe. Raises ``UsageError``."""
    from golive import __version__

    written = [_header(text) for text in options.headers]
    token = _token(options.token)
    if token is not None:
        if any(name.lower() == "authorization" for name, _ in written):
            raise UsageError("--token and -H Authorization exclude each other", "give one of them")
        written.append(("Authorization", f"Bearer {token}"))
    redact = _redactor(written, options.url)
    redact_traces(redact)
    names = {name.lower() for name, _ in written}
    own = (("User-Agent", f"golive/{__version__}"),) if "user-agent" not in names else ()
    body = _body(options.data)
    try:
        request = Request(  # A body of JSON null would read as none.
            method=(options.method or ("GET" if options.data is None else "POST")).upper(),
            url=options.url,
            headers=(*own, *written),
            json=body,
            body=b"null" if options.data is not None and body is None else None,
            rules=rules_of(options) if stream else None,
            timeout=seconds(options.timeout, "--timeout"),
            known_answer=None if options.expect is None else _text(options.expect, "--expect-text"),
        )
    except ValueError as error:
        raise UsageError(redact(clean(str(error))), "see --help for the form of each option") from (
            None
        )
    _check_authorities(options.ca)
    return Prepared(
        request=request,
        verify=not options.insecure,
        ca_file=None if options.ca is None else str(options.ca),
        shown_url=redact(shown_url(options.url)),
        shown_headers=tuple((n, _shown_value(n, v, redact)) for n, v in request.headers),
        redact=redact,
    )


def reads_streams(options: RequestOptions, asked: bool | None) -> bool:
    """Whether answers are event streams: as *asked*, or as the other options imply."""
    if asked is False and options.reads_stream:
        raise UsageError(
            "--plain contradicts the options that read a stream",
            "drop --plain, or --preset, --event, --field and --end-event",
        )
    return options.reads_stream if asked is None else asked


def rules_of(options: RequestOptions) -> StreamRules:
    """How to read the stream: the preset, and what the options say otherwise."""
    limit = seconds(options.timeout, "--timeout")
    rules = replace(_PRESETS[options.preset or Preset.PLAIN], timeout=limit)
    if options.events:
        rules = replace(rules, content_events=options.events)
    if options.field is not None:
        rules = replace(rules, content_field=options.field or None)
    if options.end_event is not None:
        rules = replace(rules, terminal_event=options.end_event, terminal_data=None)
    return rules


def seconds(text: str, option: str, *, zero: bool = False) -> float:
    """A duration option in seconds; 0 only with *zero*. Raises ``UsageError``."""
    try:
        return parse_duration("0s" if text == "0" else text, zero=zero)
    except ValueError as error:
        msg = f"{option} {clean(text, 40)}: {error}"
        raise UsageError(msg, f"write {option} 500ms, 5s or 2m") from None


def shown_url(url: str) -> str:
    """*url* on one line, without credentials in it and without values that look secret."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return clean(url.rpartition("@")[2], 80)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    return clean(_SECRET_PARAMETER.sub(rf"\1{HIDDEN}", urlunsplit(bare)), 1000)


def _check_authorities(ca: Path | None) -> None:
    if ca is None:
        return
    import ssl  # only where a file is named

    try:
        ssl.create_default_context(cafile=ca)
    except OSError as error:
        why = "no certificate in it" if isinstance(error, ssl.SSLError) else error.strerror
        msg = f"--ca {ca}: {why}"
        raise UsageError(msg, "name a PEM file with the authorities to trust") from None


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        # What stands here may be a credential.
        raise UsageError("-H: a header without a colon", "write -H 'Name: value'")
    if any(ord(char) < 0x20 or ord(char) == 0x7F for char in text):
        msg = f"-H {clean(name)}: a control character in a header"
        raise UsageError(msg, "write it on one line")
    return name.strip(), value.strip()


def _token(reference: str | None) -> str | None:
    if reference is None:
        return None
    try:
        secret = resolve(reference, Path())
    except SecretError as error:
        msg = f"--token: {error}"
        raise UsageError(msg, "write --token env:NAME or --token file:PATH") from None
    for warning in secret.warnings:
        sys.stderr.write(f"note: {warning}\n")
    value = secret.reveal()
    if not value.isascii():
        msg = f"--token {reference}: holds characters that a header cannot carry"
        raise UsageError(msg, "look for a wrong file or a stray character in the secret")
    return value


def _redactor(headers: Sequence[tuple[str, str]], url: str) -> Callable[[str], str]:
    """Removes each credential, and the part of it after a scheme such as Bearer."""
    values: set[str] = {m[0].partition("=")[2] for m in _SECRET_PARAMETER.finditer(url)}
    for name, value in headers:
        if _SECRET_HEADER.search(name):
            bare = value.rpartition(" ")[2] if "authorization" in name.lower() else value
            values |= {value, bare}
            if len(bare) < MIN_LENGTH:
                sys.stderr.write(
                    f"note: the value of {clean(name)} is too short to be found again in what "
                    "the server says\n"
                )
    return Redactor(v for v in values if len(v) >= MIN_LENGTH).text


def _shown_value(name: str, value: str, redact: Callable[[str], str]) -> str:
    return HIDDEN if _SECRET_HEADER.search(name) else redact(clean(value))


def _body(data: str | None) -> object:
    if data is None:
        return None
    try:
        return parse_json(_text(data, "--data"))
    except ValueError as error:
        msg = f"--data is not JSON: {clean(str(error), 200)}"
        raise UsageError(msg, 'write -d \'{"key": "value"}\' or -d @FILE') from None


def _text(value: str, option: str) -> str:
    """*value* itself, or the content of the file that ``@FILE`` names (``@-``: stdin)."""
    if not value.startswith("@"):
        return value
    name = value[1:]
    try:
        if name == "-":
            return sys.stdin.read(MAX_FILE)
        file = Path(name)
        if file.is_file() and file.stat().st_size > MAX_FILE:
            msg = f"{option} {value}: larger than {MAX_FILE} bytes"
            raise UsageError(msg)
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        msg = f"{option} {value}: {why}"
        raise UsageError(msg, "name a file that can be read, in UTF-8") from None


def dump(document: object) -> str:
    """*document* as the JSON that goes to stdout."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
