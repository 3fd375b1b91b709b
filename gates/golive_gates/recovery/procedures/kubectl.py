"""What a ``kubectl`` command names: files, objects, selectors. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from golive_gates.recovery.procedures.commands import Told

_TYPES = {
    **dict.fromkeys(("deployment", "deployments", "deploy", "deployment.apps"), "Deployment.apps"),
    **dict.fromkeys(("statefulset", "statefulsets", "sts"), "StatefulSet.apps"),
    **dict.fromkeys(("daemonset", "daemonsets", "ds"), "DaemonSet.apps"),
    **dict.fromkeys(("cronjob", "cronjobs", "cj"), "CronJob.batch"),
    **dict.fromkeys(("job", "jobs"), "Job.batch"),
    **dict.fromkeys(("persistentvolumeclaim", "pvc"), "PersistentVolumeClaim"),
    **dict.fromkeys(("service", "svc"), "Service"),
}
_WITH_VALUE = frozenset((
    *("-n", "--namespace", "-f", "--filename", "-k", "--kustomize", "-l", "--selector", "-o"),
    *("--output", "--context", "--kubeconfig", "--timeout", "--for", "--replicas", "--from"),
    *("-c", "--container", "--image", "--field-selector", "--as", "--cluster", "--user", "-s"),
    *("--server", "--type", "-p", "--patch", "--tail", "--since", "--grace-period", "--sort-by"),
    *("--revision", "--to-revision", "--current-replicas", "--patch-file", "-v"),
))  # fmt: skip
_CREATES = frozenset({"apply", "create", "replace"})
_EQUALITY = re.compile(r"[\w./-]+==?[\w.-]*(?:,[\w./-]+==?[\w.-]*)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Kubectl:
    """``files``: of ``-f`` and ``-k``. ``objects``: types as ``Deployment.apps`` and names.

    ``creates``: ``Job.batch/name`` of a ``create job``. ``selectors``: of labels by equality.
    """

    verb: str
    namespace: str = ""
    files: tuple[str, ...] = ()
    objects: tuple[tuple[str, str], ...] = ()
    selectors: tuple[str, ...] = ()
    creates: str = ""

    @property
    def applied(self) -> tuple[str, ...]:
        """Files whose objects it makes."""
        return self.files if self.verb in _CREATES else ()


@lru_cache(maxsize=1024)
def kubectl_of(told: Told) -> Kubectl | None:
    """What *told* names, where it is kubectl's."""
    if told.program.rpartition("/")[2] not in ("kubectl", "oc", "k"):
        return None
    options, plain = _split(told.words[1:])
    verb = plain[0] if plain else ""
    rest = plain[1:]
    namespace = _last(options, "-n", "--namespace")
    files = tuple(v for k, v in options if k in ("-f", "--filename", "-k", "--kustomize"))
    if verb == "logs":
        files = ()  # -f follows there
    objects: list[tuple[str, str]] = []
    creates = ""
    if verb == "create":
        if len(rest) > 1 and rest[0] in ("job", "jobs"):
            creates = f"Job.batch/{rest[1]}"
        objects += _named([_last(options, "--from")])
    elif verb in ("rollout", "set"):
        objects += _named(rest[1:])
    elif verb != "cp":
        objects += _named(rest[:1] if verb in ("exec", "logs") else rest)
    found = [v for k, v in options if k in ("-l", "--selector")]
    selectors = tuple(s for s in found if _EQUALITY.fullmatch(s))
    return Kubectl(verb, namespace, files, tuple(objects), selectors, creates)


def _split(words: tuple[str, ...]) -> tuple[list[tuple[str, str]], list[str]]:
    """Options with their values, and the other words; what follows ``--`` runs elsewhere."""
    options: list[tuple[str, str]] = []
    plain: list[str] = []
    left = list(words)
    while left:
        word = left.pop(0)
        if word == "--":
            break
        if not word.startswith("-") or word == "-":
            plain.append(word)
        elif word.startswith("--") and "=" in word:
            name, _, value = word.partition("=")
            options.append((name, value))
        elif word in _WITH_VALUE and left and not (word == "-f" and "logs" in plain):
            options.append((word, left.pop(0)))
        elif word[:2] in ("-n", "-f", "-l", "-k") and len(word) > 2 and word[1] != "-":
            options.append((word[:2], word[2:].removeprefix("=")))
    return options, plain


def _named(words: list[str]) -> list[tuple[str, str]]:
    """``type/name`` words, or a type followed by names."""
    found: list[tuple[str, str]] = []
    kind = ""
    for number, word in enumerate(words):
        before, slash, name = word.partition("/")
        if slash:
            known = _TYPES.get(before.lower(), "")
            found += [(known, name)] if known and name else []
        elif number == 0:
            kind = _TYPES.get(word.lower(), "")
        elif kind:
            found.append((kind, word))
    return found


def _last(options: list[tuple[str, str]], *names: str) -> str:
    return next((v for k, v in reversed(options) if k in names), "")
