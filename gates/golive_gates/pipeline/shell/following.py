"""What a command runs that is itself a script: a file, a make target, hooks, a quoted script."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from collections.abc import Sequence as Several
from dataclasses import dataclass, field
from itertools import pairwise

from golive_gates.pipeline.parts import Repository
from golive_gates.pipeline.shell.folders import UNKNOWN, folders_in, joined
from golive_gates.pipeline.shell.hooks import hooks_of
from golive_gates.pipeline.shell.invocation import flags_of
from golive_gates.pipeline.shell.makefiles import Makefile, make_words, read_makefile
from golive_gates.pipeline.shell.packages import (
    MANAGERS,
    Asked,
    asked_of,
    places,
    run_order,
    scripts_of,
)
from golive_gates.pipeline.shell.programs import Program, program_of
from golive_gates.pipeline.shell.running import Nested
from golive_gates.pipeline.shell.syntax import AndOr, Node, Sequence, Simple, Word
from golive_gates.pipeline.shell.toxes import ignored_by_tox

_SHELLS = frozenset(("bash", "sh", "dash", "ash"))
_ROOTS = re.compile(
    r"^(?:\$\{?(?:GITHUB_WORKSPACE|CI_PROJECT_DIR|PWD|OLDPWD)\}?|\$\{\{\s*github\.workspace\s*\}\}"
    r"|\$\(pwd\)|\$\(git rev-parse --show-toplevel\))/"
)
_RUNNERS = frozenset(("just", "task", "poe", "invoke", "inv", "earthly", "dagger", "bazel"))
_FOLDERS = frozenset(("script", "scripts", "bin", "ci", "tools", "hack", "dev"))
_WRAPPERS = ("/gradlew", "/mvnw", "/rails", "/rake", "/rspec", "/phpunit", "/pest")
"""Programs that projects keep beside their sources and that are known by their names."""
_MAKEFILES = ("GNUmakefile", "makefile", "Makefile")
_HOOKS = ".pre-commit-config.yaml"
MOST_FOLLOWED = 200


@dataclass(slots=True)
class Follower:
    """Looks into *repository* from *folder*; ``missing``: what is not there, and who asks."""

    repository: Repository
    folder: str
    parse: Callable[[str], Sequence]
    env: dict[str, str] = field(default_factory=dict)
    missing: list[tuple[Simple, str]] = field(default_factory=list)
    _known: dict[Simple, Nested | None] = field(default_factory=dict)
    _folders: list[str] = field(default_factory=list)
    _made: dict[str, Makefile] = field(default_factory=dict)
    _places: dict[Simple, str] = field(default_factory=dict)

    def place(self, body: Sequence, folder: str) -> None:
        """Tells that *body* begins in *folder*; what is known already stays."""
        self._places = folders_in(body, folder) | self._places

    def __call__(self, simple: Simple) -> Nested | None:
        """What *simple* runs; ``None`` for a program. Raises ``NotParsedError``."""
        if simple not in self._known:
            self._known[simple] = None  # A script that runs itself ends here.
            if len(self._known) < MOST_FOLLOWED * 100 and simple.words:
                found = self._known[simple] = self._found(simple)
                if found is not None:
                    self.place(found.body, self._places.get(simple, self.folder))
        return self._known[simple]

    def _found(self, simple: Simple) -> Nested | None:
        words = [w.text for w in simple.words]
        if words[0] in ("cd", "pushd") and len(words) > 1:
            self._folders.append(_ROOTS.sub("", words[1]))
            return None
        if words[0] in ("source", "."):
            return self._sourced(simple, words[1:])
        if words[0] == "eval":
            text = " ".join(words[1:])
            known = all(p.kind == "text" for w in simple.words for p in w.parts)
            return Nested(self.parse(text), inline=True) if known and text else None
        program = program_of(words)
        if program.image or {"xargs", "find"} & set(program.starters):
            return None
        if program.name in _RUNNERS:
            self.missing.append((simple, " ".join((program.name, *program.args[:2]))))
            return None
        return self._of_program(simple, program, words)

    def _of_program(self, simple: Simple, program: Program, words: Several[str]) -> Nested | None:
        if program.name in _SHELLS:
            return self._shell(simple, program)
        if program.name in ("make", "gmake"):
            return self._make(simple, program)
        if program.name == "pre-commit" and program.args[:1] == ("run",):
            return self._hooks(simple, program)
        if program.name in MANAGERS:
            asked = asked_of(program.name, program.args)
            return self._package(simple, asked, words) if asked else None
        if program.name == "tox":
            return self._tox(simple, program)
        return self._executed(simple, program, words)

    def _text(self, path: str) -> tuple[str, str] | None:
        """The path from the root and the text of *path* as the step names it."""
        plain = _ROOTS.sub("", path)
        for folder in ("", self.folder, *self._folders):
            there = posixpath.normpath(posixpath.join(folder if folder != "." else "", plain))
            text = self.repository.text(there)
            if text is not None:
                return there, text
        return None

    def _sourced(self, simple: Simple, args: Several[str]) -> Nested | None:
        found = self._text(args[0]) if args else None
        if found is not None:
            return Nested(self.parse(found[1]), inline=True, file=found[0])
        if args and args[0].endswith((".sh", ".bash")):
            self.missing.append((simple, args[0]))
        return None

    def _shell(self, simple: Simple, program: Program) -> Nested | None:
        posix = program.name != "bash"
        started = flags_of([program.name, *program.args], posix=posix)
        left = _arguments(program.args)
        if any(re.fullmatch(r"-\w*c\w*", a) for a in program.args[: len(program.args) - len(left)]):
            known = simple.words and left and "${{" not in left[0]
            body = self.parse(left[0]) if known else None
            if body is None:
                return None
            return Nested(body, started.errexit, started.pipefail, posix)
        if not left or left[0] == "-":
            if simple.stdin is None:
                return None
            return Nested(self.parse(simple.stdin), started.errexit, started.pipefail, posix)
        found = self._text(left[0])
        if found is None:
            self.missing.append((simple, left[0]))
            return None
        return Nested(self.parse(found[1]), started.errexit, started.pipefail, posix, file=found[0])

    def _executed(self, simple: Simple, program: Program, words: Several[str]) -> Nested | None:
        path = next((w for w in words if w.rpartition("/")[2] == program.name), "")
        if "/" not in path and not path.endswith((".sh", ".bash")):
            return None
        found = self._text(path)
        if found is None:
            relative = path.startswith("./") or path.endswith((".sh", ".bash"))
            relative = relative or path.partition("/")[0] in _FOLDERS
            if relative and not path.endswith((".py", ".js", ".ts", *_WRAPPERS)):
                self.missing.append((simple, path))
            return None
        first = found[1].partition("\n")[0]
        started = _shebang(first)
        if started is None:
            return None
        name = started[0].rpartition("/")[2]
        flags = flags_of(started, posix=name != "bash")
        return Nested(
            self.parse(found[1]), flags.errexit, flags.pipefail, flags.posix, file=found[0]
        )

    def _make(self, simple: Simple, program: Program) -> Nested | None:
        options, targets = make_words(program.args)
        if "-n" in options or "--dry-run" in options:
            return None
        folder = options.get("-C", options.get("--directory", ""))
        named = options.get("-f", options.get("--file", ""))
        names = [named] if named else list(_MAKEFILES)
        found = next(
            (t for n in names if (t := self._text(posixpath.join(folder, n))) is not None), None
        )
        if found is None:
            self.missing.append((simple, " ".join(("make", *targets))))
            return None
        made = self._made.setdefault(found[0], read_makefile(found[1]))
        order: list[str] = []
        for target in targets or [made.default]:
            below = made.order(target)
            if below is None or not (below[1:] or made.recipes[target] or made.needs[target]):
                self.missing.append((simple, f"make {target}"))
                continue
            order += [t for t in below if t not in order]
        shell = made.shell
        flags = flags_of(shell, posix=shell[0].rpartition("/")[2] != "bash")
        items: list[tuple[Node, bool]] = []
        for recipe in (r for t in order for r in made.recipes[t]):
            line = Simple((Word("sh"), Word("-c"), Word(recipe.text)), line=recipe.line)
            self._known[line] = Nested(
                self.parse(recipe.text), flags.errexit, flags.pipefail, flags.posix,
                file=found[0], line=recipe.line,
            )  # fmt: skip
            ignored = recipe.ignored or "-i" in options or "--ignore-errors" in options
            instead = Simple((Word("true"),))
            items.append((AndOr(line, (("||", instead),), "ignored") if ignored else line, False))
        return Nested(Sequence(tuple(items)), errexit=True, posix=True, file=found[0])

    def _package(self, simple: Simple, asked: Asked, words: Several[str]) -> Nested | None:
        here = joined(self._places.get(simple, self.folder or "."), asked.folder or ".")
        found = None
        if here != UNKNOWN and not asked.several:
            texts = ((path, self.repository.text(path)) for path in places(here))
            found = next(((path, text) for path, text in texts if text is not None), None)
        scripts = scripts_of(found[1]) if found else None
        if found is None or scripts is None or asked.name not in scripts:
            telling = found is None and asked.name == "test"
            if asked.lenient and scripts is not None:
                return Nested(Sequence())
            if asked.several or telling or (found is not None and asked.sure):
                self.missing.append((simple, " ".join(words)[:80]))
            return None
        items: list[tuple[Node, bool]] = []
        for script, text in run_order(scripts, asked):
            line = Simple((Word("npm"), Word("run"), Word(script.name)), line=script.line)
            # The comment keeps the same text of two packages apart.
            body = self.parse(f"{text}\n# {found[0]}")
            self.place(body, posixpath.dirname(found[0]))
            self._known[line] = Nested(body, posix=True, file=found[0], line=script.line)
            items.append((line, False))
        return Nested(Sequence(tuple(items)), errexit=True, posix=True, file=found[0])

    def _tox(self, simple: Simple, program: Program) -> Nested | None:
        found = self._text("tox.ini") or self._text("setup.cfg")
        if found is None or not ignored_by_tox(found[1], program.args):
            return None
        line = Simple(simple.words)
        self._known[line] = None
        instead = Simple((Word("true"),))
        body = Sequence(((AndOr(line, (("||", instead),), "ignored"), False),))
        return Nested(body, errexit=True, posix=True, file=found[0])

    def _hooks(self, simple: Simple, program: Program) -> Nested | None:
        text = self._text(_HOOKS)
        if text is None:
            self.missing.append((simple, _HOOKS))
            return None
        # Local: reading YAML strictly is not needed for most steps.
        from golive.sources.yaml import YamlError, load

        try:
            data = load(text[1], _HOOKS).data
        except YamlError:
            self.missing.append((simple, _HOOKS))
            return None
        given = program.args[1:]
        stage = next((b for a, b in pairwise(given) if a == "--hook-stage"), "")
        only = [a for n, a in enumerate(given) if not a.startswith("-") and not _valued(given, n)]
        skip = self.env.get("SKIP", "").split(",") + [
            s for a in simple.assignments if a.name == "SKIP" for s in a.value.text.split(",")
        ]
        asked = {stage or "pre-commit", *(("commit",) if not stage else ())}
        lines = [
            (Simple(tuple(Word(w) for w in hook.words)), False)
            for hook in hooks_of(data)
            if hook.id not in skip
            and (not only or hook.id in only)
            and (not hook.stages or asked & set(hook.stages))
        ]
        for line, _ in lines:
            self._known[line] = None
        return Nested(Sequence(tuple(lines)), errexit=True, posix=True, file=text[0])


def _arguments(args: Several[str]) -> list[str]:
    """*args* of a shell from its script on."""
    left = list(args)
    while left and left[0][:1] in ("-", "+") and left[0] not in ("-", "--"):
        word = left.pop(0)
        takes = word in ("--rcfile", "--init-file") or re.fullmatch(r"[-+]\w*[oO]\w*", word)
        if takes and left:
            left.pop(0)
    return left[1:] if left[:1] == ["--"] else left


def _shebang(line: str) -> list[str] | None:
    """The command line of a script's shell; ``None`` where another program runs it."""
    if not line.startswith("#!"):
        return ["sh"]
    words = [w for w in line[2:].split() if w != "-S"]
    if words and words[0].endswith("/env"):
        words = words[1:]
    if not words or words[0].rpartition("/")[2] not in _SHELLS:
        return None
    return words


def _valued(args: Several[str], at: int) -> bool:
    takes = ("--hook-stage", "-c", "--config", "--color", "--from-ref", "--to-ref", "-s", "-o")
    return at > 0 and args[at - 1] in (*takes, "--files")
