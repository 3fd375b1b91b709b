"""Documents to objects: lists, generated names, and what is none of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive.sources.tree import FileKind
from tests.unit.sources.trees import OBJECT, linted, one, released, said

LIST = """
    apiVersion: v1
    kind: List
    metadata: {}
    items:
      - apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
          namespace: shop
      - apiVersion: v1
        kind: List
        items:
          - {apiVersion: v1, kind: Service, metadata: {name: inner}}
      # the last
      - apiVersion: v1
        kind: Service
        metadata: {name: web}
"""


def test_a_list_is_taken_apart(tmp_path: Path) -> None:
    tree = linted(tmp_path, {"a.yaml": LIST})
    assert [str(o.ref) for o in tree.objects] == [
        "Deployment/shop/web",
        "Service/inner",
        "Service/web",
    ]
    assert [o.prefix for o in tree.objects] == [
        ("items", 0),
        ("items", 1, "items", 0),
        ("items", 2),
    ]
    places = [o.at(("metadata", "name")).line for o in tree.objects]
    assert places == [8, 13, 17]


def test_a_typed_list_says_what_its_items_are(tmp_path: Path) -> None:
    text = """
        apiVersion: apps/v1
        kind: DeploymentList
        items:
          - metadata:
              name: web
    """
    (found,) = linted(tmp_path, {"a.yaml": text}).objects
    assert (found.type, found.name) == ("Deployment.apps", "web")
    assert found.at(("metadata", "name")).line == 5
    assert found.at(("kind",)).line == 4


@pytest.mark.parametrize("item", ["7", "{kind: A}", "{apiVersion: v1, kind: 3}", "[]", "null"])
def test_an_item_that_is_no_object_is_a_problem_and_the_others_stay(
    tmp_path: Path, item: str
) -> None:
    text = f"apiVersion: v1\nkind: List\nitems:\n- {item}\n- {{apiVersion: v1, kind: B}}\n"
    tree = linted(tmp_path, {"a.yaml": text.encode()})
    assert said(tree) == [("no-object", "a.yaml", 4)]
    assert [o.kind for o in tree.objects] == ["B"]


def test_a_kind_that_merely_ends_in_list_stays_whole(tmp_path: Path) -> None:
    text = "apiVersion: example.com/v1\nkind: AllowList\nmetadata: {name: a}\nspec: {items: [x]}\n"
    assert one(tmp_path, text).kind == "AllowList"


def test_a_generated_name_can_be_read(tmp_path: Path) -> None:
    text = "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: copy-}\n"
    assert one(tmp_path, text).name == "copy-*"


def test_a_broken_document_leaves_the_others(tmp_path: Path) -> None:
    text = f"{OBJECT}---\napiVersion: v1\nkind: Pod\nspec: [a\n---\nkey: 1\nkey: 2\n---\n{OBJECT}"
    tree = linted(tmp_path, {"a.yaml": text})
    assert said(tree) == [("not-yaml", "a.yaml", 7), ("not-yaml", "a.yaml", 10)]
    assert len(tree.objects) == 2


def test_a_key_twice_names_both_lines(tmp_path: Path) -> None:
    text = f"{OBJECT}data:\n  a: b\n  c: d\n  a: e\n"
    tree = linted(tmp_path, {"a.yaml": text})
    (problem,) = tree.problems
    assert (problem.code, problem.kind, problem.location.line) == (
        "not-yaml",
        FileKind.KUBERNETES,
        7,
    )
    assert "line 5" in problem.message
    assert not tree.objects


def test_beside_objects_a_document_without_a_kind_is_a_problem(tmp_path: Path) -> None:
    tree = linted(
        tmp_path, {"a.yaml": f"{OBJECT}---\nreplicas: 2\n---\n- a\n---\n---\n# nothing\n"}
    )
    assert said(tree) == [("no-object", "a.yaml", 5), ("no-object", "a.yaml", 7)]


@pytest.mark.parametrize(
    "text",
    [
        "services: {web: {image: a}}\n",
        "openapi: 3.1.0\npaths: {}\n",
        "replicas: 2\nimage: {tag: latest}\n",
        "- a\n- b\n",
        "just text\n",
        "",
        "key: 1\nkey: 2\n",
        "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: a}\n",
        "apiVersion: v1\nkind: Config\nclusters: []\n",
        "apiVersion: golive/v1\nservice: {name: a}\n",
        "{{ cookiecutter.name }}: 1\n{% if x %}\na: b\n{% endif %}\n",
    ],
)
def test_yaml_of_other_tools_is_no_problem(tmp_path: Path, text: str) -> None:
    tree = linted(tmp_path, {"a.yaml": text.encode()})
    assert (tree.problems, tree.objects, tree.documents) == ((), (), ())
    assert [f.kind for f in tree.files] == [FileKind.OTHER]


def test_what_was_clearly_meant_as_an_object_is_a_problem(tmp_path: Path) -> None:
    text = "kind: Deployment\nmetadata: {name: web}\n"
    assert said(linted(tmp_path, {"a.yaml": text})) == [("no-object", "a.yaml", 1)]


@pytest.mark.parametrize("text", ["replicas: 2\n", "", "# nothing\n"])
def test_the_manifests_of_a_configuration_have_to_be_objects(tmp_path: Path, text: str) -> None:
    tree = released(tmp_path, {"a.yaml": text.encode()}, manifests="*.yaml")
    assert said(tree) == [("no-object", "a.yaml", 1)]
    assert tree.problems[0].kind is FileKind.KUBERNETES


def test_a_pattern_that_matches_nothing_is_a_problem(tmp_path: Path) -> None:
    tree = released(tmp_path, {}, manifests="*.yaml", rules="rules.yml")
    assert [(p.code, p.location.path) for p in tree.problems] == [
        ("no-match", "*.yaml"),
        ("no-match", "rules.yml"),
    ]


def test_paths_of_a_release_are_relative_to_it(tmp_path: Path) -> None:
    files = {"k8s/a.yaml": OBJECT, "k8s/b.yaml": OBJECT.replace("name: a", "name: b")}
    tree = released(tmp_path, files, manifests="k8s/*.yaml", rules="k8s/a.yaml")
    assert [o.path for o in tree.objects] == ["k8s/a.yaml", "k8s/b.yaml"]
    assert not tree.problems


def test_a_folder_that_is_named_stands_for_its_files(tmp_path: Path) -> None:
    tree = released(tmp_path, {"k8s/deep/a.yaml": OBJECT}, manifests="k8s")
    assert [o.path for o in tree.objects] == ["k8s/deep/a.yaml"]
