"""What looks like a credential: by the name that it goes under, or by its own form."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode

MARK = "<masked: "
"""Every marker begins so; it may stand within a longer text."""
PLACEHOLDER = "<masked: placeholder>"
NOT_BASE64 = "<masked: not base64>"
_MARKER = re.compile(r"<masked: [^>\n]*>")

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def _words(text: str) -> list[str]:
    return text.split()


_CREDENTIAL = frozenset(
    _words(
        """
    PASSWORD PASSWD PASSPHRASE PASS PWD SECRET TOKEN APIKEY CREDENTIAL CREDENTIALS AUTHTOKEN
    ACCESSKEY SECRETKEY PRIVATEKEY AUTHORIZATION
"""
    )
)
_KEYS_OF_DATA = frozenset(
    _words(
        """
    PUBLIC PRIMARY FOREIGN PARTITION SORT CACHE ROUTING IDEMPOTENCY GROUP INDEX HASH ROW SHARD
    COMPOSITE SESSION CONFIG OBJECT BUCKET MESSAGE FEATURE LABEL TOPOLOGY
"""
    )
)
# What such a name ends in when its value is about a credential and is none.
_ABOUT = frozenset(
    _words(
        """
    NAME FILE PATH DIR FOLDER URL URI ENDPOINT HOST PORT HEADER TTL EXPIRY EXPIRATION EXPIRES
    EXPIRE MINUTES SECONDS HOURS DAYS MS LENGTH SIZE LIMIT ENABLED DISABLED REQUIRED TYPE ALGORITHM
    ALG REF ISSUER AUDIENCE MAX MIN COUNT POLICY ROTATION INTERVAL TIMEOUT VERSION STORE BACKEND
    PROVIDER MANAGER PREFIX SUFFIX FORMAT MODE LOCATION CLASS SCOPE SCOPES METHOD FIELD VAR RATE
    HASHER AUDIENCES NAMES
