"""Helm charts and kustomizations are read as what they make."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from golive.sources import renderers
from golive.sources.reading import read_paths, read_release
from golive.sources.tree import FileKind
from tests.unit.sources.trees import OBJECT, linted, released, said, write

BASE = {
    "base/kustomization.yaml": "resources: [deploy.yaml, ../common]\n",
    "base/deploy.yaml": OBJECT,
    "common/kustomization.yaml": "resources: [more.yaml]\n",
    "common/more.yaml": OBJECT.replace("name: a", "name: more"),
    "prod/kustomization.yaml": (
        "resources: [../base]\npatches: [{path: patch.yaml}]\n"
        "configMapGenerator: [{name: g, files: [x=g.yaml]}]\n"
    ),
    "prod/patch.yaml": "- {op: replace, path: /metadata/name, value: b}\n",
    "prod/g.yaml": OBJECT,
    "alone.yaml": OBJECT.replace("name: a", "name: alone"),
}
CHART = {
    "chart/Chart.yaml": "apiVersion: v2\nname: app\nversion: 1.0.0\n",
    "chart/values.yaml": "replicas: 2\n",
    "chart/templates/a.yaml": "{{- if .Values.x }}\nkind: A\n{{- end }}\n",
    "chart/templates/_helpers.tpl": '{{ define "x" }}{{ end }}\n',
    "chart/charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
    "chart/crds/a.yaml": OBJECT,
}


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder of programs, besides those of the system that scripts need."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def tool(folder: Path, name: str, script: str) -> None:
    """A program that stands in for *name*; it sees what golive gives to the real one."""
    file = folder / name
    file.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n", encoding="utf-8")
    file.chmod(0o755)


def print_object(name: str) -> str:
    return f"cat <<'E'\n{OBJECT.replace('name: a', f'name: {name}')}E"


def test_only_what_is_applied_is_rendered(tmp_path: Path, tools: Path) -> None:
    log = tmp_path / "log"
    tool(tools, "kubectl", f'echo "$1 $2" >> {log}\n{print_object("made")}')
    tree = linted(tmp_path / "k", BASE)
    assert log.read_text(encoding="utf-8") == f"kustomize {tmp_path}/k/prod\n"
    assert [(o.name, o.generated) for o in tree.objects] == [("alone", False), ("made", True)]
    made = tree.objects[1]
    assert made.at(("metadata", "name")).line is None
    assert made.path.endswith("prod/kustomization.yaml")
    assert not tree.problems
    assert len(tree.of(FileKind.KUSTOMIZATION)) == 3


def test_parts_are_still_read_for_what_is_wrong_with_them(tmp_path: Path, tools: Path) -> None:
    tool(tools, "kubectl", print_object("made"))
    tree = linted(tmp_path / "k", {**BASE, "base/deploy.yaml": f"{OBJECT}x: [\n"})
    assert said(tree) == [("not-yaml", "deploy.yaml", 5)]


def test_without_kubectl_kustomize_will_do(tmp_path: Path, tools: Path) -> None:
    tool(tools, "kustomize", f'test "$1" = build || exit 9\n{print_object("made")}')
    assert [o.name for o in linted(tmp_path / "k", BASE).objects] == ["alone", "made"]


def test_without_a_renderer_nothing_of_it_counts(tmp_path: Path, tools: Path) -> None:
    tree = linted(tmp_path / "k", {**BASE, **CHART})
    assert [o.name for o in tree.objects] == ["alone"]
    assert said(tree) == [
        ("renderer-missing", "Chart.yaml", 1),
        ("renderer-missing", "kustomization.yaml", 1),
    ]
    assert {p.kind for p in tree.problems} == {FileKind.HELM_CHART, FileKind.KUSTOMIZATION}
    assert ["install helm" in p.hint for p in tree.problems] == [True, False]
    assert not list(tools.iterdir())


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo it broke >&2; exit 3", "kubectl failed: it broke"),
        ("exit 3", "exit code 3"),
        ("echo ghp_abcdefghijklmnopqrstuvwxyz0123456789 >&2; exit 1", "<masked: 40 characters>"),
    ],
)
def test_a_renderer_that_fails(tmp_path: Path, tools: Path, script: str, words: str) -> None:
    tool(tools, "kubectl", script)
    (problem,) = linted(tmp_path / "k", BASE).problems
    assert problem.code == "renderer-failed"
    assert words in problem.message


def test_rendered_text_that_is_wrong(tmp_path: Path, tools: Path) -> None:
    tool(tools, "kubectl", f"{print_object('made')}\nprintf 'x: 1\\nx: 2\\n---\\n- a\\n'")
    tree = linted(tmp_path / "k", BASE)
    assert said(tree) == [
        ("not-yaml", "kustomization.yaml", 1),
        ("no-object", "kustomization.yaml", 1),
    ]
    assert "in line 5 of the rendered text" in tree.problems[0].message


def test_its_time_and_output_are_bounded(
    tmp_path: Path, tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renderers, "LARGEST", 1000)
    tool(tools, "kubectl", "yes")
    (problem,) = linted(tmp_path / "k", BASE).problems
    assert "larger than 1,000 bytes" in problem.message
    monkeypatch.setattr(renderers, "TIMEOUT", 0.2)
    tool(tools, "kubectl", "sleep 600 & wait")
    (problem,) = read_paths([tmp_path / "k"]).problems
    assert "longer than 0.2 s" in problem.message


def test_nothing_of_the_user_and_no_network(
    tmp_path: Path, tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANARY_TOKEN", "x")
    tool(tools, "kubectl", f"env > {tmp_path}/env")
    linted(tmp_path / "k", BASE)
    seen = (tmp_path / "env").read_text(encoding="utf-8")
    assert "CANARY" not in seen
    assert "KUBECONFIG=/dev/null" in seen
    assert "HTTPS_PROXY=http://127.0.0.1:9" in seen
    assert os.environ["HOME"] not in seen.replace(str(tmp_path), "")


@pytest.mark.parametrize(
    "resource", ["https://example.com/a.yaml", "github.com/a/b//c?ref=v1", "git@example.com:a.git"]
)
def test_what_is_remote_is_not_fetched(tmp_path: Path, tools: Path, resource: str) -> None:
    tool(tools, "kubectl", f"touch {tmp_path}/called")
    files = {**BASE, "common/kustomization.yaml": f"resources: ['{resource}']\n"}
    (problem,) = linted(tmp_path / "k", files).problems
    assert problem.code == "renderer-failed"
    assert resource in problem.message
    assert not (tmp_path / "called").exists()


def test_a_chart_is_rendered_and_its_templates_are_no_yaml(tmp_path: Path, tools: Path) -> None:
    log = tmp_path / "log"
    tool(tools, "helm", f'echo "$@" >> {log}\n{print_object("made")}')
    tree = linted(tmp_path / "h", CHART)
    arguments = log.read_text(encoding="utf-8")
    assert arguments == f"template release {tmp_path}/h/chart --include-crds\n"
    assert [(o.name, o.generated) for o in tree.objects] == [("made", True)]
    assert tree.objects[0].path.endswith("chart/Chart.yaml")
    assert not tree.problems


@pytest.mark.parametrize(
    "part", ["chart/templates/a.yaml", "chart/templates", "chart", "chart/Chart.yaml"]
)
def test_a_part_of_a_chart_stands_for_the_chart(tmp_path: Path, tools: Path, part: str) -> None:
    tool(tools, "helm", print_object("made"))
    write(tmp_path / "h", CHART)
    tree = read_paths([tmp_path / "h" / part])
    assert [o.name for o in tree.objects] == ["made"]
    assert not tree.problems


def test_a_library_renders_nothing(tmp_path: Path, tools: Path) -> None:
    chart = {**CHART, "chart/Chart.yaml": "apiVersion: v2\nname: a\ntype: library\n"}
    tree = linted(tmp_path / "h", chart)
    assert (tree.problems, tree.objects) == ((), ())


def test_a_loop_of_links_beside_a_kustomization(tmp_path: Path, tools: Path) -> None:
    tool(tools, "kubectl", print_object("made"))
    write(
        tmp_path / "k", {"kustomization.yaml": "resources: [a.yaml, loop.yaml]\n", "a.yaml": OBJECT}
    )
    (tmp_path / "k" / "loop.yaml").symlink_to("loop.yaml")
    assert said(read_paths([tmp_path / "k"])) == [("unreadable", "loop.yaml", 1)]
    found = read_release({"manifests": ("**/*.yaml",)}, tmp_path / "k")
    assert said(found) == [("unreadable", "loop.yaml", 1)]


COMPONENT = "kind: Component\nresources: [a.yaml]\n"


@pytest.mark.parametrize(
    ("files", "made"),
    [
        ({"c/kustomization.yaml": COMPONENT}, ["c"]),
        (
            {
                "c/kustomization.yaml": COMPONENT,
                "top/kustomization.yaml": "components: [../c]\n",
            },
            ["top"],
        ),
        (
            {
                "c/kustomization.yaml": "resources: [a.yaml, ../d]\n",
                "d/kustomization.yaml": "resources: [../e]\n",
                "e/kustomization.yaml": "resources: [../c]\n",
                "top/kustomization.yaml": "resources: []\n",
            },
            ["c", "top"],
        ),
        ({"c/kustomization.yaml": "resources: [a.yaml, ../c]\n"}, ["c"]),
    ],
    ids=["component", "component-in-use", "circle", "itself"],
)
def test_no_object_is_lost_between_kustomizations(
    tmp_path: Path, tools: Path, files: dict[str, str], made: list[str]
) -> None:
    tool(tools, "kubectl", 'echo "apiVersion: v1\nkind: A\nmetadata: {name: $(basename $2)}"')
    tree = linted(tmp_path / "k", {**files, "c/a.yaml": OBJECT})
    assert [o.name for o in tree.objects] == made


def test_a_renderer_says_what_is_wrong_without_where_the_machine_keeps_it(
    tmp_path: Path, tools: Path
) -> None:
    logged = (
        """E1123 07:37:26.1   32475 run.go:72] "command failed" err="no '$2/x.yaml' of '$up/y'\""""
    )
    tool(tools, "kubectl", f"up=$(dirname $2)\ncat >&2 <<E\n{logged}\nE\nexit 1")
    (problem,) = linted(tmp_path / "k", {"kustomization.yaml": "resources: [x.yaml]\n"}).problems
    assert problem.message == "kubectl failed: no 'x.yaml' of '../y'"


