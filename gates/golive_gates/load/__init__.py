"""Gate 7, ``load``: the declared load, the rate limit, and what an attacker tries first."""

from __future__ import annotations

from golive.api import Gate
from golive_gates.load.checks import (
    admin_routes,
    auth,
    availability,
    bad_input,
    cors,
    error_leaks,
    error_rate,
    exposure,
    first_content,
    fuzz,
    latency,
    mass_assignment,
    method_override,
    rate_limit,
    rate_limit_burst,
    rate_limit_bypass,
    rate_limit_headers,
    rate_limit_isolation,
    rate_limit_status,
    readiness,
    recovery,
    security_headers,
    slow_client,
    tenant_isolation,
    tls,
)
from golive_gates.load.observers.load import LoadObserver
from golive_gates.load.observers.rate_limit import RateLimitObserver
from golive_gates.load.pentest.observers.access import AccessObserver
from golive_gates.load.pentest.observers.bad_input import BadInputObserver
from golive_gates.load.pentest.observers.browser import BrowserObserver
from golive_gates.load.pentest.observers.fuzz import FuzzObserver
from golive_gates.load.pentest.observers.objects import ObjectsObserver
from golive_gates.load.pentest.observers.routes import RoutesObserver
from golive_gates.load.pentest.observers.slow_clients import SlowClientsObserver
from golive_gates.load.pentest.observers.transport import TransportObserver
from golive_gates.load.settings import Settings

GATE = Gate(
    id="load",
    package="golive_gates.load",
    settings=Settings,
    # Loud observers run in this order: the load on a target that nothing has disturbed yet, the
    # rate limit last, because it uses up what a limiter may wrongly count for others.
    observers=(
        LoadObserver(),
        TransportObserver(),
        RoutesObserver(),
        BrowserObserver(),
        AccessObserver(),
        ObjectsObserver(),
        BadInputObserver(),
        SlowClientsObserver(),
        FuzzObserver(),
        RateLimitObserver(),
    ),
    checks=(
        availability.CHECK,
        error_rate.CHECK,
        latency.CHECK,
        first_content.CHECK,
        readiness.CHECK,
        recovery.CHECK,
        rate_limit.CHECK,
        rate_limit_status.CHECK,
        rate_limit_headers.CHECK,
        rate_limit_isolation.CHECK,
        rate_limit_bypass.CHECK,
        rate_limit_burst.CHECK,
        auth.CHECK,
        tenant_isolation.CHECK,
        mass_assignment.CHECK,
        admin_routes.CHECK,
        method_override.CHECK,
        bad_input.CHECK,
        error_leaks.CHECK,
        cors.CHECK,
        security_headers.CHECK,
        exposure.CHECK,
        tls.CHECK,
        slow_client.CHECK,
        fuzz.CHECK,
    ),
    number=7,
)
