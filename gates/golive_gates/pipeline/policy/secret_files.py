"""Files that hold secrets by their name, and those that only show what such a file looks like."""

from __future__ import annotations

import re

WANTED = (".env", "server.key", "private.pem", "keystore.p12")
"""Names of which ``.gitignore`` has to keep each out, wherever it lies. The first one above all."""

_SECRET = re.compile(
    r"""(?xi)
    \.env | \.env\.(?:\w+\.)?(?:local|prod|production|live|staging|secrets?)
    | id_(?:rsa|dsa|ecdsa|ed25519) | [\w.-]+\.key | [\w.-]*(?:priv|key)[\w.-]*\.pem
    | [\w.-]+\.(?:p12|pfx|jks|keystore|kdbx|ppk) | \.pgpass | \.netrc | \.htpasswd
    | service[-_]account[\w.-]*\.json | (?:gcp|aws)?[-_]?credentials\.(?:json|csv) | kubeconfig
    """
)
_SHOWN = re.compile(r"(?i)(?:^|[._-])(?:example|sample|template|tmpl|dist|defaults?)(?:[._-]|$)")
_PUBLIC = re.compile(r"(?i)(?:^|[._-])pub(?:lic)?(?:[._-]|$)")
_TRIAL = frozenset(
    [
        "test",
        "tests",
        "testing",
        "testdata",
        "fixtures",
        "__fixtures__",
        "spec",
        "specs",
        "e2e",
        "example",
        "examples",
        "samples",
        "docs",
        "doc",
        "node_modules",
        "vendor",
        "third_party",
    ]
)


def is_secret(path: str) -> bool:
    """Whether a file at *path* is expected to hold a secret."""
    name = path.rpartition("/")[2]
    shown = _SHOWN.search(name) or _PUBLIC.search(name)
    return bool(_SECRET.fullmatch(name)) and not shown


def is_trial(path: str) -> bool:
    """Whether *path* lies among tests or examples, where made-up keys are usual."""
    return any(part.lower() in _TRIAL for part in path.split("/")[:-1])
