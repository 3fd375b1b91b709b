"""Made-up keys and paths that an allow-list should not let through. The same in every run."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass

_WORD = string.ascii_letters + string.digits
_BASE32 = f"{string.ascii_uppercase}234567"


@dataclass(frozen=True, slots=True)
class Key:
    """A key in a provider's form. ``rules``: ids of gitleaks' default rules that find it."""

    form: str
    rules: tuple[str, ...]
    secret: str

    @property
    def line(self) -> str:
        """A line of a file that holds it."""
        return f'client_key = "{self.secret}"'

    def seen_as(self, target: str) -> str:
        """What an allow-list of that ``regexTarget`` is held against.

        A rule's match is the key and the character behind it.
        """
        return {"line": self.line, "match": f'{self.secret}"'}.get(target, self.secret)


def _body(alphabet: str, length: int, seed: int) -> str:
    """Characters that look random and are the same each time, so that judges stay pure."""
    found = []
    for _ in range(length):
        seed = (seed * 1_103_515_245 + 12_345) % 2**31
        found.append(alphabet[(seed >> 12) % len(alphabet)])
    return "".join(found)


def _keys(seed: int) -> tuple[Key, ...]:
    # Put together here, so that no scanner takes this file for one that holds a key.
    mark = "T3Blbk" + "FJ"
    openai = f"{_body(_WORD, 74, seed)}{mark}{_body(_WORD, 74, seed + 1)}"
    return (
        Key("sk-proj-…", ("openai-api-key",), f"sk-proj-{openai}"),
        Key("sk-ant-…", ("anthropic-api-key",), f"sk-ant-api03-{_body(_WORD, 93, seed + 2)}AA"),
        Key("AKIA…", ("aws-access-token",), f"AKIA{_body(_BASE32, 16, seed + 3)}"),
        Key("ghp_…", ("github-pat",), f"ghp_{_body(_WORD, 36, seed + 4)}"),
    )


SETS: tuple[tuple[Key, ...], ...] = (_keys(20_011), _keys(77_003))
"""Two of each form: an entry that lets through only one of them names that one."""

FORMS = tuple(key.form for key in SETS[0])
RULES = tuple(rule for key in SETS[0] for rule in key.rules)

ANYWHERE: Sequence[str] = (
    "src/main.py",
    ".env",
    "README.md",
    "deploy/values-production.yaml",
    "a/b/c/D-e_f.9.tfvars",
    "docker-compose.yml",
    "Makefile",
    ".github/workflows/release.yml",
)
"""Paths that have nothing in common: what takes out all of them takes out everything."""

PLACES: Sequence[str] = (
    ".env",
    ".env.production",
    "src/main.py",
    "src/app/settings.py",
    "app/config.py",
    "app/main.py",
    "backend/services/client.py",
    "config/production.yaml",
    "config/settings.json",
    "deploy/values.yaml",
    "k8s/secrets.yaml",
    "docker-compose.yml",
    "terraform/terraform.tfvars",
    ".github/workflows/deploy.yml",
    "scripts/deploy.sh",
    "notebooks/analysis.ipynb",
)
"""Where keys are found; tests, examples and documentation, which many leave out, are not here."""
