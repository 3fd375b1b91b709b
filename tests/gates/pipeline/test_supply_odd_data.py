"""Users' pipelines hold anything anywhere: no judge of the supply chain may crash over it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from golive.api import Observation
from golive.sources.tree import FileKind, PlainDocument
from golive_gates.pipeline.parts import Pipeline, Repository
from golive_gates.pipeline.settings import Settings
from golive_gates.pipeline.supply.dockerfiles import read
from golive_gates.pipeline.supply.installs import installs
from golive_gates.pipeline.supply.requirements import locked
from tests.gates.pipeline.snippets import CHECKS
from tests.gates.saying import said

OURS = (
    "action-pins",
    "base-images",
    "lock-files",
    "provenance",
    "token-permissions",
    "triggers",
)
NAMES = """
on jobs steps uses run with needs if permissions container services image strategy matrix include
runs-on env environment push pull_request_target workflow_run workflows issue_comment workflow_call
a b ref repository sbom provenance contents id-token working-directory shell runs using
"""
KEYS = st.sampled_from(NAMES.split())
TEXTS = (
    "a",
    "b",
    "push",
    "write-all",
    "write",
    "./.github/workflows/ci.yml",
    "./a",
    "actions/checkout@v6",
    "docker://a",
    "pip install -r r.txt",
    "npm ci && cd x",
    "docker push x",
    "${{ github.head_ref }}",
    "${{ matrix.a }}",
    "'",
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-1, 9)
    | st.floats(allow_nan=False)
    | st.sampled_from(TEXTS)
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=40,
)
JOBS = st.dictionaries(KEYS, st.dictionaries(KEYS, TREES, max_size=6) | TREES, max_size=4)


@given(st.dictionaries(KEYS, TREES, max_size=5), JOBS | TREES, TREES)
def test_any_workflow(data: dict[str, object], jobs: object, on: object) -> None:
    documents = (
        PlainDocument(
            FileKind.WORKFLOW, {**data, "jobs": jobs, "on": on}, ".github/workflows/ci.yml"
        ),
        PlainDocument(FileKind.ACTION, {**data, "runs": jobs}, "a/action.yml"),
    )
    seen = Observation({"Pipeline": Pipeline((Repository("", documents, {}),))})
    for name in OURS:
        result = said(CHECKS[name].evaluate(seen, Settings()))
        assert result.status.value != "error"


DOCKER = st.text(alphabet="FROM RUNCPYAG=@:<$-{}\\\n#`'\"[],x1/", max_size=120)


@given(DOCKER, st.sampled_from(["", "FROM a\nRUN ", "ARG A\nFROM ", "FROM a\nCOPY --from="]))
def test_any_dockerfile(text: str, begun: str) -> None:
    repository = Repository("", (), {"Dockerfile": begun + text}, {}, frozenset(["Dockerfile"]))
    assert read("Dockerfile", begun + text).path == "Dockerfile"
    seen = Observation({"Pipeline": Pipeline((repository,))})
    for name in ("base-images", "lock-files"):
        assert CHECKS[name].evaluate(seen, Settings()).status.value != "error"


PROGRAMS = st.sampled_from(["pip", "uv", "npm", "poetry", "pipx", "python", "yarn", "uvx"])
WORDS = st.lists(
    st.sampled_from(["install", "-m", "pip", "sync", "-r", "-r=", "", "ci", "--x", "a"])
)


@given(PROGRAMS, WORDS)
def test_any_words(program: str, words: list[str]) -> None:
    assert all(i.tool for i in installs([program, *words], in_ci=True))


@given(st.text(alphabet="a=1 -r\\\n#hsh:.\t", max_size=80))
def test_any_requirements(text: str) -> None:
    lock = locked(Repository("", (), {"r.txt": text}, {}, frozenset(["r.txt"])), "r.txt")
    assert len(lock.bare) <= lock.lines
