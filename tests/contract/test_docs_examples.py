"""Every example of golive.yaml in the documentation is one that the strict loader takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from golive.config.errors import ConfigError
from golive.config.loader import LoadedConfig, load_config
from golive.config.openslo import read_openslo
from golive.discovery import discover_gates
from golive.sources.yaml import Document, load_file

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```ya?ml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OTHERS = {
    ("cluster", "apiVersion: rbac.authorization.k8s.io/v1"),
    ("configuration", "metadata:"),  # of an OpenSLO document, below
    ("lint", "# golive: ignore[manifests.image-tags] until=2027-03-31 the registry rebuilds it"),
    ("lint", "permissions:"),
    ("lint", "lint-release:"),
}
"""Pages, and how the examples begin that are no golive.yaml."""
SERVICES = '  services: [{name: api, url: "http://127.0.0.1:8080"}]'
REST = {
    "apiVersion": "apiVersion: golive/v1",
    "service": "service: {name: Shop, version: v1}",
    "target": f"target:\n{SERVICES}",
}
"""What an excerpt leaves out."""
OPENSLO = """
apiVersion: openslo/v1
kind: SLO
{metadata}
spec:
  service: api
  indicator:
    spec:
      ratioMetric:
        counter: true
        bad: {{metricSource: {{type: Prometheus, spec: {{query: bad_total}}}}}}
        total: {{metricSource: {{type: Prometheus, spec: {{query: all_total}}}}}}
  timeWindow: [{{duration: 30d, isRolling: true}}]
  budgetingMethod: Occurrences
  objectives: [{{target: 0.999}}]
"""

EXAMPLES = [
    (page.stem, text)
    for page in sorted(DOCS.glob("*.md"))
    for text in BLOCK.findall(page.read_text(encoding="utf-8"))
]
OURS = [
    (page, text)
    for page, text in EXAMPLES
    if not any(page == of and text.lstrip().startswith(begins) for of, begins in OTHERS)
]
GATES = discover_gates()


def whole(page: str, text: str) -> str:
    """The excerpt *text* with what it leaves out; indented, it goes on from the page's first."""
    if text.startswith(" "):
        first = next(t for of, t in OURS if of == page and f"  {page}:\n" in t)
        own = re.findall(r"(?m)^    (\w+):", text)
        known = any(re.search(rf"(?m)^    {key}:", first) for key in own)
        text = (f"gates:\n  {page}:\n" if known else first) + text
    if re.search(r"^target:$", text, re.MULTILINE) and "services:" not in text:
        text = text.replace("target:\n", f"target:\n{SERVICES}\n")
    left_out = [line for key, line in REST.items() if not re.search(rf"(?m)^{key}:", text)]
    return "\n".join((*left_out, text))


def taken(folder: Path, text: str) -> LoadedConfig:
    file = folder / "golive.yaml"
    file.write_text(text, encoding="utf-8")
    return load_config(file, GATES.settings_types, known_checks=GATES.check_ids)


@pytest.mark.parametrize(
    ("page", "text"), OURS, ids=[f"{page}-{number}" for number, (page, _) in enumerate(OURS)]
)
def test_an_example_is_taken(tmp_path: Path, page: str, text: str) -> None:
    taken(tmp_path, whole(page, text))


@pytest.mark.parametrize(
    ("page", "key"),
    [
        ("configuration", "scan_results"),
        ("configuration", "recovery_within"),
        ("pipeline", "scan_results"),
        ("recovery", "canary"),
        ("recovery", "reverse_service"),
    ],
)
def test_a_key_of_another_name_is_not(tmp_path: Path, page: str, key: str) -> None:
    examples = [text for of, text in OURS if of == page and f" {key}:" in text]
    assert examples
    for text in examples:
        with pytest.raises(ConfigError, match=f"{key}_once"):
            taken(tmp_path, whole(page, text.replace(f"{key}:", f"{key}_once:")))


@pytest.mark.parametrize("gate", ["pipeline", "recovery"])
def test_the_tour_and_the_page_of_a_gate_have_an_example_of_it(gate: str) -> None:
    pages = {page for page, text in OURS if re.search(rf"(?m)^gates:\n  {gate}:$", text)}
    assert {"configuration", gate} <= pages


def test_the_tour_names_every_installed_gate() -> None:
    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| `([a-z]+)` \|", page.partition("\n## Gates\n")[2])
    assert rows == [g for g in GATES.loaded if GATES.loaded[g].package.startswith("golive_gates.")]


def test_the_excerpt_of_an_openslo_document_names_the_slo(tmp_path: Path) -> None:
    (excerpt,) = (t for p, t in EXAMPLES if p == "configuration" and t.startswith("metadata:"))
    file = tmp_path / "slo.yaml"
    file.write_text(OPENSLO.format(metadata=excerpt), encoding="utf-8")
    documents = [d for d in load_file(file) if isinstance(d, Document)]
    ((slo, _),) = read_openslo(documents)
    assert slo.id == "availability"


def test_every_other_example_is_still_there() -> None:
    assert len(EXAMPLES) - len(OURS) == len(OTHERS)
