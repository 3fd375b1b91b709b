"""The repository around the pipelines: its names, and the texts that the checks rest on."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from golive.api import Lane, Need, PlannedWork, Reason, RunContext, Scope, Unavailable
from golive.sources.credentials import mask_text
from golive.sources.files import shown_as
from golive.sources.tree import FileKind, PlainDocument
from golive_gates.pipeline.parts import Pipeline, Repository
from golive_gates.pipeline.settings import Settings

KINDS = (FileKind.WORKFLOW, FileKind.ACTION, FileKind.GITLAB)
MOST_NAMES = 20_000
LARGEST = 2 << 20
MOST_TEXTS = 1_000
_SKIPPED = frozenset(
    (".git", "node_modules", ".venv", "venv", ".tox", ".nox", "__pycache__", ".mypy_cache")
)
WANTED = re.compile(
    r"""(?xi)
    \.github/workflows/[^/]+\.ya?ml | (?:.*/)?action\.ya?ml | (?:.*/)?[\w.-]*gitlab-ci[\w.-]*\.ya?ml
    | (?:\.gitlab|\.?ci|\.?gitlab-ci)/[\w./-]+\.ya?ml
    | (?:\.github/|\.gitlab/|docs/)?(?:codeowners|security(?:\.\w+)?)
    | (?:licen[cs]e|copying)(?:[.-][\w.-]+)?
    | \.github/dependabot\.ya?ml
    | (?:\.github/|\.gitlab/)?(?:\.renovaterc(?:\.json)?|renovate\.json5?)
    | (?:.*/)?\.(?:git|docker)ignore
    | (?:.*/)?\.?gitleaks(?:[\w.-]*\.toml|ignore) | (?:.*/)?\.trivyignore(?:\.ya?ml)?
    | (?:.*/)?trivy(?:-secret)?\.ya?ml | (?:.*/)?\.grype\.ya?ml
    | (?:.*/)?(?:dockerfile|containerfile)(?:\.[\w-]+)? | (?:.*/)?[\w.-]+\.dockerfile
    | (?:.*/)?(?:gnu)?makefile | (?:.*/)?justfile | (?:.*/)?(?:tox|setup)\.(?:ini|cfg)
    | (?:.*/)?noxfile\.py | pyproject\.toml | (?:.*/)?package\.json
    | (?:.*/)?\.pre-commit-config\.yaml
    | (?:.*/)?[\w.-]+\.(?:sh|bash) | (?:.*/)?\.python-version
    | (?:scripts?|bin|ci|\.ci|tools|hack|dev|\.github/scripts)/(?:[\w-]+/)*[\w-]+
    | (?:.*/)?(?:requirements|constraints)[\w.-]*\.(?:txt|in|lock) | (?:.*/)?requirements/[\w./-]+
    """
)
"""Files whose text the checks rest on, by path from the root."""


class RepositoryObserver:
    """Takes the pipelines out of the release's files, and reads what lies beside them."""

    part = Pipeline
    lane = Lane.FILES
    needs = frozenset({Need.FILES})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Nothing is sent."""
        del scope, settings
        return (PlannedWork("repository", self.lane, 0, 0.0),)

    async def observe(self, ctx: RunContext, settings: Settings) -> Pipeline | Unavailable:
        """Every repository that has a pipeline among the files."""
        tree = ctx.sources()
        problems = tuple(p for p in tree.problems if p.kind in KINDS)
        documents = [d for d in tree.documents if d.kind in KINDS]
        if not documents and not problems:
            return Unavailable(Reason("no-pipeline"))
        sure = {root_of(d.path) for d in documents if d.kind is not FileKind.ACTION}
        roots: dict[str, list[PlainDocument]] = {}
        for problem in problems:
            roots.setdefault(settings.root or nearest_root(problem.location.path, sure), [])
        for document in documents:
            roots.setdefault(settings.root or nearest_root(document.path, sure), []).append(
                document
            )
        repositories = tuple(_repository(ctx.scope.base, r, tuple(d)) for r, d in roots.items())
        read = {
            r.shown(path): hashlib.sha256(text.encode()).hexdigest()
            for r in repositories
            for path, text in (r.texts or {}).items()
        }
        listing = json.dumps(read, ensure_ascii=False, indent=1)
        evidence = ctx.evidence.add("pipeline-files.json", listing, "application/json")
        today = ctx.clock.now().date()
        return Pipeline(repositories, problems, tree.objects, (evidence,), today)


def root_of(shown: str) -> str:
    """The repository's folder of the pipeline file *shown*: what is above ``.github``."""
    parts = PurePosixPath(shown).parent.parts
    if ".github" in parts:
        last = len(parts) - 1 - parts[::-1].index(".github")
        parts = parts[:last]
    text = "/".join(parts)
    return text.replace("//", "/", 1) if text.startswith("//") else text


def nearest_root(shown: str, roots: Collection[str]) -> str:
    """The nearest of *roots* around the file *shown*, for one that lies deeper; else its own."""
    own = root_of(shown)
    around = (r for r in roots if not r or own == r or own.startswith(f"{r}/"))
    return max(around, key=len, default=own)


def _repository(base: Path, root: str, documents: tuple[PlainDocument, ...]) -> Repository:
    folder = next((p for p in (base.absolute() / root, Path.cwd() / root) if p.is_dir()), None)
    if folder is None:
        return Repository(root, documents, {}, {root or ".": "no such folder"}, cut=True)
    names: set[str] = set()
    texts: dict[str, str] = {}
    unread: dict[str, str] = {}
    cut = False
    for path in _walk(folder):
        if len(names) >= MOST_NAMES:
            cut = True
            break
        name = shown_as(path.relative_to(folder))
        names.add(name)
        if WANTED.fullmatch(name):
            if len(texts) >= MOST_TEXTS:
                unread[name] = f"more than {MOST_TEXTS:,} such files"
                continue
            text, why = _text(path, folder)
            if text is None:
                unread[name] = why
            else:
                texts[name] = text
    return Repository(root, documents, texts, unread, frozenset(names), cut)


def _walk(folder: Path) -> Iterator[Path]:
    """Every file below *folder*, near ones first; no link is followed."""
    waiting = [folder]
    while waiting:
        here = waiting.pop(0)
        try:
            entries = sorted(os.scandir(here), key=lambda e: e.name)
        except OSError:
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _SKIPPED:
                    waiting.append(here / entry.name)
            else:
                yield here / entry.name


def _text(path: Path, folder: Path) -> tuple[str | None, str]:
    """The text of the file, without what looks like a key, or why there is none."""
    try:
        if not path.is_file():
            return None, "not a file"
        if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
            return None, "a link out of the repository"  # No runner has what it leads to.
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        return None, error.strerror or str(error)
    if len(content) > LARGEST:
        return None, f"larger than {LARGEST:,} bytes"
    return mask_text(content.decode("utf-8", "replace")), ""
