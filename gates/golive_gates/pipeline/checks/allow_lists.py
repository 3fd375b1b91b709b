"""``pipeline.allow-lists``: the secret scan's configuration lets no key through.

What: reads the gitleaks configurations that the pipelines use (``--config``, ``GITLEAKS_CONFIG``,
``.gitleaks.toml``), and tries their allow-lists, stop words, rules and disabled rules on made-up
keys and on the paths of the repository. Why: one entry of ``.*``, or a file without
``useDefault``, and the scan is green whatever is committed. Remedy: allow single files, commits or
fingerprints.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Fact,
    Finding,
    Observation,
    Status,
)
from golive_gates.pipeline.looking import about_file, finding
from golive_gates.pipeline.parts import Pipeline, Repository
from golive_gates.pipeline.scans.allowing.config import (
    Config,
    ConfigError,
    line_with,
    read_config,
)
from golive_gates.pipeline.scans.allowing.trying import Tried, disabled, missed, tried
from golive_gates.pipeline.scans.found import scans_of
from golive_gates.pipeline.scans.judging import at_command, concluded_on
from golive_gates.pipeline.scans.model import Scan
from golive_gates.pipeline.scans.words import unknown
from golive_gates.pipeline.settings import Settings

SPEC = CheckSpec("pipeline.allow-lists", needs=EvidenceLevel.STATIC)
DEFAULT = ".gitleaks.toml"
_STATUS = {0: Status.WARN, 1: Status.INCONCLUSIVE, 2: None}


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every configuration that a gitleaks of the pipelines uses, each once."""
    del settings
    part = observation.require(Pipeline)
    findings: list[Finding] = []
    facts: list[Fact] = []
    subjects = 0
    for repository in part.repositories:
        scans = [s for s in scans_of(repository) if s.tool in ("gitleaks", "gitleaks-action")]
        paths = {_path(s): s for s in reversed(scans) if not s.options.inline}
        there = {p: s for p, s in paths.items() if p is not None and _counts(p, s, repository)}
        subjects += len(there)
        for path, scan in there.items():
            findings += _file(repository, path, scan)
        findings += _narrowed(scans)
        if scans and (ignored := repository.text(".gitleaksignore")) is not None:
            lines = [line.strip() for line in ignored.splitlines()]
            count = sum(1 for line in lines if line and not line.startswith("#"))
            facts.append(Fact("allowed_fingerprints", count))
    return concluded_on(SPEC, observation, subjects, findings, facts=facts)


def _path(scan: Scan) -> str | None:
    """Where *scan* reads its rules, from the root; ``None`` where only the run knows."""
    given = scan.options.config
    base = scan.step.working_directory
    if unknown(given) or unknown(base):
        return None
    source = scan.options.source
    if not given:
        # Its own place is beside what is scanned; a mounted folder is the repository.
        plain = source and not unknown(source) and not source.startswith("/")
        return posixpath.normpath(posixpath.join(base, source if plain else "", DEFAULT))
    return posixpath.normpath(posixpath.join(base, given))


def _counts(path: str, scan: Scan, repository: Repository) -> bool:
    """Without a configuration that is asked for, and none there, the default rules hold."""
    return bool(scan.options.config) or path in repository.names


def _file(repository: Repository, path: str, scan: Scan) -> Iterator[Finding]:
    if path.startswith(("/", "..")):
        unread = finding(
            scan.place, scan.subject, "config-unread", status=Status.INCONCLUSIVE, entry=path
        )
        yield at_command(unread, scan, repository)
        return
    text = repository.text(path)
    if text is None:
        gone = path not in repository.names and not repository.cut
        code = "config-missing" if gone else "config-unread"
        status = None if gone else Status.INCONCLUSIVE
        lacking = finding(scan.place, scan.subject, code, status=status, entry=path)
        yield at_command(lacking, scan, repository)
        return
    try:
        config = read_config(path, text)
    except ConfigError as error:
        yield about_file(repository, path, "config-invalid", detail=str(error)[:200])
        return
    names = sorted(repository.names)
    found = [*tried(config, names), *disabled(config)]
    base = _base(repository, config)
    if config.base and base is None:
        yield about_file(
            repository, path, "config-unread", status=Status.INCONCLUSIVE, entry=config.base
        )
    else:
        found += missed(config, base)
        found += [*tried(base, names), *disabled(base)] if base is not None else []
    for one in found:
        yield _said(repository, path, text, one)


def _base(repository: Repository, config: Config) -> Config | None:
    """The file that *config* extends: beside the working directory, not beside itself."""
    text = repository.text(posixpath.normpath(config.base)) if config.base else None
    try:
        return None if text is None else read_config(config.base, text)
    except ConfigError:
        return None


def _said(repository: Repository, path: str, text: str, one: Tried) -> Finding:
    return about_file(
        repository,
        path,
        one.code,
        line=line_with(text, one.entry.partition(", ")[0]),
        status=_STATUS[one.weight],
        entry=one.entry[:100] or '""',
        example=one.example,
        count=one.count,
        n=one.n,
        detail=one.detail,
    )


def _narrowed(scans: list[Scan]) -> Iterator[Finding]:
    seen = set()
    for scan in scans:
        if scan.options.only_rules and scan.key not in seen:
            seen.add(scan.key)
            named = ", ".join(scan.options.only_rules)
            yield finding(
                scan.place, scan.subject, "rules-narrowed", status=Status.WARN, entry=named[:100]
            )


CHECK = Check(SPEC, (Pipeline,), judge)
