"""Every Alertmanager configuration in a release's files: plain, in ConfigMaps, in objects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from golive.inspecting import Same
from golive.sources.documents import Reading, read_documents
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.tree import FileKind, PlainDocument
from golive.sources.yaml_limits import Limits
from golive_gates.observability.parts import Alerting
from golive_gates.observability.routing.model import AlertmanagerConfig, Configs, Unread
from golive_gates.observability.routing.operator import operator_configs
from golive_gates.observability.routing.reading import read_config
from golive_gates.observability.rules.model import Place

_KEYS = re.compile(r"alertmanager\.ya?ml(\.gz)?")
_SIGNS = tuple(re.compile(rf"^{key}[ \t]*:", re.MULTILINE) for key in ("route", "receivers"))
SHOWN = 200


@lru_cache(maxsize=2)
def _configs(known: Same[Alerting]) -> Configs:
    return read_configs(known.part.documents, known.part.objects)


def configs_of(part: Alerting) -> Configs:
    """The configurations of *part*; read once for all checks of a run."""
    return _configs(Same(part))


def read_configs(
    documents: Iterable[PlainDocument], objects: Iterable[KubernetesObject]
) -> Configs:
    """The configurations in *documents* and *objects*, in their order."""
    every = tuple(objects)
    read = [
        read_config(document.data, Place(document, ()), document.path)
        for document in documents
        if document.kind is FileKind.ALERTMANAGER
    ]
    unread: list[Unread] = []
    for item in every:
        if item.type == "ConfigMap":
            for found in _in_config_map(item):
                if isinstance(found, Unread):
                    unread.append(found)
                else:
                    read.append(found)
        elif item.type == "Secret":
            unread += _in_secret(item)
    operator = operator_configs(every)
    held = {u.name for u in unread}
    return Configs(
        (*read, *operator.read),
        # An Alertmanager whose Secret is here is told of once, at the Secret.
        (*unread, *(u for u in operator.unread if u.params.get("secret") not in held)),
    )


def _in_secret(item: KubernetesObject) -> Iterator[Unread]:
    for section in ("data", "stringData"):
        for key in item.mapping(section):
            if _KEYS.fullmatch(str(key)):
                yield Unread(Place(item, (section, str(key))), item.name, "masked")


def _in_config_map(item: KubernetesObject) -> Iterator[AlertmanagerConfig | Unread]:
    for key, text in item.mapping("data").items():
        if not isinstance(text, str) or not all(sign.search(text) for sign in _SIGNS):
            continue
        name = f"{item.name}/{key}"
        place = Place(item, ("data", str(key)))
        line = place.at().line
        # A text of several lines begins below its key, as a block scalar.
        first = 1 if line is None else line + 1
        reading = Reading(item.path, FileKind.ALERTMANAGER, generated=line is None)
        found = read_documents(text, reading, Limits())
        for problem in found.problems:
            yield Unread(place, name, "not-readable", {"detail": problem.message[:SHOWN]})
        for document in found.documents:
            if document.kind is FileKind.ALERTMANAGER:
                moved = tuple(n + first - 1 for n in document.lines)
                where = Place(replace(document, lines=moved), ())
                yield read_config(document.data, where, name, "config-map")