"""
    )
)
_REFERENCE = re.compile(
    r"\$\(.*\)|\$\{.*|\{\{.*|%\(.*|<%.*|[./~].*/.*|/[\w.-]+|(?:file|vault|op|env|ref\+\w+|secretref"
    r"|awssm|gcpsm|arn|projects)(?:://|:|/).*|https?://[^@]*|true|false|yes|no|on|off|read|write"
    r"|inherit|<masked: .*",
    re.IGNORECASE | re.DOTALL,
)
_PLACEHOLDER = re.compile(
    r"change[-_ ]?(?:me|this|it)|replace|example|placeholder|your[-_ ]|my[-_ ]?(?:secret|password"
    r"|key|token)|to[-_ ]?do\b|dummy|fake|sample|insert|redacted|x{4,}|\*{3,}|\.{3,}"
    r"|^<[^>]*>$|^\[[^\]]*\]$",
    re.IGNORECASE,
)
_EMPTY_LIKE = re.compile(
    r"(?:none|null|nil|n/?a|tbd|x+|-+|_+|foo|bar|test|secret|password|passwd|token|key|(.)\1{3,})",
    re.IGNORECASE,
)
_FORMS = re.compile(
    r"\bsk-[A-Za-z0-9_-]{16,}|\b[rs]k_(?:live|test)_[0-9A-Za-z]{16,}|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{20,}|\bxox[abeposr]-[\w-]{10,}"
    r"|\bAIza[\w-]{35}|\bhf_[A-Za-z0-9]{30,}|\bnpm_[A-Za-z0-9]{36}|\bSG\.[\w-]{16,}\.[\w-]{16,}"
    r"|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"
    r"|(?<=hooks\.slack\.com/services/)[\w/]{10,}|(?<=hooks\.slack\.com/workflows/)[\w/]{10,}"
    r"|(?<=hooks\.slack\.com/triggers/)[\w/]{10,}|(?<=\.webhook\.office\.com/)[\w/@-]{10,}"
    r"|(?<=discord\.com/api/webhooks/)[\w/-]{10,}|(?<=discordapp\.com/api/webhooks/)[\w/-]{10,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----(?:.*?-----END [A-Z ]*PRIVATE KEY-----|.*)",
    re.DOTALL,
)
_USERINFO = re.compile(r"(?<=://)([^\s/:@\"'`]*):([^\s/@\"'`]+)(?=@[\w\[${(<.-])")
_QUERY = re.compile(
    r"(?<=[?&])((?:\w+[-_])?(?:token|secret|password|passwd|api[-_]?key|access[-_]?key|signature)"
    r"|(?:key|sig)(?==[^\s&#\"'`<>]{16}))=([^\s&#\"'`<>]{6,})",
    re.IGNORECASE,
)
"""Part of an address that is as good as a password, as web hooks have it."""
_SIGNS = (
    *("sk-", "k_live_", "k_test_", "AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
    *("github_pat_", "glpat-", "xox", "AIza", "hf_", "npm_", "SG.", "eyJ", "hooks.slack.com"),
    *("PRIVATE KEY", ".webhook.office.com", "/api/webhooks/"),
)


def suspicious(text: str) -> bool:
    """Whether *text* may hold what :func:`mask_text` replaces; far cheaper than to look."""
    if "://" in text and ("@" in text or ("?" in text and _QUERY.search(text) is not None)):
        return True
    return _signed(text)


def _signed(text: str) -> bool:
    """Whether a beginning of one of the forms is in *text*; a loop, as most texts are short."""
    for sign in _SIGNS:  # noqa: SIM110 - any() takes twice as long
        if sign in text:
            return True
    return False


def is_masked(value: object) -> bool:
    """Whether *value* is or holds a marker in the place of a credential."""
    return isinstance(value, str) and MARK in value


def names_credential(name: str) -> bool:
    """Whether a variable or key of that *name* holds a credential, going by its words."""
    words = [w.upper() for w in _WORD.findall(name)]
    if not words or words[-1] in _ABOUT:
        return False
    if words[-1] == "KEY":
        return len(words) > 1 and words[-2] not in _KEYS_OF_DATA
    if len(words) == 1 and words[0] in ("PASS", "PWD"):
        # PWD alone is the working directory.
        return bool(words[0] == "PASS")
    return not _CREDENTIAL.isdisjoint(words)


def marker(value: str) -> str:
    """What stands for the credential *value*: a placeholder, or how long it is."""
    if is_placeholder(value):
        return PLACEHOLDER
    return f"{MARK}{len(value)} characters>"


def is_placeholder(value: str) -> bool:
    """Whether *value* is what people write until the real one is known."""
    text = value.strip()
    empty = not text or _EMPTY_LIKE.fullmatch(text) is not None
    return empty or _PLACEHOLDER.search(text) is not None


def mask_named(name: str, value: str) -> str:
    """*value* of the variable *name*: a marker where it is a credential in plain text.

    Empty values, paths, addresses, booleans and references to a value elsewhere stay.
    """
    named = bool(value) and names_credential(name)
    if named and not _REFERENCE.fullmatch(value.strip()):
        return marker(value)
    return mask_text(value)


def mask_text(text: str) -> str:
    """*text* with a marker for every credential of a known form in it; its lines stay its lines.

    Forms: keys of well-known providers, JSON web tokens, private keys in PEM, the password of
    ``scheme://user:password@host``, and what web hooks carry in path or query
    (``https://host/send?token=...``).
    """
    masked = _FORMS.sub(_masked_form, text) if _signed(text) else text
    if "://" in text and "?" in text:
        masked = _QUERY.sub(_masked_query, masked)
    return _USERINFO.sub(_masked_userinfo, masked) if "@" in text else masked


def _masked_form(found: re.Match[str]) -> str:
    return marker(found[0]) + "\n" * found[0].count("\n")


def _masked_query(found: re.Match[str]) -> str:
    name, value = found.groups()
    if _REFERENCE.fullmatch(value) or value.startswith(("$", "{", "%")):
        return found[0]
    return f"{name}={marker(value)}"


def _masked_userinfo(found: re.Match[str]) -> str:
    user, password = found.groups()
    if _REFERENCE.fullmatch(password) or password.startswith(("$", "{", "%")):
        return found[0]
    return f"{user}:{marker(password)}"


def mask_base64(value: str) -> str:
    """The marker for *value* of ``data`` in a Secret, which is base64."""
    text = "".join(value.split())
    if not text:
        return value
    if _MARKER.fullmatch(value):
        return value
    try:
        decoded = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return NOT_BASE64
    return marker(decoded.decode("utf-8", "replace"))
