"""What a file is, by its content."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive.sources.reading import read_paths
from golive.sources.tree import FileKind
from tests.unit.sources.trees import OBJECT, linted, released, said, write

RULES = "groups:\n- name: a\n  rules: []\n"
WORKFLOW = "on: push\njobs: {build: {runs-on: x, steps: [], env: {mode: 0644}}}\n"
ALERTMANAGER = "route: {receiver: a}\nreceivers: [{name: a}]\n"
NGINX = """
upstream app {
  server 127.0.0.1:80;
}
server {
  listen 80;
  location / { proxy_pass http://app; }
}
"""


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("x.yaml", RULES, FileKind.RULES),
        ("x.yml", ALERTMANAGER, FileKind.ALERTMANAGER),
        ("x.yaml", WORKFLOW, FileKind.WORKFLOW),
        ("kustomization.yml", "resources: []\n", FileKind.KUSTOMIZATION),
    ],
)
def test_documents_that_are_no_objects(
    tmp_path: Path, name: str, text: str, kind: FileKind
) -> None:
    tree = linted(tmp_path, {name: text})
    assert [d.kind for d in tree.documents] == [kind]
    assert [f.kind for f in tree.files] == [kind]
    assert tree.documents[0].lines[0] == 1
    assert not tree.objects


def test_a_workflow_is_read_as_github_reads_it(tmp_path: Path) -> None:
    (found,) = linted(tmp_path, {".github/workflows/a.yml": WORKFLOW}).documents
    assert found.data["jobs"]["build"]["env"]["mode"] == 644


@pytest.mark.parametrize(
    "name", ["nginx.conf", "site", "default.nginx", "nginx.conf.template", "x.tpl", "x.j2"]
)
def test_nginx_is_told_by_its_blocks(tmp_path: Path, name: str) -> None:
    tree = linted(tmp_path, {name: NGINX})
    assert [f.kind for f in tree.files] == [FileKind.NGINX]
    assert [c.directives[0].name for c in tree.nginx] == ["upstream"]
    assert not tree.problems


@pytest.mark.parametrize("named", [False, True])
def test_nginx_may_have_comments_in_any_encoding(tmp_path: Path, named: bool) -> None:
    text = "events {}  # 설정\nhttp { server { listen 80; } }\n".encode("euc-kr")
    write(tmp_path, {"nginx.conf": text, "a.yaml": OBJECT})
    paths = [tmp_path / "nginx.conf", tmp_path / "a.yaml"] if named else [tmp_path]
    tree = read_paths(paths)
    assert [d.name for d in tree.nginx[0].directives] == ["events", "http"]
    assert not tree.problems


def test_prose_that_quotes_nginx_is_none(tmp_path: Path) -> None:
    tree = linted(tmp_path, {"README.md": NGINX, "main.go": NGINX, "a.conf": "[mysqld]\nport=1\n"})
    assert not tree.files


def test_an_included_file_is_read_once(tmp_path: Path) -> None:
    files = {
        "nginx.conf": "events {}\nhttp {\n  include conf.d/*.conf;\n}\n",
        "conf.d/app.conf": NGINX,
    }
    tree = linted(tmp_path, files)
    assert [Path(c.path).name for c in tree.nginx] == ["nginx.conf"]


def test_the_nginx_of_a_configuration_is_not_read_as_yaml(tmp_path: Path) -> None:
    tree = released(tmp_path, {"a.txt": "worker_processes 2;\nevents {}\n"}, nginx="a.txt")
    assert not tree.problems
    assert tree.nginx[0].directives[0].args == ("2",)


@pytest.mark.parametrize("name", ["app.yaml.tmpl", "app.k8s", "manifest", "app.json"])
def test_objects_in_files_with_other_names(tmp_path: Path, name: str) -> None:
    text = OBJECT
    if name == "app.json":
        text = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}'
    tree = linted(tmp_path, {name: text})
    assert [o.name for o in tree.objects] == ["a"]


def test_json_of_other_tools_is_not_even_listed(tmp_path: Path) -> None:
    tree = linted(tmp_path, {"package.json": '{"name": "a"}', "tsconfig.json": "{ // no\n}"})
    assert (tree.files, tree.problems) == ((), ())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"apiVersion": "v1", "kind": "ConfigMap", "data": {"a":', "not-yaml"),
        ('{"kind":"ConfigMap",\n"apiVersion":"v1",\n"data":' + "[" * 100_000, "not-yaml"),
        ('[{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}]', "no-object"),
        ('{"apiVersion": "v1", "kind": "ConfigMap"}' + " " * 17_000_000, "too-large"),
    ],
    ids=["cut", "deep", "list", "large"],
)
@pytest.mark.parametrize("name", ["a.json", "a.yaml"])
def test_json_that_was_meant_as_an_object_is_not_passed_over(
    tmp_path: Path, name: str, text: str, code: str
) -> None:
    tree = linted(tmp_path, {name: text, "good.yaml": OBJECT})
    assert [(c, n) for c, n, _ in said(tree)] == [(code, name)]
    assert len(tree.objects) == 1


@pytest.mark.parametrize("name", ["a.yaml.bak", "a.yaml~", "a.yaml.orig", "a.json.old"])
def test_copies_that_editors_leave_are_not_applied(tmp_path: Path, name: str) -> None:
    tree = linted(tmp_path, {"a.yaml": OBJECT, name: OBJECT})
    assert len(tree.objects) == 1


def test_other_sets_of_a_configuration_may_hold_anything(tmp_path: Path) -> None:
    tree = released(tmp_path, {"a.md": "# a\n- b: [\n", "b.bin": b"\0\1"}, documents="*")
    assert not tree.problems


def test_a_set_that_holds_something_else_is_a_problem(tmp_path: Path) -> None:
    files = {"a.yml": "scrape_configs: []\n", "b.yml": RULES}
    tree = released(tmp_path, files, rules="*.yml")
    assert said(tree) == [("no-object", "a.yml", 1)]
    assert tree.problems[0].kind is FileKind.RULES
