"""The workflows as programs get them: copied, file by file, from what was read of the release."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from golive.context import RunContext
from golive.sources.tree import FileKind, SourceTree
from golive_gates.pipeline.observers.repository import nearest_root, root_of

_KINDS = (FileKind.WORKFLOW, FileKind.ACTION)
MOST = 500
"""Files of one repository that are copied; with more the program gets none of them."""
_LARGEST = 2 << 20


@dataclass(frozen=True, slots=True)
class Copied:
    """One repository's files below ``folder``. ``files``: their paths there, in order.

    ``root``: the repository as findings print it. ``missing``: files that could not be copied, by
    the reason: they are gone, or no longer what was read.
    """

    root: str
    folder: Path
    files: tuple[str, ...]
    missing: tuple[tuple[str, str], ...] = ()

    def shown(self, path: str) -> str:
        """The file of the copy at *path*, absolute or relative, as findings print it."""
        inner = path.removeprefix(f"{self.folder}/").removeprefix("./")
        return f"{self.root}/{inner}" if self.root else inner


def copies(ctx: RunContext, root: str, into: Path, beside: tuple[str, ...]) -> Iterator[Copied]:
    """Every repository's workflows and composite actions below a folder of its own in *into*.

    *root*: the setting. *beside*: further files from the root, copied where they are there.
    Malformed files are none of them: another check has them.
    """
    tree = ctx.sources()
    digests = _digests(tree)
    roots: dict[str, dict[str, None]] = {}
    sure = {root_of(d.path) for d in tree.documents if d.kind is FileKind.WORKFLOW}
    for document in tree.documents:
        if document.kind in _KINDS:
            name = root or nearest_root(document.path, sure)
            roots.setdefault(name, {})[document.path] = None
    for number, (name, paths) in enumerate(roots.items()):
        folder = into / str(number)
        folder.mkdir()
        copied: list[str] = []
        missing: list[tuple[str, str]] = []
        for path in paths:
            inner = path.removeprefix(f"{name}/") if name else path
            content = _content(ctx, path)
            known = digests.get(path)
            if content is None or (known and hashlib.sha256(content).hexdigest() != known):
                missing.append((path, "gone" if content is None else "changed"))
            elif _written(folder, inner, content):
                copied.append(inner)
            else:
                missing.append((path, "outside"))
        for inner in beside:
            content = _content(ctx, f"{name}/{inner}" if name else inner)
            if content is not None:
                _written(folder, inner, content)
        yield Copied(name, folder, tuple(copied), tuple(missing))


def _digests(tree: SourceTree) -> dict[str, str]:
    return {file.path: file.sha256 for file in tree.files}


def _content(ctx: RunContext, shown: str) -> bytes | None:
    for path in (ctx.scope.base.absolute() / shown, Path.cwd() / shown):
        try:
            if path.is_file():
                with path.open("rb") as file:
                    content = file.read(_LARGEST + 1)
                return content if len(content) <= _LARGEST else None
        except OSError:
            continue
    return None


def _written(folder: Path, inner: str, content: bytes) -> bool:
    """Whether *inner* lies below *folder*, where it then is."""
    target = folder / inner
    if inner.startswith("/") or ".." in Path(inner).parts:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return True
