"""A folder of many alerting rules: the demo's, repeated under other names.

Every fourth file carries some mistakes, so that every checker has something to say. The same
number gives the same bytes.
"""

from __future__ import annotations

import re
from pathlib import Path

from bench.lint.folder import BROKEN_EVERY, RELEASE, Folder

RULES = RELEASE / "prometheus" / "rules.yml"
NAMES = {
    r"ai-script-generator": "shop-{0:04d}",
    r"\b(http_request|sse_stream|sse_first|provider_|auth_fail|rate_limited)": r"shop{0:04d}_\1",
    r"(service:)(http_)": r"\1shop{0:04d}_\2",
    r"(- alert: \w+)": r"\g<1>{0:04d}",
}
"""Names that one file of a folder must not share with the next."""

MISTAKES = {
    "{{ $labels.service }} answers": "{{ $labels.pod }} answers",
    'generation-service"} == 0': 'generation-service"} > 1',
    "(increase(auth_failures_total[5m]))": "(increase(auth_failures_total[30s]))",
    "severity: warning": "severity: warn",
}
_RULE = re.compile(r"^ *- (?:alert|record):", re.MULTILINE)


def rules_in(text: str) -> int:
    """Rules in a rule file."""
    return len(_RULE.findall(text))


def written(path: Path, rules: int) -> Folder:
    """Write rule files with about *rules* rules together, at least one file, below *path*."""
    text = RULES.read_text(encoding="utf-8")
    each = rules_in(text)
    count = max(round(rules / each), 1)
    path.mkdir(parents=True)
    size = 0
    for number in range(count):
        content = renamed(text, number).encode()
        (path / f"rules-{number:04d}.yaml").write_bytes(content)
        size += len(content)
    return Folder(path, each * count, count, size)


def renamed(text: str, number: int) -> str:
    """*text* under the names of file *number*, with its mistakes if it is to have some."""
    if number % BROKEN_EVERY == 0:
        for right, wrong in MISTAKES.items():
            text = text.replace(right, wrong, 1)
    for old, new in NAMES.items():
        text = re.sub(old, new.format(number), text)
    return text
