"""What a scanner's own configuration says, where the command line leaves it open.

Sources: Trivy's "Config file" (``trivy.yaml`` in the working directory unless ``--config`` names
another; ``exit-code``, ``severity``, ``scan.skip-dirs`` and ``scan.skip-files``) and grype's README
(``.grype.yaml``, ``.grype/config.yaml``; ``fail-on-severity``). What a command line says goes
before it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from golive_gates.pipeline.model.github import listed, mapping, text
from golive_gates.pipeline.model.records import Step
from golive_gates.pipeline.parts import Repository
from golive_gates.pipeline.scans.model import SEVERITIES, Options, Reading
from golive_gates.pipeline.scans.tools.images import at_or_above

_OPEN = frozenset(("exit-code-missing", "exit-code-in-config", "sarif-only", "fail-on-missing"))
_TRIVY = frozenset(("trivy", "trivy-action"))
_USUAL = {"grype": (".grype.yaml", ".grype/config.yaml")}


def configured(read: Reading, step: Step, repository: Repository) -> Options:
    """The options of *read* with what its configuration adds to them."""
    options = read.options
    if read.tool not in (*_TRIVY, "grype"):
        return options
    named = options.config or (options.given if options.why == "exit-code-in-config" else "")
    usual = _USUAL.get(read.tool, ("trivy.yaml",))
    paths = [_path(p, step) for p in ((named,) if named else usual)]
    path = next((p for p in paths if p in repository.names or repository.text(p)), "")
    if not path:
        return options
    said = _read(repository.text(path), path)
    if said is None:
        undecided = options.stops is False and options.why in _OPEN
        change = {"stops": None, "why": "exit-code-in-config", "given": path}
        return replace(options, **change) if undecided else options  # type: ignore[arg-type]
    return _grype(options, said) if read.tool == "grype" else _trivy(options, said)


def _path(named: str, step: Step) -> str:
    folder = step.working_directory if "$" not in step.working_directory else ""
    return posixpath.normpath(posixpath.join(folder, named))


def _read(content: str | None, path: str) -> Mapping[str, Any] | None:
    # Local: most pipelines have no such file.
    from golive.sources.yaml import YamlError, load

    if content is None:
        return None
    try:
        data = load(content, path).data
    except YamlError:
        return None
    return data if isinstance(data, Mapping) else None


def _trivy(options: Options, said: Mapping[str, Any]) -> Options:
    code = text(said.get("exit-code")).strip()
    if options.why in _OPEN and not options.given.strip("-").isdigit():
        if code.strip("0"):
            options = replace(options, stops=True, why="", given=code)
        elif code or options.why == "exit-code-in-config":
            why = "exit-code-zero" if code else "exit-code-missing"
            options = replace(options, stops=False, why=why, given=code)
    severities = frozenset(
        s.strip().upper() for part in listed(said.get("severity")) for s in part.split(",")
    )
    if options.severities is None and options.dropped is None and severities <= set(SEVERITIES):
        options = replace(options, severities=severities or None)
    scan = mapping(said.get("scan"))
    skips = (*listed(scan.get("skip-dirs")), *listed(scan.get("skip-files")))
    return replace(options, skips=(*options.skips, *skips))


def _grype(options: Options, said: Mapping[str, Any]) -> Options:
    cutoff = text(said.get("fail-on-severity")).strip()
    if options.why not in _OPEN:
        return options
    if cutoff:
        return replace(options, stops=True, why="", given="", severities=at_or_above(cutoff))
    return replace(options, stops=False, why="fail-on-missing", given="--fail-on")
