"""``golive.yaml`` to a checked :class:`Config`, or every problem in it at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from golive import codec
from golive.config.errors import ConfigError, Problem
from golive.config.model import Config, Slo
from golive.config.normalise import normalise
from golive.config.openslo import read_openslo
from golive.config.overrides import Override, apply_overrides
from golive.config.places import Fault, Places, dotted
from golive.config.references import Known, check_references
from golive.config.schema import config_schema
from golive.config.validation import problems, validate
from golive.model import Location
from golive.sources.yaml import (
    Document,
    KeyPath,
    Limits,
    Positions,
    YamlError,
    YamlProblem,
    load,
    load_file,
    read_source,
)

_T = TypeVar("_T")
_GATES_ONLY = "only keys below gates. can be given here, such as gates.manifests.kubernetes"
_START = "begin with: apiVersion: golive/v1; `golive schema config` prints every key"


@dataclass(frozen=True, slots=True)
class LoadedConfig:
    """A checked configuration.

    ``settings``: decoded settings of each gate that was asked for, defaults where the file has
    no section. ``base``: folder that relative paths in the file start from. ``documents``: the
    file and the OpenSLO documents read with it.
    """

    config: Config
    settings: Mapping[str, object]
    path: Path
    base: Path
    documents: tuple[Document, ...]


def load_config(
    path: Path,
    gate_settings: Mapping[str, type] | None = None,
    *,
    overrides: Iterable[Override] = (),
    known_checks: Collection[str] | None = None,
) -> LoadedConfig:
    """Read, check and decode the configuration at *path*.

    *gate_settings*: settings dataclass of each installed gate; with it, ids of gates are
    checked. *known_checks*: ids of their checks; with it, ids in waivers and claims are
    checked. *overrides*: environment first, then flags. Raises ``ConfigError``.
    """
    gates = dict(gate_settings or {})
    document, written = _read(path)
    found: list[Problem] = []
    data = written
    origins: dict[KeyPath, Location] = {}
    try:
        data, origins = apply_overrides(written, overrides, gates)
    except ConfigError as error:
        found.extend(error.problems)
    places = Places(document.positions, origins)
    faults = list(validate(data, config_schema(gates, form="checked"), places))
    slo_documents: tuple[Document, ...] = ()
    slos: tuple[tuple[Slo, Location], ...] = ()
    try:
        slo_documents = _slo_documents(data, path, places)
        slos = read_openslo(slo_documents)
        if slo_documents and not slos:
            place = places.at(("slo_files",))
            found.append(Problem(place, "slo_files: these files state no SLO"))
    except ConfigError as error:
        found.extend(error.problems)
    known = Known(gates or None, known_checks, tuple(slo.id for slo, _ in slos))
    if not (found and data.get("slo_files")):
        # With SLO files that could not be read, a name that is missing may be in them.
        faults.extend(check_references(data, known))
    faults.extend(_missing_files(data, path.parent))
    found.extend(problems(iter(faults), places))
    found.extend(_duplicate_slos(data, slos, places))
    if found:
        raise ConfigError(found)
    config = _decode(Config, data, (), places)
    inline = tuple(
        slo if slo.source else replace(slo, source=str(places.at(("slos", index))))
        for index, slo in enumerate(config.slos)
    )
    config = replace(config, slos=(*inline, *(slo for slo, _ in slos)))
    return LoadedConfig(
        config,
        _settings(data, gates, places),
        path,
        path.parent,
        (document, *slo_documents),
    )


def load_settings(
    gate_settings: Mapping[str, type], overrides: Iterable[Override] = ()
) -> Mapping[str, object]:
    """Settings of each gate without a configuration file: defaults and *overrides*.

    Only keys below ``gates`` can be given. Errors are those of a file. Raises ``ConfigError``.
    """
    given = tuple(overrides)
    found = [
        Problem(Location(o.origin), f"{'.'.join(o.path)} is no setting of a gate", _GATES_ONLY)
        for o in given
        if o.path[:1] != ("gates",)
    ]
    if found:
        raise ConfigError(found)
    gates = dict(gate_settings)
    data, origins = apply_overrides({}, given, gates)
    places = Places(Positions("", None), origins)
    if given:
        whole = config_schema(gates, form="checked")
        schema = {
            "type": "object",
            "properties": {"gates": whole["properties"]["gates"]},
            "$defs": whole["$defs"],
        }
        found.extend(problems(validate(data, schema, places), places))
    if found:
        raise ConfigError(found)
    return _settings(data, gates, places)


def _read(path: Path) -> tuple[Document, dict[str, object]]:
    shown = str(path)
    content = read_source(path, Limits().size)
    if isinstance(content, str):
        hint = "`golive check -c FILE` names another file, `golive demo` shows a complete one"
        raise ConfigError([Problem(Location(shown), content, hint)])
    try:
        document = load(content, shown)
    except YamlError as error:
        raise ConfigError(_from_yaml(error.problems)) from error
    if document.data is None:
        raise ConfigError([Problem(Location(shown, 1, 1), "the file is empty", _START)])
    if not isinstance(document.data, dict):
        place = document.positions.at(())
        raise ConfigError([Problem(place, "the file has to be a mapping", _START)])
    return document, document.data


def _from_yaml(found: Iterable[YamlProblem]) -> list[Problem]:
    return [Problem(p.location, p.message, p.hint) for p in found]


def _slo_documents(data: Mapping[str, object], path: Path, places: Places) -> tuple[Document, ...]:
    """Documents of ``slo_files``, which may be patterns. Raises ``ConfigError``."""
    patterns = data.get("slo_files")
    documents: list[Document] = []
    found: list[Problem] = []
    seen: set[Path] = set()
    for index, pattern in enumerate(patterns if isinstance(patterns, list) else ()):
        if not isinstance(pattern, str):
            continue
        place = places.at(("slo_files", index))
        files = [file for file in _matches(path.parent, pattern) if file not in seen]
        if not files:
            message = f"slo_files[{index}]: no file matches {pattern!r:.120}"
            hint = f"paths start from {path.parent.resolve()}"
            found.append(Problem(place, message, hint))
        seen.update(files)
        for file in files:
            parts = load_file(file, str(file))
            found.extend(_from_yaml(p for p in parts if isinstance(p, YamlProblem)))
            mine = [part for part in parts if isinstance(part, Document)]
            if not any(part.data is not None for part in mine) and len(mine) == len(parts):
                hint = "remove it from slo_files"
                found.append(Problem(Location(str(file)), "this file holds no document", hint))
            documents.extend(mine)
    if found:
        raise ConfigError(found)
    return tuple(documents)


def _matches(base: Path, pattern: str) -> list[Path]:
    if not any(char in pattern for char in "*?["):
        file = base / pattern
        return [file] if file.exists() else []
    try:
        return sorted(file for file in base.glob(pattern) if file.is_file())
    except (ValueError, NotImplementedError):
        # An absolute pattern or an ill-formed one matches nothing below the folder.
        return []


def _duplicate_slos(
    data: Mapping[str, object], slos: Iterable[tuple[Slo, Location]], places: Places
) -> Iterator[Problem]:
    inline = data.get("slos")
    seen: dict[str, Location] = {}
    for index, item in enumerate(inline if isinstance(inline, list) else ()):
        if isinstance(item, Mapping) and isinstance(item.get("id"), str):
            seen.setdefault(str(item["id"]), places.at(("slos", index, "id")))
    for slo, place in slos:
        if slo.id in seen:
            message = f"SLO {slo.id!r:.60} is already in {seen[slo.id]}"
            yield Problem(place, message, "keep one of the two")
        seen.setdefault(slo.id, place)


def _missing_files(data: Mapping[str, object], base: Path) -> Iterator[Fault]:
    for section in ("target", "prometheus"):
        holder = data.get(section)
        tls = holder.get("tls") if isinstance(holder, Mapping) else None
        name = tls.get("ca") if isinstance(tls, Mapping) else None
        if isinstance(name, str) and not (base / name).is_file():
            message = f"{section}.tls.ca: no such file: {name[:120]}"
            hint = f"paths start from {base.resolve()}"
            yield Fault((section, "tls", "ca"), message, hint)


def _settings(
    data: Mapping[str, object], gates: Mapping[str, type], places: Places
) -> dict[str, object]:
    sections = data.get("gates")
    written = sections if isinstance(sections, Mapping) else {}
    found: dict[str, object] = {}
    missing: list[Problem] = []
    for gate, kind in gates.items():
        try:
            found[gate] = _decode(kind, written.get(gate, {}), ("gates", gate), places)
        except ConfigError as error:
            missing.extend(error.problems)
    if missing:
        raise ConfigError(missing)
    return found


def _decode(kind: type[_T], data: object, path: KeyPath, places: Places) -> _T:
    try:
        return codec.decode(kind, normalise(kind, data), path)
    except codec.CodecError as error:
        # Whatever the schema lets through and the type does not take, such as a rule between
        # the fields of third-party settings.
        message = f"{dotted(error.path) or 'the file'}: {error.message}"
        raise ConfigError([Problem(places.at(error.path), message)]) from error
