"""``pipeline.own-secrets`` and ``own-history``: the real gitleaks and git, and doubles."""

from __future__ import annotations

import json
import secrets
import subprocess
from pathlib import Path

import pytest

from golive.codec import encode
from golive_gates.pipeline.observers import gitleaks
from golive_gates.pipeline.observers.gitleaks import OwnSecretsObserver
from golive_gates.pipeline.observers.scanner import git_environment
from golive_gates.pipeline.planting.keys import KINDS, made_up
from tests.gates.pipeline.looking_on import Files, Kept, double, judged_on, looked, written
from tests.gates.pipeline.snippets import CI, job, workflow
from tests.gates.saying import codes

GOOD = workflow({"test": job("pytest")})
CONFIG = "[extend]\nuseDefault = true\n"


def key(kind: str = "github") -> str:
    return made_up(next(k for k in KINDS if k == kind), secrets.choice)


def git(folder: Path, *words: str) -> str:
    name = ("-c", "user.name=t", "-c", "user.email=t@localhost")
    beside = folder.parent / "git"
    beside.mkdir(exist_ok=True)
    done = subprocess.run(
        ["git", *name, *words],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", **git_environment(beside, "file")},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def repository(folder: Path, *commits: Files) -> Path:
    """A work tree with one commit for each of *commits*."""
    root = folder / "r"
    root.mkdir()
    git(root, "init", "--quiet", "--template=")
    for number, files in enumerate(commits):
        written(root, files)
        git(root, "add", "--all")
        git(root, "commit", "--quiet", "--message", f"{number}")
    return root


def places(result: object) -> list[str]:
    return sorted(str(f.location) for f in getattr(result, "findings", ()))


def test_a_clean_work_tree(tmp_path: Path) -> None:
    root = repository(tmp_path, {CI: GOOD})
    seen = looked(root, OwnSecretsObserver())
    result = judged_on("own-secrets", seen)
    assert result.status.value == "pass", result.findings
    assert {f.name: f.value for f in result.facts}["own_history"] == 1
    assert judged_on("own-history", seen).status.value == "pass"


def test_a_key_in_the_tree_and_one_that_was_removed(tmp_path: Path) -> None:
    kept = Kept()
    values = [key("aws"), key("github")]
    root = repository(
        tmp_path,
        {CI: GOOD, "old.env": f"AWS_ACCESS_KEY_ID={values[0]}\n"},
        {"old.env": "\n", "src/a.py": f'\nTOKEN = "{values[1]}"\n'},
    )
    seen = looked(root, OwnSecretsObserver(), kept=kept)
    result = judged_on("own-secrets", seen)
    assert result.status.value == "fail"
    assert sorted(codes(result)) == ["history-leak", "tree-leak"]
    assert places(result) == ["old.env", "src/a.py:2"]
    everything = json.dumps(encode(seen.parts["OwnSecrets"])) + str(result) + str(kept.texts)
    assert not [v for v in values if v in everything or v[5:20] in everything]
    assert judged_on("own-history", seen).status.value == "pass"


def test_a_folder_without_git_has_its_files(tmp_path: Path) -> None:
    written(tmp_path, {CI: GOOD})
    seen = looked(tmp_path, OwnSecretsObserver())
    assert judged_on("own-secrets", seen).status.value == "pass"
    history = judged_on("own-history", seen)
    assert (history.status.value, history.reason.code) == ("inconclusive", "history-no-git")
    assert not history.spec.required
    written(tmp_path, {"a.py": f'TOKEN = "{key()}"\n'})
    assert judged_on("own-secrets", looked(tmp_path, OwnSecretsObserver())).status.value == "fail"


def test_a_shallow_clone(tmp_path: Path) -> None:
    root = repository(tmp_path, {CI: GOOD}, {"a": "b\n"})
    git(tmp_path, "clone", "--quiet", "--depth=1", root.as_uri(), "s")
    seen = looked(tmp_path / "s", OwnSecretsObserver())
    assert judged_on("own-secrets", seen).status.value == "pass"
    history = judged_on("own-history", seen)
    assert (history.status.value, history.reason.code) == ("inconclusive", "history-shallow")


def test_a_repository_that_git_cannot_read(tmp_path: Path) -> None:
    written(tmp_path, {CI: GOOD, ".git": "gitdir: /nowhere\n"})
    seen = looked(tmp_path, OwnSecretsObserver())
    history = judged_on("own-history", seen)
    assert (history.status.value, history.reason.code) == ("inconclusive", "history-git-refuses")


def test_what_only_the_projects_rules_hide(tmp_path: Path) -> None:
    allowing = f"{CONFIG}[[allowlists]]\npaths = ['''^tests/''']\n"
    written(tmp_path, {CI: GOOD, ".gitleaks.toml": allowing, "tests/a.py": f'T = "{key()}"\n'})
    result = judged_on("own-secrets", looked(tmp_path, OwnSecretsObserver()))
    assert (result.status.value, codes(result), places(result)) == (
        "warn",
        ["hidden"],
        ["tests/a.py:1"],
    )


def test_a_fingerprint_is_let_through_and_counted(tmp_path: Path) -> None:
    ignored = {".gitleaksignore": "# reviewed\na.py:github-pat:1\n", "a.py": f'T = "{key()}"\n'}
    written(tmp_path, {CI: GOOD, **ignored})
    result = judged_on("own-secrets", looked(tmp_path, OwnSecretsObserver()))
    assert result.status.value == "pass", result.findings
    assert {f.name: f.value for f in result.facts}["let_through"] == 1


def test_files_that_git_ignores_are_this_machines(tmp_path: Path) -> None:
    root = repository(tmp_path, {CI: GOOD, ".gitignore": ".env\n"})
    written(root, {".env": f"TOKEN={key()}\n"})
    result = judged_on("own-secrets", looked(root, OwnSecretsObserver()))
    assert result.status.value == "pass", result.findings
    assert {f.name: f.value for f in result.facts}["uncontrolled_files"] == 1


def test_nothing_of_the_repositorys_own_configuration_is_run(tmp_path: Path) -> None:
    root = repository(tmp_path, {CI: GOOD, ".gitattributes": "* diff=odd\n", "a.txt": "a\n"})
    touch = f"touch {tmp_path}/ran"
    for name in ("core.fsmonitor", "diff.odd.textconv", "diff.odd.command", "diff.external"):
        git(root, "config", name, touch)
    seen = looked(root, OwnSecretsObserver())
    assert judged_on("own-secrets", seen).status.value == "pass"
    assert judged_on("own-history", seen).status.value == "pass"
    assert not (tmp_path / "ran").exists()


ODD_SETTINGS = [
    ("format.pretty", "%G?"),
    ("format.pretty", "oneline"),
    ("log.showRoot", "false"),
    ("log.date", "relative"),
    ("color.ui", "always"),
    ("color.diff", "always"),
    ("diff.noprefix", "true"),
]


def with_a_key_in_its_first_commit(folder: Path) -> Path:
    env = {CI: GOOD, "old.env": f"AWS_ACCESS_KEY_ID={key('aws')}\n"}
    return repository(folder, env, {"old.env": "\n"})


@pytest.mark.parametrize(("name", "value"), ODD_SETTINGS)
def test_no_setting_of_the_repository_hides_its_history(
    tmp_path: Path, name: str, value: str
) -> None:
    root = with_a_key_in_its_first_commit(tmp_path)
    git(root, "config", name, value)
    seen = looked(root, OwnSecretsObserver())
    assert codes(judged_on("own-secrets", seen)) == ["history-leak"]
    assert judged_on("own-history", seen).status.value == "pass"


def test_a_format_of_the_repository_starts_no_program(tmp_path: Path) -> None:
    root = with_a_key_in_its_first_commit(tmp_path)
    verifier = double(tmp_path, "verifier", f"touch {tmp_path}/ran")
    signed = git(root, "cat-file", "commit", "HEAD").replace(
        "\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n -----END PGP SIGNATURE-----\n\n", 1
    )
    (tmp_path / "commit").write_text(signed, encoding="utf-8")
    made = git(root, "hash-object", "-t", "commit", "-w", str(tmp_path / "commit")).strip()
    git(root, "update-ref", "HEAD", made)
    git(root, "config", "format.pretty", "%G?")
    git(root, "config", "gpg.program", verifier)
    looked(root, OwnSecretsObserver())
    assert not (tmp_path / "ran").exists()


def test_a_replaced_commit_hides_nothing(tmp_path: Path) -> None:
    root = with_a_key_in_its_first_commit(tmp_path)
    other = git(root, "commit-tree", "HEAD^{tree}", "-m", "other").strip()
    git(root, "replace", "HEAD~1", other)
    result = judged_on("own-secrets", looked(root, OwnSecretsObserver()))
    assert codes(result) == ["history-leak"]


REPORT = (
    'for a in "$@"; do case "$a" in --report-path=*) r="${a#*=}";; esac; done; '
    'test "$1" = version && echo 8.30.1 && exit 0; '
)
ENTRY = '{"File": "a.py", "StartLine": 1, "RuleID": "r", "Secret": "canary-value", "Commit": ""}'


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("exit 1", "program-ended"),
        ("exit 0", "program-no-answer"),
        ("exit 99", "program-ended"),
        ('echo nonsense > "$r"; exit 0', "program-no-answer"),
        ('echo "[7]" > "$r"; exit 99', "program-no-answer"),
        ('echo "[]" > "$r"; exit 99', "program-contradiction"),
        ('echo "[]" > "$r"; exit 1', "program-ended"),
        ('echo "[]" > "$r"; kill -9 $$', "program-ended"),
        ("sleep 1000", "program-too-slow"),
    ],
)
def test_a_scanner_that_does_not_answer_never_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, code: str
) -> None:
    (tmp_path / "bin").mkdir()
    written(tmp_path, {CI: GOOD})
    program = double(tmp_path / "bin", "gitleaks", REPORT + script)
    monkeypatch.setattr(gitleaks, "found", lambda name: program if name == "gitleaks" else None)
    if code == "program-too-slow":
        monkeypatch.setattr(gitleaks, "TIMEOUT", 0.5)
    result = judged_on("own-secrets", looked(tmp_path, OwnSecretsObserver()))
    assert (result.status.value, set(codes(result))) == ("inconclusive", {code})


