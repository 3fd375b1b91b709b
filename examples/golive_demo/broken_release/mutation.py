"""One deliberate mistake in the files of a release."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

RELEASE = Path(__file__).resolve().parents[1] / "release"


class StaleMutationError(Exception):
    """The release no longer holds what a mutation replaces."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """Replace *old*, which must occur, by *new* in *file*.

    ``check``: the claim about the release that is then wrong; the mutation is named after it.
    ``status``: what is to be said of it, ``warn`` where it only should be looked at. ``count``:
    how many of the occurrences are replaced, 0 for all. ``more``: further ``(file, old, new)``
    replacements that belong to the same mistake. ``add``: ``(file, text)`` of files that the
    healthy release lacks; *file*, *old* and *new* may then be empty. ``remove``: files that are
    missing.
    """

    check: str
    file: str = ""
    old: str = ""
    new: str = ""
    count: int = 1
    status: str = "fail"
    more: tuple[tuple[str, str, str], ...] = ()
    add: tuple[tuple[str, str], ...] = ()
    remove: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """The files that it changes or adds."""
        changed = (
            self.file,
            *(file for file, _, _ in self.more),
            *(file for file, _ in self.add),
            *self.remove,
        )
        return tuple(dict.fromkeys(file for file in changed if file))


def broken_copy(mutation: Mutation, folder: Path) -> Path:
    """A copy of the release in *folder* with the mistake in it. Raises ``StaleMutationError``."""
    copy = folder / "release"
    shutil.copytree(RELEASE, copy)
    first = (mutation.file, mutation.old, mutation.new)
    for file, old, new in (first, *mutation.more) if mutation.file else mutation.more:
        target = copy / file
        text = target.read_text(encoding="utf-8")
        if old not in text:
            msg = f"{file} no longer holds {old!r}"
            raise StaleMutationError(msg)
        target.write_text(text.replace(old, new, mutation.count or -1), encoding="utf-8")
    for file, text in mutation.add:
        if (copy / file).exists():
            msg = f"{file} is there already"
            raise StaleMutationError(msg)
        (copy / file).parent.mkdir(parents=True, exist_ok=True)
        (copy / file).write_text(text, encoding="utf-8")
    for file in mutation.remove:
        (copy / file).unlink()
    return copy
