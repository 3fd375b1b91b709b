"""tox and nox: which of the versions that a job has their environments use."""

from __future__ import annotations

import configparser
import re
from collections.abc import Sequence

from golive_gates.pipeline.model.expressions import Unknown, as_text, value_of
from golive_gates.pipeline.pythons.model import Stated
from golive_gates.pipeline.pythons.values import Around
from golive_gates.pipeline.scans.model import Scan

_FACTOR = re.compile(r"(?:^|[-,{\s])py(?:thon)?-?(\d)\.?(\d{1,2})(?![\d.])")
_BRACES = re.compile(r"py\{([\d.,\s-]+)\}")
_SESSION = re.compile(r"@nox\.session\(([^)]*)\)", re.DOTALL)
_QUOTED = re.compile(r"[\"'](?:python)?(\d+\.\d+)[\"']")
_SUFFIX = re.compile(r"-(\d+\.\d+)$")


def used_by(scan: Scan, has: Sequence[Stated], around: Around) -> list[Stated]:
    """The versions that *scan*, tox or nox, runs on in a job that has *has*."""
    place = scan.step.place.below("run")
    asked = _asked(scan, around)
    if asked is None:
        return [Stated(place, text="; ".join(_after(scan, ("-e", "-s"))), unknown=True)]
    if not asked:
        asked = _configured(scan, around)
    versions = dict.fromkeys(v for text in asked for v in _versions(text))
    plain = not asked or any(not _versions(text) for text in asked)
    found = list(has[-1:]) if plain else []
    if has and not any(s.unknown for s in has):
        there = {s.version: s for s in has}
        found += [there[v] for v in versions if v in there and there[v] not in found]
        return found
    return found + [Stated(place, v, v, unknown=not has) for v in versions]


def _versions(text: str) -> list[str]:
    found = [f"{major}.{minor}" for major, minor in _FACTOR.findall(text)]
    for inside in _BRACES.findall(text):
        found += [
            f"{d[0]}.{d[1:]}" for d in (p.strip().replace(".", "") for p in inside.split(","))
            if d.isdigit() and len(d) > 1
        ]  # fmt: skip
    suffix = _SUFFIX.search(text)
    return found or ([suffix[1]] if suffix else [])


def _asked(scan: Scan, around: Around) -> list[str] | None:
    """Environments by name on the command line; ``None`` where one is an expression unknown."""
    texts = _after(scan, ("-e", "-s", "--session", "--sessions", "--env"))
    named = scan.env.get("TOXENV", "") if scan.tool == "tox" and not texts else ""
    found: list[str] = []
    for text in (*texts, *((named,) if named else ())):
        value = value_of(text, around.contexts) if "${{" in text else text
        if isinstance(value, Unknown) or not isinstance(value, str | int | float):
            return None
        found += [part.strip() for part in as_text(value).split(",") if part.strip()]
    pythons = _after(scan, ("-p", "--python", "--pythons")) if scan.tool == "nox" else []
    return found + [f"py{p}" for text in pythons for p in text.split(",")]


def _after(scan: Scan, names: Sequence[str]) -> list[str]:
    words = scan.command.words if scan.command is not None else ()
    found = [words[n + 1] for n, w in enumerate(words[:-1]) if w in names]
    return found + [w.partition("=")[2] for w in words if w.partition("=")[0] in names and "=" in w]


def _configured(scan: Scan, around: Around) -> list[str]:
    """Environments that are run where none is named."""
    texts = around.repository.texts or {}
    if scan.tool == "nox":
        named = _SESSION.findall(texts.get("noxfile.py", ""))
        return [f"py{v}" for inside in named for v in _QUOTED.findall(inside)]
    reader = configparser.ConfigParser(interpolation=None, strict=False)
    for path, section in (("tox.ini", "tox"), ("setup.cfg", "tox:tox")):
        try:
            reader.read_string(texts.get(path, ""))
        except configparser.Error:
            continue
        if reader.has_section("gh-actions") or reader.has_section("gh"):
            return []  # tox-gh takes the version of the job.
        for key in ("env_list", "envlist"):
            if reader.has_option(section, key):
                return [reader.get(section, key)]
    return []