def test_a_release_may_name_a_chart_or_a_kustomization(tmp_path: Path, tools: Path) -> None:
    tool(tools, "helm", print_object("charted"))
    tool(tools, "kubectl", print_object("made"))
    base = tmp_path / "r"
    chart = released(base, {**BASE, **CHART}, manifests="chart")
    assert [(o.name, o.path) for o in chart.objects] == [("charted", "chart/Chart.yaml")]
    made = released(base, {}, manifests="prod/kustomization.yaml")
    assert [(o.name, o.path) for o in made.objects] == [("made", "prod/kustomization.yaml")]
    assert (chart.problems, made.problems) == ((), ())


def test_a_suppression_in_a_part_says_where_it_belongs(tmp_path: Path, tools: Path) -> None:
    tool(tools, "kubectl", print_object("made"))
    comment = "# golive: ignore[manifests.a] until=2099-01-01 accepted\n"
    files = {
        "kustomization.yaml": comment + "resources: [a.yaml]\n",
        "a.yaml": comment + OBJECT,
        "b.yaml": comment + OBJECT,
    }
    found = linted(tmp_path / "k", files).suppressions
    problems = {Path(s.location.path).name: s.problem for s in found}
    assert "at the top of that" in problems.pop("a.yaml")
    assert problems == {"kustomization.yaml": "", "b.yaml": ""}


@pytest.mark.parametrize(
    "text",
    [
        "resources: 7\n",
        "resources: [7, null, [a], '']\npatches: [a, {path: 3}]\n",
        "resources: [kustomization.yaml, .]\n",
        f"resources: ['{'a' * 5000}', \"\\0\"]\n",
        "openapi: {path: [a]}\nhelmCharts: {}\nconfigMapGenerator: [{files: a}, 3]\n",
    ],
)
def test_a_malformed_kustomization_is_left_to_the_renderer(
    tmp_path: Path, tools: Path, text: str
) -> None:
    tool(tools, "kubectl", "echo no >&2; exit 1")
    tree = linted(tmp_path / "k", {"kustomization.yaml": text})
    assert said(tree) == [("renderer-failed", "kustomization.yaml", 1)]
