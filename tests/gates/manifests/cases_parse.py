"""A passing, a failing and a no-evidence observation for `manifests.parse`."""

from __future__ import annotations

from dataclasses import replace

from golive.api import Location, Observation
from golive.sources.tree import FileKind, SourceProblem
from golive_gates.manifests.settings import Settings
from tests.gates.manifests.cases_pods import Cases
from tests.gates.manifests.snippets import manifests

READ = manifests("apiVersion: v1\nkind: Namespace\nmetadata: {name: app}\n")


def _unread(code: str) -> Observation:
    place = Location("b.yaml", 2)
    problem = SourceProblem(place, FileKind.KUBERNETES, code, "what is wrong", "what to do")
    return Observation({"Manifests": replace(READ, problems=(problem,))})


CASES = {
    "manifests.parse": Cases(
        (Observation({"Manifests": READ}), Settings()),
        (_unread("not-yaml"), Settings()),
        (_unread("unreadable"), Settings()),
    )
}
