"""The allow-lists and rules of a configuration, tried on probes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from golive_gates.pipeline.scans.allowing.config import AllowList, Config
from golive_gates.pipeline.scans.allowing.probes import ANYWHERE, FORMS, PLACES, RULES, SETS, Key
from golive_gates.pipeline.scans.re2.matching import expression
from golive_gates.pipeline.scans.re2.tree import NotReadError

MOST_ENTRIES = 200
MOST_NAMES = 200
FEW = 5
_UNLIKELY = re.compile(
    r"(?i)(?:.*/)?(?:tests?|testdata|__tests__|spec|fixtures?|examples?|samples?|docs?|vendor"
    r"|third_party|node_modules|dist|build|assets|static|images?)/.*"
    r"|.*\.(?:md|rst|txt|lock|svg|png|jpe?g|gif|ico|pdf|woff2?|ttf|sum|map|snap|po|csv)"
    r"|(?:.*/)?(?:licen[cs]e|notice|copying|codeowners|package-lock\.json|go\.sum)"
    r"|(?:.*/)?(?:test_[^/]*|[^/]*_test\.[^/]*|[^/]*\.(?:test|spec)\.[^/]*)"
    r"|(?:.*/)?\.?gitleaks[^/]*"
)


@dataclass(frozen=True, slots=True)
class Tried:
    """What an entry does. ``weight``: 2 certain, 1 cannot be told, 0 worth a look."""

    code: str
    entry: str
    weight: int = 2
    example: str = ""
    count: int = 0
    n: int = 0
    detail: str = ""


def tried(config: Config, names: Sequence[str]) -> Iterator[Tried]:
    """What is wrong with the allow-lists of *config*. *names*: files of the repository."""
    likely = [n for n in names if not _UNLIKELY.fullmatch(n)]
    step = max(1, len(likely) // MOST_NAMES)
    sample = likely[::step][:MOST_NAMES]
    left = MOST_ENTRIES
    for allowed in config.allowed:
        left -= len(allowed.paths) + len(allowed.regexes)
        if left < 0:
            yield Tried("regex-unknown", config.path, 1, detail=f"more than {MOST_ENTRIES} entries")
            return
        yield from _of(allowed, sample)


def _of(allowed: AllowList, names: Sequence[str]) -> Iterator[Tried]:
    found = [
        *(t for text in allowed.paths if (t := _path(text, names)) is not None),
        *(t for text in allowed.regexes if (t := _regex(text, allowed.target)) is not None),
        *(t for text in allowed.stopwords if (t := _stopword(text)) is not None),
    ]
    if allowed.rules:
        # One that counts for some rules makes nothing of those at most.
        if not allowed.every and any(t.code == "allows-everything" for t in found):
            yield from _off(allowed.rules)
        return
    if not allowed.every:
        yield from found
        return
    # With AND an entry lets through no more than the narrowest of the others.
    kinds = [k for k in (allowed.paths, allowed.regexes, allowed.stopwords) if k]
    wide = {t.entry for t in found if t.code == "allows-everything"}
    if not allowed.commits and kinds and all(wide & set(k) for k in kinds):
        yield next(t for t in found if t.entry in wide)


_GENERAL = frozenset(("generic-api-key", "private-key"))


def _off(rules: Sequence[str]) -> Iterator[Tried]:
    """What it means that *rules* find nothing: certain for keys of well-known forms."""
    named = [r for r in rules if r in RULES]
    general = [r for r in rules if r in _GENERAL]
    if named:
        yield Tried("rules-disabled", ", ".join(named))
    elif general:
        yield Tried("rules-disabled", ", ".join(general), 0)


def disabled(config: Config) -> Iterator[Tried]:
    """Rules that *config* takes out and that find keys of well-known forms, or anything."""
    yield from _off(config.disabled)
    for rule in config.rules:
        if any(t.code == "allows-everything" for a in rule.allowed for t in _of(a, ())):
            yield from _off((rule.id,))


def missed(config: Config, base: Config | None) -> Iterator[Tried]:
    """Forms that no rule finds. *base*: the file that *config* extends.

    Asked of rules that stand alone and of those that replace default ones.
    """
    rules = {
        r.id or f"#{n}": r for n, r in enumerate((*(base.rules if base else ()), *config.rules))
    }
    default = config.default or bool(base and base.default)
    off = {*config.disabled, *(base.disabled if base else ())}
    regexes = [(i, r.regex) for i, r in rules.items() if r.regex and i not in off]
    if not default and not regexes:
        yield Tried("no-rules", config.path)
        return
    lost: list[str] = []
    for form, *keys in zip(FORMS, *SETS, strict=True):
        own = [text for i, text in regexes if not default or i in keys[0].rules]
        if default and not own:
            continue
        answers = [_finds(text, keys) for text in own]
        if None in answers and True not in answers:
            yield Tried("regex-unknown", own[answers.index(None)], 1, detail="not RE2")
            return
        if True not in answers:
            lost.append(form)
    if len(lost) == len(FORMS) or (lost and default):
        code = "rules-miss" if default else "rules-miss-everything"
        yield Tried(code, config.path, example=", ".join(lost))
    elif lost:
        yield Tried("rules-miss", config.path, 0, example=", ".join(lost))


def _finds(text: str, keys: Sequence[Key]) -> bool | None:
    try:
        found = expression(text)
    except NotReadError:
        return None
    return all(found.found_in(key.line) for key in keys)


def _path(text: str, names: Sequence[str]) -> Tried | None:
    try:
        found = expression(text)
    except NotReadError as error:
        return Tried("regex-unknown", text, 1, detail=str(error))
    if all(found.found_in(path) for path in ANYWHERE):
        return Tried("allows-everything", text)
    hit = sum(1 for name in names if found.found_in(name))
    if len(names) >= FEW and hit * 2 >= len(names):
        return Tried("allows-sources", text, count=hit, n=len(names))
    place = next((path for path in PLACES if found.found_in(path)), "")
    return Tried("allows-place", text, 0, place) if place else None


def _regex(text: str, target: str) -> Tried | None:
    try:
        found = expression(text)
    except NotReadError as error:
        return Tried("regex-unknown", text, 1, detail=str(error))
    letting = [
        keys[0].form
        for keys in zip(*SETS, strict=True)
        if all(found.found_in(key.seen_as(target)) for key in keys)
    ]
    return _letting(text, letting)


def _stopword(text: str) -> Tried | None:
    plain = text.lower()
    if not plain:
        return None
    letting = [
        keys[0].form
        for keys in zip(*SETS, strict=True)
        if all(plain in key.secret.lower() for key in keys)
    ]
    return _letting(text, letting)


def _letting(text: str, forms: Sequence[str]) -> Tried | None:
    if len(forms) == len(FORMS):
        return Tried("allows-everything", text)
    return Tried("allows-shape", text, example=", ".join(forms)) if forms else None
