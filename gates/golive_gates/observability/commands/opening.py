"""What the commands about SLOs start from: golive.yaml, its SLOs, and what services expose."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from golive.api import Config
    from golive_gates.observability.burn.slis import NoSli, Sli
    from golive_gates.observability.metrics.inventory import Inventory
    from golive_gates.observability.parts import Alerting
    from golive_gates.observability.settings import Settings

_MEND = "look at the file that gates.observability.exposition names"
GATE, PACKAGE = "observability", "golive_gates.observability"
NOTHING = 3

ConfigOption = Annotated[
    Path,
    typer.Option("-c", "--config", envvar="GOLIVE_CONFIG", help="golive.yaml with the SLOs."),
]


@dataclass(frozen=True, slots=True)
class Opened:
    """A checked configuration. ``slis``: its SLOs that can be measured; ``without``: the others."""

    config: Config
    base: Path
    settings: Settings
    slis: tuple[Sli, ...]
    without: tuple[NoSli, ...]
    inventory: Inventory | None

    @property
    def severities(self) -> tuple[str, str]:
        """Of what pages and of what can wait."""
        named = self.settings.severities
        return named[0], named[1] if len(named) > 1 else named[0]


def opened(path: Path) -> Opened:
    """What *path* says. Raises ``ConfigError`` and ``UsageError``."""
    from golive.config.loader import load_config
    from golive.config.overrides import overrides_from_environment
    from golive.discovery import discover_gates
    from golive_gates.observability.burn.slis import Sli, sli_of
    from golive_gates.observability.settings import Settings

    gates = discover_gates()
    loaded = load_config(
        path,
        gates.settings_types,
        overrides=overrides_from_environment(os.environ),
        known_checks=gates.check_ids,
    )
    found = loaded.settings.get(GATE)
    settings = found if isinstance(found, Settings) else Settings()
    inventory = _declared(loaded.base, settings)
    slis = [sli_of(slo, inventory, settings.roles) for slo in loaded.config.slos]
    return Opened(
        loaded.config,
        loaded.base,
        settings,
        tuple(s for s in slis if isinstance(s, Sli)),
        tuple(s for s in slis if not isinstance(s, Sli)),
        inventory,
    )


def _declared(base: Path, settings: Settings) -> Inventory | None:
    """What the declared exposition files hold; commands ask no service. ``None`` without any."""
    if not settings.exposition:
        return None
    from glob import glob

    from golive.errors import UsageError
    from golive_gates.observability.metrics.exposed import inventory_of, source_of
    from golive_gates.observability.metrics.exposition import Refused, parse
    from golive_gates.observability.metrics.inventory import merged
    from golive_gates.observability.metrics.targets import TargetLabels

    found = []
    for pattern in settings.exposition:
        for name in sorted(glob(str(base / pattern), recursive=True)):  # noqa: PTH207 - Path.glob takes no absolute one
            try:
                page = parse(Path(name).read_bytes())
            except OSError as error:
                msg = f"cannot read {name}: {error.strerror or error}"
                raise UsageError(msg, _MEND) from None
            if isinstance(page, Refused):
                msg = f"{name}:{page.line}: no exposition ({page.code} {page.detail})"
                raise UsageError(msg, _MEND)
            labels = TargetLabels()
            source = source_of(Path(name).stem, name, labels, live=False)
            found.append(inventory_of(page, source, labels))
    return merged(found)


def said_of(without: tuple[NoSli, ...]) -> Iterator[str]:
    """A line for each SLO that is left out, and why."""
    from golive.model import Reason
    from golive.texts import catalogue

    texts = catalogue(PACKAGE, "en")
    for one in without:
        reason = Reason(one.code, {"slo": one.slo, "detail": one.detail})
        yield f"{one.slo}: {texts.reason(reason, 'observability.burn-rate')}"


def release(here: Opened, paths: Sequence[Path]) -> Alerting:
    """The rules at *paths*, or else those of the configuration's ``files``."""
    from golive.sources.reading import read_paths, read_release
    from golive_gates.observability.parts import Alerting

    tree = read_paths(paths) if paths else read_release(here.config.files, here.base)
    return Alerting(tree.files, tree.documents, tree.objects, tree.problems)
