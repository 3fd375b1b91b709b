"""Everything in the release folder can be read, and nothing in it is a leftover."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

import golive_demo

Documents = Callable[[str], list[dict[str, Any]]]

RELEASE = Path(golive_demo.__file__).parent / "release"
FILES = sorted(p for p in RELEASE.rglob("*") if p.is_file() and not {"__pycache__"} & set(p.parts))
DOCUMENTS = sorted(RELEASE.rglob("*.md"))


@pytest.mark.parametrize("path", [p for p in FILES if p.suffix in {".yml", ".yaml"}], ids=str)
def test_yaml_parses_without_doubled_keys(path: Path, documents: Documents) -> None:
    read = documents(path.relative_to(RELEASE).as_posix())
    assert read
    assert all(isinstance(document, dict) for document in read)


def test_the_loader_of_these_tests_sees_a_doubled_key(parse: Documents) -> None:
    with pytest.raises(yaml.YAMLError, match="doubled"):
        parse("a: 1\nb: {c: 1, c: 2}\n")


def test_json_and_toml_parse() -> None:
    assert json.loads((RELEASE / "grafana/dashboard.json").read_text("utf-8"))["panels"]
    config = tomllib.loads((RELEASE / ".gitleaks.toml").read_text("utf-8"))
    assert config["extend"] == {"useDefault": True}
    assert "allowlist" not in config
    assert "allowlists" not in config


@pytest.mark.parametrize(
    "name",
    ["SECURITY.md", "LICENSE", ".gitignore", ".github/CODEOWNERS", ".github/dependabot.yml"],
)
def test_policy_files_have_content(name: str) -> None:
    assert len((RELEASE / name).read_text("utf-8")) > 200


def test_gitignore_covers_secrets() -> None:
    lines = set((RELEASE / ".gitignore").read_text("utf-8").splitlines())
    assert {".env", "*.pem", "*.key"} <= lines


def test_dependabot_waits_before_it_updates() -> None:
    text = (RELEASE / ".github/dependabot.yml").read_text("utf-8")
    updates = yaml.safe_load(text)["updates"]
    assert {u["package-ecosystem"] for u in updates} == {"github-actions", "pip", "docker"}
    assert all(u["cooldown"]["default-days"] >= 7 for u in updates)


def test_no_placeholder_is_left_and_no_secret_stands_in_a_file() -> None:
    shapes = re.compile(
        r"CHANGE_?ME|TODO|FIXME|\bXXX+\b|<[A-Z_]{4,}>"
        r"|sk-[A-Za-z0-9_-]{20}|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{20}|hooks\.slack\.com/services"
        r"|BEGIN [A-Z ]*PRIVATE KEY"
    )
    found = [
        f"{path.name}: {match.group()}"
        for path in FILES
        for match in shapes.finditer(path.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.name)
def test_paths_that_a_document_names_exist(path: Path) -> None:
    text = path.read_text("utf-8")
    folders = r"(?:k8s|nginx|prometheus|alertmanager|grafana|slo|backup|docs|requirements|\.github)"
    named = set(re.findall(rf"(?<![\w./-]){folders}/[\w./-]*\w\.\w+", text))
    named -= {"prometheus/prometheus.yml"}
    missing = [name for name in named if not (RELEASE / name).exists()]
    missing += [
        link for link in re.findall(r"\]\((\./[^)#]+)", text) if not (path.parent / link).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.name)
def test_anchors_within_a_document_exist(path: Path) -> None:
    text = path.read_text("utf-8")
    anchors = {h.lower().replace(" ", "-") for h in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors


def test_documents_are_written_in_korean() -> None:
    assert len(DOCUMENTS) == 6
    for path in DOCUMENTS:
        assert len(re.findall(r"[가-힣]", path.read_text("utf-8"))) > 60, path


@pytest.mark.parametrize("name", ["services", "backup", "dev"])
def test_lock_files_pin_every_package_by_hash(name: str) -> None:
    text = (RELEASE / f"requirements/{name}.lock").read_text("utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) > 10
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+", entry), entry[:60]
        assert "--hash=sha256:" in entry, entry[:60]
    wanted = (RELEASE / f"requirements/{name}.in").read_text("utf-8").split()
    for line in wanted:
        package = re.split(r"[><=]", line)[0]
        assert re.search(rf"^{re.escape(package)}==", text, re.MULTILINE), package
    assert "http://" not in text
    assert "https://" not in text


def test_images_are_built_from_a_digest_by_a_user_that_is_not_root() -> None:
    text = (RELEASE / "Dockerfile").read_text("utf-8")
    stages = re.findall(r"^FROM (\S+) AS (\S+)$", text, re.MULTILINE)
    names = {name for _, name in stages}
    for image, _ in stages:
        assert image in names or re.search(r"@sha256:[0-9a-f]{64}$", image), image
    for target in ("project-service", "generation-service", "backup"):
        body = text.split(f" AS {target}\n")[1].split("\nFROM ")[0]
        assert "USER 10001:10001" in body, target
    assert text.count("--require-hashes") == 2
