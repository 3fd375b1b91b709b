"""What the stub says, how fast, and the file that sets both."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from golive_gates.recovery.providers.stub.faults import BadScenario, Scenario, read_scenario
from golive_gates.recovery.providers.wire.dialect import PROVIDERS, ProviderName

MAX_FILE = 1 << 20
MAX_ANSWER = 64 << 10
MAX_PACE = 120.0

_PIECE = re.compile(r"\S+\s*|\s+")

# Different from the first word on, so that an answer of two halves cannot look like one whole;
# with characters of two, three and four bytes, which a packet may split.
DEFAULT_ANSWERS: Mapping[ProviderName, str] = {
    "openai": (
        "하나. 새벽 네 시, 골목 끝 빵집에 불이 켜진다. 🥖 Öffnung um vier.\n"
        "둘. 카메라는 밀가루가 내려앉은 손을 따라간다.\n"
        "셋. 첫 손님이 문을 열고 종이 울린다. 끝 (O)."
    ),
    "anthropic": (
        "A막: 항구에 안개가 걷히고 등대가 꺼진다. ⛵ Über dem Wasser.\n"
        "B막: 선장은 낡은 지도를 접어 주머니에 넣는다.\n"
        "C막: 배가 떠나고 부두에는 편지만 남는다. 막이 내린다 (A)."
    ),
}


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds before the first piece, and between two pieces."""

    first_token: float = 0.05
    gap: float = 0.01

    def __post_init__(self) -> None:
        if not (0 <= self.first_token <= MAX_PACE and 0 <= self.gap <= MAX_PACE):
            msg = f"a pace lies in 0 to {MAX_PACE:g} seconds"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Line:
    """Answers for prompts that contain ``contains``."""

    contains: str
    answers: Mapping[ProviderName, str]


@dataclass(frozen=True, slots=True)
class Script:
    """All known answers. ``lines`` are asked in order, before ``answers``."""

    answers: Mapping[ProviderName, str] = field(default_factory=lambda: dict(DEFAULT_ANSWERS))
    lines: tuple[Line, ...] = ()
    pace: Pace = Pace()
    scenarios: tuple[Scenario, ...] = ()

    def answer(self, provider: ProviderName, prompt: str) -> str:
        """What *provider* answers to *prompt*, always the same."""
        for line in self.lines:
            if line.contains in prompt and provider in line.answers:
                return line.answers[provider]
        return self.answers[provider]


def pieces(text: str) -> list[str]:
    """*text* in the pieces that are streamed, each counted as a token; joined, they are it."""
    return _PIECE.findall(text)


def read_script(path: Path) -> Script:
    """A script from a YAML or JSON file. Raises ``BadScenario``, also for what cannot be read."""
    import yaml  # a third of the command's start-up, and only a file needs it

    try:
        if path.stat().st_size > MAX_FILE:
            msg = f"{path}: larger than {MAX_FILE} bytes"
            raise BadScenario(msg)
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        msg = f"{path}: cannot be read: {why}"
        raise BadScenario(msg) from None
    try:
        value = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        msg = f"{path}: {' '.join(str(error).split())}"
        raise BadScenario(msg) from None
    try:
        return script_of(value)
    except ValueError as error:
        msg = f"{path}: {error}"
        raise BadScenario(msg) from None


def script_of(value: object) -> Script:
    """A script as JSON: ``answers``, ``prompts``, ``pace``, ``scenarios``. ``BadScenario``."""
    if value is None:
        return Script()
    told = _object(value, "the script", {"answers", "prompts", "pace", "scenarios"})
    answers = {**DEFAULT_ANSWERS, **_answers(told.get("answers") or {}, "answers")}
    lines = []
    for number, one in enumerate(_list(told.get("prompts"), "prompts")):
        place = f"prompts[{number}]"
        line = _object(one, place, {"contains", *PROVIDERS})
        contains = line.get("contains")
        if not isinstance(contains, str) or not contains:
            msg = f"{place}.contains is a text"
            raise BadScenario(msg)
        own = {k: v for k, v in line.items() if k != "contains"}
        lines.append(Line(contains, _answers(own, place)))
    pace = _object(told.get("pace") or {}, "pace", {"first_token", "gap"})
    for name, seconds in pace.items():
        if not isinstance(seconds, int | float) or isinstance(seconds, bool):
            msg = f"pace.{name} is a number of seconds"
            raise BadScenario(msg)
    try:
        speed = Pace(**{str(k): float(str(v)) for k, v in pace.items()})
    except ValueError as error:
        raise BadScenario(str(error)) from None
    scenarios = [read_scenario(one) for one in _list(told.get("scenarios"), "scenarios")]
    return Script(answers, tuple(lines), speed, tuple(scenarios))


def _answers(value: object, place: str) -> dict[ProviderName, str]:
    told = _object(value, place, set(PROVIDERS))
    found: dict[ProviderName, str] = {}
    for provider in PROVIDERS:
        text = told.get(provider)
        if text is None:
            continue
        if not isinstance(text, str) or not text.strip() or len(text) > MAX_ANSWER:
            msg = f"{place}.{provider} is a text of at most {MAX_ANSWER} characters"
            raise BadScenario(msg)
        found[provider] = text
    return found


def _object(value: object, place: str, known: set[str]) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        msg = f"{place} is an object"
        raise BadScenario(msg)
    unknown = sorted(str(key) for key in set(value) - known)
    if unknown:
        msg = f"{place}: unknown {', '.join(unknown)}; known: {', '.join(sorted(known))}"
        raise BadScenario(msg)
    return value


def _list(value: object, place: str) -> list[object]:
    if value is None:
        return []
    if not isinstance(value, list):
        msg = f"{place} is a list"
        raise BadScenario(msg)
    return value