def test_findings_with_exit_code_0_are_findings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    written(tmp_path, {CI: GOOD})
    program = double(tmp_path / "bin", "gitleaks", f"{REPORT}echo '[{ENTRY}]' > \"$r\"")
    monkeypatch.setattr(gitleaks, "found", lambda name: program if name == "gitleaks" else None)
    kept = Kept()
    result = judged_on("own-secrets", looked(tmp_path, OwnSecretsObserver(), kept=kept))
    assert result.status.value == "fail"
    assert set(codes(result)) == {"tree-leak", "program-contradiction"}
    assert "canary-value" not in str(result) + str(kept.texts)


def test_a_history_of_which_gitleaks_looked_at_no_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = repository(tmp_path, {CI: GOOD})
    script = f'{REPORT}echo "0 commits scanned." >&2; echo "[]" > "$r"'
    program = double(tmp_path, "gitleaks", script)
    real = gitleaks.found
    monkeypatch.setattr(gitleaks, "found", lambda n: program if n == "gitleaks" else real(n))
    seen = looked(root, OwnSecretsObserver())
    result = judged_on("own-secrets", seen)
    assert (result.status.value, set(codes(result))) == (
        "inconclusive",
        {"program-nothing-scanned"},
    )
    assert judged_on("own-history", seen).blocked_by == "pipeline.own-secrets"


def test_without_gitleaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, {CI: GOOD})
    monkeypatch.setattr(gitleaks, "found", lambda _: None)
    seen = looked(tmp_path, OwnSecretsObserver())
    for name in ("own-secrets", "own-history"):
        result = judged_on(name, seen)
        assert (result.status.value, result.reason.code) == ("inconclusive", "gitleaks-missing")
