"""Makefiles as far as pipelines use them: targets, what they rest on, and their recipes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_RULE = re.compile(
    r"^(?P<targets>[^\s:#=][^:#=]*?)\s*::?(?!=)\s*(?P<needs>[^;#]*)(?:;(?P<recipe>.*))?"
)
_SET = re.compile(r"^(?:export\s+|override\s+)?([\w.]+)\s*(::?:?|\?|\+)?=\s*(.*)$")
_USED = re.compile(r"\$(?:\(([\w.]+)\)|\{([\w.]+)\})")
_CONDITIONAL = re.compile(r"^(?:ifeq|ifneq|ifdef|ifndef|else|endif|define|endef)\b")
DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Recipe:
    """One script that make hands to its shell. ``ignored``: make goes on when it fails."""

    text: str
    ignored: bool
    line: int


@dataclass(slots=True)
class Makefile:
    """``needs``, ``recipes``: by target. ``whole``: nothing in it was left out."""

    variables: dict[str, str] = field(default_factory=dict)
    needs: dict[str, list[str]] = field(default_factory=dict)
    recipes: dict[str, list[Recipe]] = field(default_factory=dict)
    default: str = ""
    whole: bool = True
    one_shell: bool = False

    @property
    def shell(self) -> list[str]:
        """The command line of the shell that recipes are handed to."""
        flags = self.variables.get(".SHELLFLAGS", "-c").split()
        return [self.variables.get("SHELL", "/bin/sh"), *flags]

    def order(self, target: str, seen: frozenset[str] = frozenset()) -> list[str] | None:
        """The targets that are made for *target*, itself last; ``None`` where it is not there."""
        if target not in self.recipes:
            return None
        if target in seen or len(seen) > DEEPEST:
            return []
        made: list[str] = []
        for need in self.needs.get(target, []):
            made += [t for t in self.order(need, seen | {target}) or [] if t not in made]
        return [*made, target]


def read_makefile(text: str) -> Makefile:
    """*text* as a makefile. Conditional parts are read as if they held."""
    read = Makefile()
    targets: list[str] = []
    lines = text.replace("\r\n", "\n").split("\n")
    number = 0
    while number < len(lines):
        first = number
        line = lines[number]
        number += 1
        while line.endswith("\\") and number < len(lines):
            line += "\n" + lines[number]
            number += 1
        if line.startswith("\t"):
            for target in targets:
                read.recipes[target].append(_recipe(line[1:], first, read.variables))
        elif _CONDITIONAL.match(line.strip()) or re.match(r"^-?s?include\b", line):
            read.whole = False
        elif line.strip() and not line.lstrip().startswith("#"):
            targets = _statement(line.replace("\\\n", " "), first, read, targets)
    _joined(read)
    return read


def _statement(line: str, number: int, read: Makefile, targets: list[str]) -> list[str]:
    if found := _SET.match(line):
        name, how, value = found[1], found[2], found[3]
        if how == "+":
            value = f"{read.variables.get(name, '')} {value}".strip()
        if how != "?" or name not in read.variables:
            read.variables[name] = value.strip()
        return []
    found = _RULE.match(line)
    if not found:
        return targets
    named = _filled(found["targets"], read.variables).split()
    needs = [n for n in _filled(found["needs"], read.variables).split() if n != "|"]
    if ".ONESHELL" in named:
        read.one_shell = True
    for name in named:
        read.needs.setdefault(name, []).extend(needs)
        read.recipes.setdefault(name, [])
        if found["recipe"]:
            read.recipes[name].append(_recipe(found["recipe"], number, read.variables))
        if not read.default and not name.startswith("."):
            read.default = name
    return named


def _recipe(line: str, number: int, variables: Mapping[str, str]) -> Recipe:
    text = line.strip()
    marks = text[: len(text) - len(text.lstrip("@-+ "))]
    return Recipe(_filled(text[len(marks) :], variables), "-" in marks, number)


def _filled(text: str, variables: Mapping[str, str], depth: int = 0) -> str:
    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name == "MAKE":
            return "make"
        return variables.get(name, found[0].replace("(", "{").replace(")", "}"))

    if depth < 5 and _USED.search(text) and len(text) < 1 << 16:
        filled = _USED.sub(value, text)
        if filled != text:
            return _filled(filled, variables, depth + 1)
    return text.replace("$$", "$") if depth == 0 or "$$" in text else text


def _joined(read: Makefile) -> None:
    """With ``.ONESHELL`` a recipe is one script."""
    ignored = set(read.needs.get(".IGNORE", []))
    every = ".IGNORE" in read.needs and not ignored
    for target, recipes in read.recipes.items():
        if every or target in ignored:
            recipes[:] = [Recipe(r.text, True, r.line) for r in recipes]
        if read.one_shell and recipes:
            text = "\n".join(r.text for r in recipes)
            recipes[:] = [Recipe(text, recipes[0].ignored, recipes[0].line)]


def make_words(args: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Options and targets of a command line of make."""
    options: dict[str, str] = {}
    targets: list[str] = []
    left = list(args)
    while left:
        word = left.pop(0)
        if word in ("-C", "--directory", "-f", "--file", "-j", "-l", "-o", "-W") and left:
            if word == "-j" and not left[0].isdigit():
                continue
            options[word] = left.pop(0)
        elif word.startswith("--"):
            name, _, value = word.partition("=")
            options[name] = value
        elif word.startswith("-"):
            options |= {f"-{letter}": "" for letter in word[1:] if letter.isalpha()}
        elif "=" not in word:
            targets.append(word)
    return options, targets
