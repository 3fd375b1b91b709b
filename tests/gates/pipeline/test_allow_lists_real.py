"""What allow-lists let through, held against gitleaks itself."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from golive.programs import found
from golive_gates.pipeline.scans.allowing.config import read_config
from golive_gates.pipeline.scans.allowing.probes import ANYWHERE, FORMS, SETS
from golive_gates.pipeline.scans.allowing.trying import disabled, missed, tried

EXTEND = "[extend]\nuseDefault = true\n"
ENTRIES = (
    "paths = ['''''']",
    "paths = ['''(?i)[A-Z./]''']",
    "paths = ['''\\.md$''']",
    "regexes = ['''a|''']",
    "regexes = ['''^[[:alnum:]_-]+$''']",
    "regexes = ['''(?i)akia''', '''\\Qsk-\\E''']",
    "regexTarget = 'line'\nregexes = ['''key''']",
    "regexTarget = 'match'\nregexes = ['''key''']",
    "stopwords = ['', 'AKIA']",
)
RULES = (
    "",
    "[[rules]]\nid = 'own'\nregex = '''AKIA[A-Z2-7]{16}'''\n",
    f"{EXTEND}[[rules]]\nid = 'github-pat'\nregex = '''never'''\n",
    f'{EXTEND}disabledRules = ["openai-api-key", "aws-access-token"]\n',
)


def seen(config: str, folder: Path) -> set[str]:
    """Forms of the made-up keys that gitleaks finds under *config*, in whatever file."""
    program = found("gitleaks")
    assert program is not None
    tree = folder / "tree"
    for path in ANYWHERE:
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        lines = [key.line for keys in SETS for key in keys]
        (tree / path).write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "rules.toml").write_text(config, encoding="utf-8")
    report = folder / "report.json"
    words = [str(program), "dir", "--no-banner", "--config", str(folder / "rules.toml")]
    words += ["--report-format", "json", "--report-path", str(report), "."]
    ended = subprocess.run(words, cwd=tree, capture_output=True, timeout=60, check=False)
    assert ended.returncode in (0, 1), ended.stderr.decode()
    secrets = {entry["Secret"] for entry in json.loads(report.read_text(encoding="utf-8"))}
    return {key.form for keys in SETS for key in keys if key.secret in secrets}


@pytest.mark.parametrize("entry", ENTRIES)
def test_allow_lists(entry: str, tmp_path: Path) -> None:
    config = f"{EXTEND}\n[[allowlists]]\n{entry}\n"
    said = list(tried(read_config("x", config), ()))
    lost = {form for one in said for form in one.example.split(", ") if form in FORMS}
    if any(one.code == "allows-everything" for one in said):
        lost = set(FORMS)
    assert seen(config, tmp_path) == set(FORMS) - lost


@pytest.mark.parametrize("config", RULES)
def test_rules(config: str, tmp_path: Path) -> None:
    read = read_config("x", config)
    said = [*missed(read, None), *disabled(read)]
    lost = {form for one in said for form in one.example.split(", ") if form in FORMS}
    off = {rule for one in said if one.code == "rules-disabled" for rule in one.entry.split(", ")}
    lost |= {key.form for key in SETS[0] if off & set(key.rules)}
    if any(one.code == "no-rules" for one in said):
        lost = set(FORMS)
    found_here = seen(config, tmp_path)
    # The rule for generic keys finds some of those that lost their own.
    assert set(FORMS) - lost <= found_here
    assert "generic-api-key" not in off
    if not read.default:
        assert found_here == set(FORMS) - lost
