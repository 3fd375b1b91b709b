"""Scripts, make targets and hooks that a step runs."""

from __future__ import annotations

from tests.gates.pipeline.scripts import command, script

SCAN = {"scripts/scan.sh": "#!/usr/bin/env bash\nscan\necho done\n"}


def test_a_script_has_options_of_its_own() -> None:
    found = command("bash scripts/scan.sh", files=SCAN)
    assert (found.lost, found.file, found.line) == (("errexit-off",), "scripts/scan.sh", 1)
    assert found.via == ("bash scripts/scan.sh",)
    assert command("bash -e scripts/scan.sh", files=SCAN).lost == ()
    assert command("source scripts/scan.sh", files=SCAN).lost == ()


def test_the_first_line_of_a_script_counts_when_it_is_executed() -> None:
    strict = {"scripts/scan.sh": SCAN["scripts/scan.sh"].replace("env bash", "env -S bash -e")}
    assert command("./scripts/scan.sh", files=SCAN).lost == ("errexit-off",)
    assert command('"$GITHUB_WORKSPACE/scripts/scan.sh"', files=strict).lost == ()


def test_the_step_may_lose_what_its_script_says() -> None:
    files = {"scan.sh": "#!/bin/sh\nset -e\nscan\n"}
    found = command("./scan.sh", files=files)
    assert (found.lost, found.step_line) == ((), 0)
    assert command("true\n./scan.sh || true", files=files).lost == ("or-true",)
    assert command("true\n./scan.sh || true", files=files).step_line == 1


def test_a_folder_that_is_entered_is_looked_into() -> None:
    assert command("cd app && ./scan.sh", files={"app/scan.sh": "scan\n"}).file == "app/scan.sh"


def test_what_is_not_there_is_named() -> None:
    found = script("./gone.sh\nbash -x other.sh\nmake scan\npre-commit run -a\njust scan")
    assert {u.what for u in found.unfollowed} == {
        *("./gone.sh", "other.sh", "make scan", ".pre-commit-config.yaml", "just scan")
    }


MAKEFILE = """\
TOOL ?= scan
.PHONY: scan soft
all: soft
scan: prepare
\t@$(TOOL) \\
\t  --all
soft:
\t-scan
piped:
\tscan | tee x
several:
\tscan; echo done
prepare:
\techo prepared
"""


def test_make_targets() -> None:
    files = {"Makefile": MAKEFILE}
    found = script("make scan", files=files)
    assert [c.words[0] for c in found.commands] == ["echo", "scan"]
    last = found.commands[-1]
    assert (last.lost, last.file, last.line) == ((), "Makefile", 4)
    assert command("make", files=files).lost == ("ignored",)
    assert command("make -i scan", files=files).lost == ("ignored",)
    assert command("make piped", files=files).lost == ("pipe",)
    assert command("make several", files=files).lost == ("errexit-off",)
    assert command("make -C . scan TOOL=scan", files=files).lost == ()
    assert [u.what for u in script("make other", files=files).unfollowed] == ["make other"]


def test_the_shell_of_a_makefile() -> None:
    head = "SHELL := /bin/bash\n.SHELLFLAGS := -eu -o pipefail -c\n"
    assert command("make piped", files={"Makefile": head + MAKEFILE}).lost == ()
    assert command("make several", files={"Makefile": head + MAKEFILE}).lost == ()
    one = "SHELL := bash\n.ONESHELL:\nscan:\n\tscan\n\techo done\n"
    assert command("make scan", files={"Makefile": one}).lost == ("errexit-off",)


HOOKS = """\
repos:
  - repo: https://github.com/gitleaks/gitleaks
    hooks: [{id: gitleaks}]
  - repo: local
    hooks:
      - {id: own, entry: scan --all, language: system}
      - {id: late, entry: scan --late, language: system, stages: [pre-push]}
"""


def test_hooks() -> None:
    files = {".pre-commit-config.yaml": HOOKS}
    words = [c.words for c in script("pre-commit run --all-files", files=files).commands]
    assert words[0][:3] == ("gitleaks", "git", "--pre-commit")
    assert words[1:] == [("scan", "--all")]
    assert command("SKIP=gitleaks pre-commit run -a", files=files).lost == ()
    assert command("pre-commit run own || true", files=files).lost == ("or-true",)
    late = command("pre-commit run --hook-stage pre-push late", files=files)
    assert late.words == ("scan", "--late")
    odd = script("pre-commit run", files={".pre-commit-config.yaml": "repos: [1, {hooks: x}]"})
    assert odd.commands == ()


def test_a_script_that_runs_itself_ends() -> None:
    files = {"a.sh": "#!/bin/sh\n./b.sh\nscan\n", "b.sh": "#!/bin/sh\n./a.sh\n"}
    assert script("./a.sh", files=files).commands
