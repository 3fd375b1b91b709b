"""Everything a run is made of, resolved and checked before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from golive.config.model import Config
from golive.context import Clock, EvidenceStore, Progress
from golive.gates_of_run import Choice
from golive.journal import Journal
from golive.secrets import Secret
from golive.sources.tree import SourceTree

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Setup:
    """What :class:`golive.runner.Runner` is given.

    ``timeout``: seconds that each gate may observe; ``max_requests``: cap of the whole run;
    ``redact`` sees every text that is observed before a judge, the journal or the record does;
    ``secrets``: of the gates' settings, by reference;
    ``recovered``: encoded parts of an earlier, unfinished run by gate and part name.
    """

    run_id: str
    config: Config
    base: Path
    settings: Mapping[str, object]
    choice: Choice
    clock: Clock
    progress: Progress
    evidence_for: Callable[[str], EvidenceStore]
    journal: Journal
    timeout: float
    max_requests: int
    headers: Headers = ()
    auth_headers: Headers = ()
    prometheus_auth_headers: Headers = ()
    clients: Mapping[str, Headers] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    config_path: str = ""
    config_sha256: str = ""
    warnings: tuple[str, ...] = ()
    redact: Callable[[str], str] = str
    recovered: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    sources: Callable[[], SourceTree] = SourceTree
