"""What scanners of images are told to leave out, as the repository's files say it.

Sources: Trivy, "Filtering" and pkg/result/ignore.go (``.trivyignore`` with ``exp:``,
``.trivyignore.yaml`` with ``expired_at`` and ``statement``, an entry without an id is for every
id); Grype, "Specifying matches to ignore" and grype/match/ignore.go (``ignore`` in ``.grype.yaml``:
a rule without criteria matches nothing; names of packages are regular expressions).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from golive.inspecting import Same
from golive.sources.yaml import Document, Limits, YamlError, load
from golive_gates.pipeline.images.values import mapping, text, texts
from golive_gates.pipeline.parts import Repository

MOST_RULES = 5_000
Wide = Literal["", "everything", "unfixed", "package"]
_TRIVY = re.compile(r"(?:.*/)?\.trivyignore")
_TRIVY_YAML = re.compile(r"(?:.*/)?\.trivyignore\.ya?ml")
_GRYPE = re.compile(r"(?:.*/)?\.grype\.ya?ml")
_KINDS = ("vulnerabilities", "misconfigurations", "secrets", "licenses")
_SAID_DATE = re.compile(r"(?:exp(?:ires)?|until|review(?:ed)?(?: by)?)\W{0,3}(\d{4}-\d{2}-\d{2})")
_ALL = frozenset(("", "*", "**", ".*", ".+", "**/*"))
_WILD = re.compile(r"[*?]")


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is left out. ``id``: of the finding, else what the rule says.

    ``until``: the day from which it is judged again; ``dated``: what stands in the place of one,
    empty for nothing. ``can_expire``: whether the scanner itself knows dates. ``wide``: what it
    swallows beyond one finding.
    """

    path: str
    line: int | None
    id: str
    reason: str = ""
    until: date | None = None
    dated: str = ""
    can_expire: bool = True
    wide: Wide = ""


@dataclass(frozen=True, slots=True)
class Ignores:
    """All of a repository. ``unread``: files that could not be read, and why."""

    rules: tuple[Rule, ...] = ()
    unread: Mapping[str, str] | None = None


def ignore_files(repository: Repository) -> Ignores:
    """What the files of *repository* say; read once for all checks of a run."""
    return _ignores(Same(repository))


@lru_cache(maxsize=8)
def _ignores(known: Same[Repository]) -> Ignores:
    repository = known.part
    rules: list[Rule] = []
    unread = {p: why for p, why in (repository.unread or {}).items() if _is_ours(p)}
    for path, content in sorted((repository.texts or {}).items()):
        if _TRIVY.fullmatch(path):
            rules += _lines(path, content)
        elif _TRIVY_YAML.fullmatch(path) or _GRYPE.fullmatch(path):
            try:
                document = load(content, path, limits=Limits(size=2 << 20, nodes=200_000))
            except YamlError as error:
                unread[path] = str(error.problems[0].message)[:200] if error.problems else "-"
                continue
            rules += _grype(path, document) if _GRYPE.fullmatch(path) else _yaml(path, document)
    return Ignores(tuple(rules[:MOST_RULES]), unread)


def _is_ours(path: str) -> bool:
    return any(p.fullmatch(path) for p in (_TRIVY, _TRIVY_YAML, _GRYPE))


def _lines(path: str, content: str) -> Iterator[Rule]:
    comment = ""
    for number, written in enumerate(content.splitlines(), 1):
        line = written.strip()
        if line.startswith("#"):
            comment = line.lstrip("# ").strip() or comment
            continue
        if not line:
            comment = ""
            continue
        fields = line.split()
        dated = next((f.removeprefix("exp:") for f in fields[1:] if f.startswith("exp:")), "")
        inline = " ".join(f for f in fields[1:] if not f.startswith("exp:")).strip("# ")
        wide: Wide = "everything" if _WILD.search(fields[0]) else ""
        yield Rule(path, number, fields[0], inline or comment, day_of(dated), dated, wide=wide)


def _yaml(path: str, document: Document) -> Iterator[Rule]:
    data = mapping(document.data)
    for kind in _KINDS:
        listed = data.get(kind)
        for index, entry in enumerate(listed if isinstance(listed, list) else ()):
            if not isinstance(entry, Mapping):
                continue
            dated = text(entry.get("expired_at"))
            line = document.positions.at((kind, index)).line
            said = text(entry.get("id"))
            wide: Wide = "everything" if not said or _WILD.search(said) else ""
            if not said and texts(entry.get("purls")):
                wide = "package"
            name = said or ", ".join(texts(entry.get("paths"))[:2]) or kind
            reason = text(entry.get("statement"))
            yield Rule(path, line, name, reason, day_of(dated[:10]), dated, wide=wide)


def _grype(path: str, document: Document) -> Iterator[Rule]:
    listed = mapping(document.data).get("ignore")
    for index, entry in enumerate(listed if isinstance(listed, list) else ()):
        if not isinstance(entry, Mapping) or text(entry.get("vex-status")):
            continue
        package = mapping(entry.get("package"))
        criteria = {k: text(entry.get(k)) for k in ("vulnerability", "fix-state", "namespace")}
        criteria |= {f"package.{k}": text(v) for k, v in package.items()}
        given = {k: v for k, v in criteria.items() if v}
        if not given:
            continue  # A rule without criteria matches nothing.
        reason = text(entry.get("reason"))
        said = _SAID_DATE.search(reason.lower())
        line = document.positions.at(("ignore", index)).line
        name = given.get("vulnerability") or ", ".join(f"{k}={v}" for k, v in given.items())[:120]
        until = day_of(said[1]) if said else None
        dated = said[1] if said else ""
        yield Rule(path, line, name, reason, until, dated, can_expire=False, wide=_wide(given))


def _wide(given: Mapping[str, str]) -> Wide:
    if given.get("vulnerability"):
        return ""
    narrow = {
        k: v
        for k, v in given.items()
        if k in ("package.name", "package.version", "package.location", "package.upstream-name")
        and v not in _ALL
    }
    if narrow:
        return "package"
    return "unfixed" if given.get("fix-state") else "everything"


def day_of(said: str) -> date | None:
    """``2026-01-31`` as a day; ``None`` for anything else."""
    try:
        return date.fromisoformat(said) if re.fullmatch(r"\d{4}-\d\d-\d\d", said) else None
    except ValueError:
        return None
