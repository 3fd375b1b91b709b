"""Templates that nobody rendered are called that, at the line of the action."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive.sources.tree import FileKind
from tests.unit.sources.trees import OBJECT, linted, said

HEAD = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\n"

POD = """apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
  - name: a
    image: a:1
    args: ['${HOME}', '$(POD)', '{{ x }}']
    env: [{name: A, value: '${B}'}]
"""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{HEAD}spec:\n  replicas: {{{{ .Values.replicas }}}}\n", 6),
        (f"{HEAD}  {{{{- with .Values.labels }}}}\n  labels: {{}}\n  {{{{- end }}}}\n", 5),
        (f"{{% if production %}}\n{HEAD}{{% endif %}}\n", 1),
        (f'{HEAD}spec:\n  replicas: "{{{{ replicas }}}}"\n', 6),
        (f"{HEAD}spec:\n  replicas: ${{REPLICAS}}\n", 6),
        (f"{HEAD}  namespace: ${{NAMESPACE:-shop}}\n", 5),
        (f"{HEAD}  namespace: <no value>\n", 5),
        (
            HEAD + 'spec: {template: {spec: {containers: [\n  {name: a, image: "a:${TAG}"}]}}}\n',
            6,
        ),
    ],
)
def test_an_action_in_a_manifest(tmp_path: Path, text: str, line: int) -> None:
    tree = linted(tmp_path, {"a.yaml": text.encode()})
    assert said(tree) == [("template", "a.yaml", line)]
    assert tree.problems[0].kind is FileKind.KUBERNETES
    assert "render" in tree.problems[0].hint
    assert not tree.objects


@pytest.mark.parametrize(
    "text",
    [
        f"{OBJECT}data:\n  a.conf: |\n    {{{{ range .Items }}}}\n    set ${{VAR}}\n",
        f"{OBJECT.rstrip()[:-1]}, annotations: {{a: '{{{{ $labels.pod }}}}', b: '${{X}}'}}}}\n",
        POD,
    ],
)
def test_what_a_program_reads_may_look_so(tmp_path: Path, text: str) -> None:
    tree = linted(tmp_path, {"a.yaml": text.encode()})
    assert not tree.problems
    assert len(tree.objects) == 1


def test_an_action_below_the_mistake_is_not_its_cause(tmp_path: Path) -> None:
    text = f"{OBJECT}bad: [a\nb: c\nd: |\n  x\n\n\n  y: {{{{ z }}}}\n"
    assert said(linted(tmp_path, {"a.yaml": text.encode()}))[0][0] == "not-yaml"


def test_rendered_documents_of_the_same_file_stay(tmp_path: Path) -> None:
    text = f"{OBJECT}---\n{HEAD}spec: {{{{ spec }}}}\n"
    tree = linted(tmp_path, {"a.yaml": text.encode()})
    assert said(tree) == [("template", "a.yaml", 9)]
    assert len(tree.objects) == 1
