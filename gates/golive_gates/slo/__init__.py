"""Gate 1, ``slo``: the SLOs are defined, and measured on the running target."""

from __future__ import annotations

from golive.api import Gate
from golive_gates.slo.checks import (
    availability,
    contract,
    defined,
    error_budget,
    error_rate,
    project_api,
    readiness,
    sse_complete,
    sse_first_event,
)
from golive_gates.slo.observers.contract import ContractObserver
from golive_gates.slo.observers.definitions import DefinitionsObserver
from golive_gates.slo.observers.history import HistoryObserver
from golive_gates.slo.observers.project_flows import ProjectFlowsObserver
from golive_gates.slo.observers.readiness import ReadinessObserver
from golive_gates.slo.observers.streams import StreamsObserver
from golive_gates.slo.observers.traffic import TrafficObserver
from golive_gates.slo.settings import Settings

GATE = Gate(
    id="slo",
    package="golive_gates.slo",
    settings=Settings,
    # In this order: history before golive's own traffic is part of it, the contract before the
    # requests that it is about, and further traffic after those that it adds to.
    observers=(
        DefinitionsObserver(),
        HistoryObserver(),
        ContractObserver(),
        ProjectFlowsObserver(),
        ReadinessObserver(),
        StreamsObserver(),
        TrafficObserver(),
    ),
    checks=(
        defined.CHECK,
        contract.CHECK,
        readiness.CHECK,
        error_rate.CHECK,
        availability.CHECK,
        project_api.CHECK,
        sse_first_event.CHECK,
        sse_complete.CHECK,
        error_budget.CHECK,
    ),
    number=1,
)
