"""Files to a :class:`SourceTree`: each is read and parsed once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from glob import glob, has_magic
from pathlib import Path

from golive.model import Location
from golive.sources.files import ReadFile, Source, real_path, shown_as
from golive.sources.parallel import begin, read_all
from golive.sources.recognising import CHART_NAME, GROUPS
from golive.sources.tree import FileKind, NginxConfig, NginxDirective, SourceProblem, SourceTree
from golive.sources.walking import NoSuchPath, Walked, walk

__all__ = ["read_paths", "read_release", "read_tree", "reading_paths"]


def read_release(groups: Mapping[str, tuple[str, ...]], base: Path) -> SourceTree:
    """Everything that the patterns of a configuration's ``files`` name, relative to *base*.

    A pattern that matches nothing is a problem: what was meant by it was not read. So is a file
    of a well-known set (``manifests``, ``nginx``, ``rules``, ``alertmanager``, ``dashboards``,
    ``workflows``) that holds none of what its set is for.
    """
    walked = Walked()
    problems: list[SourceProblem] = []
    met: set[Path] = set()
    for group, patterns in groups.items():
        expected = GROUPS.get(group)
        for pattern in patterns:
            found = _matching(pattern, base)
            for source in found.sources:
                real = real_path(source.file)
                if real not in met:
                    met.add(real)
                    shown = _shown(source.file, base)
                    kind = expected if source.named and not _beside_chart(source.file) else None
                    walked.sources.append(replace(source, expected=kind, shown=shown))
            walked.charts.update({c: _shown(c, base) for c in found.charts})
            walked.problems += found.problems
            if not found.sources and not found.charts:
                message = f"files.{group}: the pattern matches no file"
                kind = expected or FileKind.OTHER
                problems.append(SourceProblem(Location(pattern), kind, "no-match", message))
    tree = _read(walked)
    return replace(tree, problems=(*problems, *tree.problems))


def _matching(pattern: str, base: Path) -> Walked:
    """What *pattern* names. A folder counts when it is named itself, with all that is in it."""
    matched = [Path(p) for p in sorted(glob(str(base / pattern), recursive=True))]  # noqa: PTH207 - Path.glob takes no absolute one
    if has_magic(pattern):
        matched = [p for p in matched if not p.is_dir()]
    return walk(matched)


def _beside_chart(file: Path) -> bool:
    """Whether *file* lies beside a Chart.yaml, as the values of the chart do."""
    return (file.parent / CHART_NAME).is_file()


def _shown(file: Path, base: Path) -> str:
    return shown_as(file.relative_to(base) if file.is_relative_to(base) else file)


def read_tree(files: Iterable[Path], base: Path) -> SourceTree:
    """Everything in *files*; paths are shown relative to *base* where they lie below it."""
    return _read(Walked([Source(f, _shown(f, base), named=True) for f in files]))


def read_paths(
    paths: Sequence[Path], *, exclude: Sequence[str] = (), jobs: int | None = None
) -> SourceTree:
    """Everything at and below *paths*, recognised by content.

    *exclude*: patterns as of :class:`golive.sources.excluding.Excludes`. *jobs*: processes at
    most, by default one for each core. Raises :class:`golive.sources.walking.NoSuchPath`.
    """
    return _read(walk(paths, exclude), jobs)


@contextmanager
def reading_paths(
    paths: Sequence[Path], *, exclude: Sequence[str] = (), jobs: int | None = None
) -> Iterator[Callable[[], SourceTree]]:
    """:func:`read_paths` for who has something else to do first: other processes begin at once.

    What it gives waits for the tree. Raises :class:`golive.sources.walking.NoSuchPath` then.
    """
    try:
        walked = walk(paths, exclude)
    except NoSuchPath as missing:
        raised = missing
    else:
        with begin(walked.sources, jobs) as begun:
            yield lambda: _tree(walked, begun.files())
        return

    def refused() -> SourceTree:
        raise raised

    yield refused


def _read(walked: Walked, jobs: int | None = None) -> SourceTree:
    return _tree(walked, read_all(walked.sources, jobs))


def _tree(walked: Walked, read: Sequence[ReadFile]) -> SourceTree:
    if walked.charts or any(d.kind is FileKind.KUSTOMIZATION for f in read for d in f.documents):
        # It starts processes and threads, which few releases need and every start would pay for.
        from golive.sources.rendered import rendered

        read = rendered(walked, list(read))
    return SourceTree(
        tuple(f.file for f in read if f.file is not None),
        # A file that is read by itself and as an include of another says it twice.
        tuple(dict.fromkeys((*walked.problems, *(p for f in read for p in f.problems)))),
        tuple(o for f in read for o in f.objects),
        _whole(c for f in read for c in f.nginx),
        tuple(d for f in read for d in f.documents),
        tuple(s for f in read for s in f.suppressions),
    )


def _whole(configs: Iterable[NginxConfig]) -> tuple[NginxConfig, ...]:
    """The configurations without those that another one includes."""
    found = tuple(configs)
    included = {
        place for config in found for place in _paths(config.directives) if place != config.path
    }
    return tuple(c for c in found if c.path not in included)


def _paths(directives: tuple[NginxDirective, ...]) -> Iterable[str]:
    for directive in directives:
        yield directive.location.path
        yield from _paths(directive.block or ())
