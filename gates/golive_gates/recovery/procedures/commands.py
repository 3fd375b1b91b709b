"""The shell commands that a Markdown document tells its reader to run. Pure."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

SHELLS = frozenset({"sh", "bash", "shell", "zsh", "console", "terminal", "shell-session", "ksh"})
SESSIONS = frozenset({"console", "terminal", "shell-session"})
MOST_COMMANDS = 500
MOST_LINES = 20_000
MOST_JOINED = 100
"""Lines that a quotation may go over."""
_FENCE = re.compile(r"\s{0,3}(?:>\s?|[-*+]\s+|\d{1,4}[.)]\s+)*\s*(`{3,}|~{3,})\s*([^\s`{]*)[^`]*")
_PROMPT = re.compile(r"\s*(?:\$|%|#|[\w.-]+@[\w.-]+[:~/\w.-]*[$#])\s+")
_SECRET = re.compile(
    r"(?i)([\w-]{0,60}(?:passw|passphrase|pwd|secret|token|api-?_?key|access-?_?key|credential)"
    r"[\w-]{0,60}\s{0,3}[=: ]\s{0,3})[^\s;|&]+"
)
_PASSWORD = re.compile(r"(://[^/\s:@]{0,100}:)[^/\s@]{1,200}(@)")
_HEREDOC = re.compile(r"(?<!<)<<(?!<)-?\s*(['\"]?)([A-Za-z_]\w*)\1", re.ASCII)
_ASSIGNED = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_JOINS = frozenset("();<>|&")
_KEYWORDS = frozenset(("if", "then", "else", "do", "while", "until", "!", "{", "time"))
_NO_COMMANDS = frozenset(("fi", "done", "esac", "}", "for", "case", "in", "function", "elif"))
_STARTERS = {
    "sudo": ("-u", "-g", "-h", "-p", "-C", "-D"),
    "doas": ("-u", "-C"),
    "env": ("-u", "-C"),
    "nohup": (),
    "exec": (),
    "command": (),
}
_COMMON = frozenset((
    *("kubectl", "python", "python3", "bash", "sh", "curl", "docker", "systemctl", "sqlite3"),
    *("golive", "helm", "aws", "gsutil", "restic", "rclone", "tar", "cp", "mv", "make", "oc"),
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """One simple command. ``line``: 1-based, in the document. ``words``: none where unreadable."""

    line: int
    words: tuple[str, ...]
    text: str = ""

    @property
    def program(self) -> str:
        """What it runs, as written."""
        return self.words[0] if self.words else ""


def told_in(text: str) -> tuple[Told, ...]:
    """The commands of the fenced blocks of *text* that are a shell's."""
    found: list[Told] = []
    for line, language, lines in _blocks(text):
        for told in _of_block(line, language, lines):
            found.append(told)
            if len(found) >= MOST_COMMANDS:
                return tuple(found)
    return tuple(found)


def _blocks(text: str) -> Iterator[tuple[int, str, list[str]]]:
    fence, language, begun = "", "", 0
    held: list[str] = []
    for number, line in enumerate(text.splitlines()[:MOST_LINES], 1):
        if not fence:
            opened = _FENCE.fullmatch(line[:400])
            if opened is not None:
                fence, language, begun, held = opened[1], opened[2].lower(), number + 1, []
        elif _closes(line, fence):
            yield begun, language, held
            fence = ""
        else:
            held.append(line)
    if fence:
        yield begun, language, held


def _closes(line: str, fence: str) -> bool:
    said = line.strip().lstrip("> ")
    return len(said) >= len(fence) and set(said) == {fence[0]}


def _is_session(language: str, lines: list[str]) -> bool | None:
    """Whether a block shows commands with what they print; ``None`` where it is no shell's."""
    prompted = any(_PROMPT.match(line) and line.strip()[0] in "$%" for line in lines)
    if language not in SHELLS:
        words = next((line.split() for line in lines if line.split()), [])
        known = bool(words) and words[0] in _COMMON
        if language not in ("", "text", "txt") or not (prompted or known):
            return None
    return prompted and (language in SESSIONS or language not in SHELLS)


def _of_block(first: int, language: str, lines: list[str]) -> Iterator[Told]:
    session = _is_session(language, lines)
    if session is None:
        return
    held, begun, fed = "", first, ""
    for number, line in enumerate(lines, first):
        said = line
        if fed:
            fed = "" if line.strip() == fed else fed
            continue  # what a command is fed with
        if not held:
            begun = number
            prompt = _PROMPT.match(line)
            if prompt is not None and not (line.lstrip().startswith("#") and not session):
                said = line[prompt.end() :]
            elif session:
                continue  # what a command printed
        if said.endswith("\\"):
            held += said[:-1] + " "
            continue
        held += said
        if number - begun < MOST_JOINED and _goes_on(held):
            held += "\n"
            continue
        yield from _simple(begun, held)
        fed, held = _fed(held), ""
    if held:
        yield from _simple(begun, held)


def _goes_on(text: str) -> bool:
    """Whether a quotation in *text* is not closed yet."""
    if "'" not in text and '"' not in text:
        return False
    try:
        list(_lexer(text))
    except ValueError as error:
        return "quotation" in str(error)
    return False


def _fed(text: str) -> str:
    """The word that ends what *text* feeds to its command (``<<EOF``); "" where there is none."""
    found = _HEREDOC.search(text)
    return found[2] if found is not None else ""


def _lexer(text: str) -> shlex.shlex:
    lexer = shlex.shlex(_plain(text), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    return lexer


def _simple(line: int, text: str) -> Iterator[Told]:
    said = text.strip()
    if not said or said.startswith("#"):
        return
    words: list[str] = []
    try:
        tokens = list(_lexer(said))
    except ValueError:
        yield Told(line, (), _shown(said))
        return
    skip = False
    for token in (*tokens, ";"):
        if token and set(token) <= _JOINS:
            skip = token.startswith((">", "<")) or (token.endswith(">") and "&" in token)
            if not skip:
                yield from _one(line, words, said)
                words = []
        elif skip:
            skip = False  # where output goes
        else:
            words.append(token)


def _plain(text: str) -> str:
    """*text* with placeholders in angle brackets as words: ``<time>`` is no redirection."""
    return re.sub(r"<([^<>\s|&;]{1,60})>", r"{\1}", text)


def _one(line: int, words: list[str], text: str) -> Iterator[Told]:
    left = list(words)
    while left:
        word = left[0]
        if word in _KEYWORDS or _ASSIGNED.fullmatch(word):
            left.pop(0)
        elif word in _STARTERS:
            valued = _STARTERS[left.pop(0)]
            while left and (left[0].startswith("-") or _ASSIGNED.fullmatch(left[0])):
                option = left.pop(0)
                if option in valued and left:
                    left.pop(0)
        else:
            break
    if left and left[0] not in _NO_COMMANDS:
        yield Told(line, tuple(left), _shown(text))


def _shown(text: str) -> str:
    """The beginning of a command, without what its author should not have written there."""
    return _PASSWORD.sub(r"\1…\2", _SECRET.sub(r"\1…", text))[:120]
