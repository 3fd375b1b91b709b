"""nginx.conf in ConfigMaps, and files that are parts of another configuration. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from golive.model import Location
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.nginx import looks_like_nginx, read_nginx_text
from golive.sources.tree import FileKind, NginxConfig, NginxDirective, SourceProblem


def held(
    objects: Iterable[KubernetesObject],
) -> tuple[tuple[NginxConfig, ...], tuple[SourceProblem, ...]]:
    """The nginx configurations in the ConfigMaps of *objects*, and what of them is not whole."""
    configs: list[NginxConfig] = []
    problems: list[SourceProblem] = []
    for found in objects:
        if found.type != "ConfigMap":
            continue
        texts = {
            key: (text, first_line(found, key, text))
            for key, text in found.mapping("data").items()
            if isinstance(text, str) and "\n" in text and _is_nginx(key, text)
        }
        for key, (text, line) in texts.items():
            if not looks_like_nginx(text):
                continue  # A part that only makes sense where it is included.
            others = {k: v for k, v in texts.items() if k != key}
            config, faults = read_nginx_text(text, found.path, line, found.name, others)
            problems += faults
            if config is not None:
                configs.append(config)
    return tuple(configs), tuple(problems)


def _is_nginx(key: str, text: str) -> bool:
    return key.endswith((".conf", ".inc")) or looks_like_nginx(text)


def first_line(holder: KubernetesObject, key: str, text: str) -> int:
    """Line of the file on which the value of *key* begins; 1 where nobody knows it.

    A text of several lines begins below its key: it is a block scalar, as no one writes a
    configuration in quotes.
    """
    line = holder.at(("data", key)).line
    return 1 if line is None else line + (1 if "\n" in text else 0)


def own(
    configs: Iterable[NginxConfig], problems: Iterable[SourceProblem]
) -> tuple[tuple[NginxConfig, ...], tuple[SourceProblem, ...]]:
    """*configs* and *problems* without those of parts that another configuration includes.

    A part by itself lacks what it inherits, and what looks wrong in it may be right there.
    """
    every = tuple(configs)
    included: set[Location] = set()
    paths: set[str] = set()
    for config in every:
        places = [d.location for d in _directives(config.directives)]
        first = next((d.location.path for d in config.directives), config.path)
        paths |= {place.path for place in places} - {first, config.path}
        included |= {place for place in places if _outside(place, config)}
    kept = tuple(c for c in every if not c.directives or c.directives[0].location not in included)
    return kept, tuple(
        p for p in problems if p.kind is not FileKind.NGINX or p.location.path not in paths
    )


def _outside(place: Location, config: NginxConfig) -> bool:
    """Whether *place* came in by an include rather than as *config*'s own beginning."""
    return bool(config.directives) and place != config.directives[0].location


def _directives(directives: Iterable[NginxDirective]) -> Iterator[NginxDirective]:
    for directive in directives:
        yield directive
        if directive.block is not None:
            yield from _directives(directive.block)
