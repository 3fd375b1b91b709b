"""How a forge starts the shell of a step.

GitHub, "Workflow syntax", ``jobs.<job_id>.steps[*].shell``: no shell given is ``bash -e {0}``,
``bash`` is ``bash --noprofile --norc -eo pipefail {0}``, ``sh`` is ``sh -e {0}``.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

_BASH = frozenset(("bash", "bash.exe"))
_POSIX = frozenset(("sh", "dash", "ash"))


@dataclass(frozen=True, slots=True)
class Invocation:
    """``posix``: a shell that is not bash. ``unknown``: the name of one that is not followed."""

    errexit: bool = True
    pipefail: bool = False
    posix: bool = False
    unknown: str = ""


def invocation_of(shell: str) -> Invocation:
    """The shell that *shell*, as a step states it, starts; empty for none."""
    named = {
        "": Invocation(),
        "bash": Invocation(pipefail=True),
        "gitlab": Invocation(pipefail=True),
        "sh": Invocation(posix=True),
    }
    if shell.strip() in named:
        return named[shell.strip()]
    try:
        words = shlex.split(shell)
    except ValueError:
        words = []
    if not words or "{0}" not in words or "${{" in shell:
        return Invocation(unknown=shell.strip())
    name = words[0].rpartition("/")[2]
    if name not in _BASH | _POSIX:
        return Invocation(unknown=name)
    return flags_of(words, posix=name in _POSIX)


def flags_of(words: list[str], *, posix: bool) -> Invocation:
    """The options of *words*, a command line of a shell, up to its script."""
    errexit = pipefail = False
    left = list(words[1:])
    while left and left[0][:1] in ("-", "+") and left[0] not in ("-", "--"):
        word = left.pop(0)
        on = word[0] == "-"
        if word.startswith("--"):
            if word in ("--rcfile", "--init-file") and left:
                left.pop(0)
            continue
        errexit = on if "e" in word[1:] else errexit
        if "o" in word[1:].lower() and left:
            option = left.pop(0)
            errexit = on if option == "errexit" else errexit
            pipefail = on if option == "pipefail" else pipefail
    return Invocation(errexit, pipefail, posix)
