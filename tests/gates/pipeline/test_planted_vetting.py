"""What of a project's gitleaks command is run, and what is refused by name."""

from __future__ import annotations

import pytest

from golive_gates.pipeline.planting.vetting import WORKSPACE, RefusedError, vetted


def vet(text: str, folder: str = ".") -> tuple[str, ...]:
    return vetted(text.split(), folder, str).words


@pytest.mark.parametrize(
    ("given", "run"),
    [
        ("git", "git"),
        ("git .", "git ."),
        ("dir --redact --no-banner -v .", "dir ."),
        ("directory src", "dir src"),
        ("detect --source . --no-git", "detect --source=. --no-git"),
        ("detect -s=. -c rules.toml", "detect --source=. --config=rules.toml"),
        ("git --exit-code 0", "git --exit-code=0"),
        ("git --report-format sarif --report-path /etc/passwd -r x", "git"),
        ("--no-color git --log-level debug --timeout 5 --platform github", "git"),
        ("git --log-opts=--all", "git --log-opts=--all"),
        ("git --log-opts main..HEAD", "git --log-opts=main..HEAD"),
        ("git --log-opts=-1", "git --log-opts=-1"),
        ("git --enable-rule aws,github", "git --enable-rule=aws,github"),
        (f"dir {WORKSPACE}/src", f"dir {WORKSPACE}/src"),
        ("protect --staged", "protect --staged"),
    ],
)  # fmt: skip
def test_what_is_run(given: str, run: str) -> None:
    assert vet(given) == tuple(run.split())


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("", "command"),
        ("stdin", "command"),
        ("--source .", "command"),
        ("git --diagnostics http", "option"),
        ("git --pre-receive", "option"),
        ("git --exit-code many", "option"),
        ("git --config", "option"),
        ("git --no-git=perhaps", "option"),
        ("git --enable-rule $(id)", "option"),
        ("git --log-opts --output=/tmp/x", "log-option"),
        ("git --log-opts --ext-diff", "log-option"),
        ("git --log-opts -O/etc/passwd", "log-option"),
        ("dir /etc", "outside"),
        ("dir ~/x", "outside"),
        ("dir ../other", "outside"),
        (f"dir {WORKSPACE}/../other", "outside"),
        ("git --config /etc/gitleaks.toml", "outside"),
        ("git --config a/../../rules.toml", "outside"),
        ("git . extra", "word"),
    ],
)
def test_what_is_refused(given: str, code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        vet(given)
    assert refused.value.code == code


def test_a_folder_below_may_reach_up_to_the_workspace() -> None:
    found = vetted(["dir", "--config=../rules.toml", ".."], "app", str)
    assert found.files == ("rules.toml",)
    with pytest.raises(RefusedError):
        vet("dir ../..", "app")
