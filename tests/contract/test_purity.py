"""Judges, statistics, verdict and renderers perform no I/O and read no clock."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GATES = ROOT / "gates"

IMPURE_MODULES = frozenset(
    {
        "asyncio",
        "glob",
        "http",
        "httpx",
        "httpx_sse",
        "io",
        "kubernetes",
        "logging",
        "multiprocessing",
        "os",
        "pathlib",
        "prometheus_api_client",
        "random",
        "requests",
        "secrets",
        "select",
        "shutil",
        "signal",
        "socket",
        "sqlite3",
        "ssl",
        "subprocess",
        "sys",
        "tempfile",
        "threading",
        "time",
        "urllib.request",
        "uuid",
    }
)
IMPURE_CORE = ("golive.probe", "golive.sources", "golive.runner", "golive.journal", "golive.cli")
# What was read, and how it hangs together: data that judges walk through; and text as documents.
PURE_CORE = (
    "golive.sources.credentials",
    "golive.sources.documents",
    "golive.sources.kubernetes",
    "golive.sources.places",
    "golive.sources.tree",
    "golive.sources.vendored_schemas",
    "golive.sources.yaml",
    "golive.sources.yaml_limits",
    "golive.sources.yaml_nodes",
    "golive.sources.yaml_scalars",
    "golive.sources.yaml_stream",
)
READERS = frozenset({"golive.sources.yaml.load_file", "golive.sources.yaml.read_source"})
"""Of those, what opens a file."""
IMPURE_CALLS = frozenset({"breakpoint", "exec", "eval", "input", "open", "print", "__import__"})
CLOCKS = frozenset({"now", "today", "utcnow"})
FILES = frozenset({"read_text", "read_bytes", "write_text", "write_bytes"})


def impurities(source: str) -> Iterator[str]:
    """What in *source* is or leads to I/O, with its line."""
    for node in ast.walk(ast.parse(source)):
        for name in imported(node):
            top = name.split(".")[0]
            core = within(name, IMPURE_CORE) and not within(name, PURE_CORE)
            core = core or name in READERS
            if core or name in IMPURE_MODULES or (top in IMPURE_MODULES and top != "urllib"):
                yield f"line {node.lineno}: imports {name}"
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Name) and function.id in IMPURE_CALLS:
                yield f"line {node.lineno}: calls {function.id}"
            if isinstance(function, ast.Attribute) and function.attr in CLOCKS | FILES:
                yield f"line {node.lineno}: calls .{function.attr}"
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.Global):
            yield f"line {node.lineno}: {type(node).__name__}"


def within(name: str, modules: tuple[str, ...]) -> bool:
    """Whether *name* is one of *modules* or something in it."""
    return any(name == m or name.startswith(f"{m}.") for m in modules)


def imported(node: ast.AST) -> list[str]:
    """Modules that *node* may import; ``from a import b`` may import ``a.b``."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are absolute"
        return [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def own_modules(file: Path) -> set[Path]:
    """Modules of gates that *file* imports, as files."""
    names = {n for node in ast.walk(ast.parse(file.read_text())) for n in imported(node)}
    paths = (GATES / Path(*n.split(".")) for n in names if n.startswith("golive_gates."))
    found = {p.with_suffix(".py") for p in paths if p.with_suffix(".py").is_file()}
    return {p.resolve() for p in found}


def judging_files() -> list[Path]:
    """Every check and, step by step, every module of its gate that it uses."""
    todo = {p.resolve() for p in GATES.glob("golive_gates/*/checks/*.py")}
    found: set[Path] = set()
    while todo:
        file = todo.pop()
        found.add(file)
        todo |= own_modules(file) - found
    return sorted(found)


PURE_SOURCES = (
    "credentials",
    "places",
    "tree",
    "kubernetes/objects",
    "kubernetes/pods",
    "kubernetes/selectors",
    "kubernetes/graph",
)
PURE = [
    *judging_files(),
    *sorted((ROOT / "reports" / "golive_reports").rglob("*.py")),
    *sorted((ROOT / "golive" / "stats").glob("*.py")),
    *sorted((ROOT / "golive").glob("lint_*.py")),
    *(ROOT / "golive" / "sources" / f"{n}.py" for n in PURE_SOURCES),
    ROOT / "golive" / "verdict.py",
    ROOT / "golive" / "model.py",
]


@pytest.mark.parametrize("file", PURE, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_io(file: Path) -> None:
    assert list(impurities(file.read_text(encoding="utf-8"))) == []


def test_judges_reach_their_helpers_and_no_observer() -> None:
    files = [str(f.relative_to(GATES)) for f in judging_files()]
    assert any("/checks/" not in f for f in files), "no helper was followed"
    assert not [f for f in files if "/observers/" in f]


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "import os.path",
        "from pathlib import Path",
        "def f():\n    import httpx",
        "from urllib import request",
        "from golive import probe",
        "from golive.probe.http import HttpProbe",
        "from golive.sources.reading import read_paths",
        "from datetime import datetime\nx = datetime.now()",
        "open('x')",
        "import golive\ngolive.x.read_text()",
    ],
)
def test_the_rule_notices(source: str) -> None:
    assert list(impurities(source))


@pytest.mark.parametrize(
    "source",
    [
        "from urllib.parse import quote",
        "from datetime import date",
        "from golive.stats import plan_of",
        "from golive.sources.kubernetes.graph import Graph",
        "from golive.sources.tree import FileKind",
    ],
)
def test_the_rule_lets_pure_code_through(source: str) -> None:
    assert not list(impurities(source))
