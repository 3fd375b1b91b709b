"""The half of gate ``pipeline`` that reads files: what ``golive lint`` loads, and no more."""

from __future__ import annotations

from golive.api import Gate
from golive_gates.pipeline.checks import parse
from golive_gates.pipeline.observers.repository import RepositoryObserver
from golive_gates.pipeline.settings import Settings

GATE = Gate(
    id="pipeline",
    package="golive_gates.pipeline",
    settings=Settings,
    observers=(RepositoryObserver(),),
    checks=(parse.CHECK,),
    number=5,
)
