"""The half of gate ``streaming`` that reads files: what ``golive lint`` loads, and no more.

A check of it is required where a failure breaks streams in production and files decide it: what
nginx refuses, idle and total limits (a total one shows only to a stream of that length), values in
force that nobody wrote, canaries without traffic, pods and workers that end before their streams,
connections closed by the wrong side. It is optional where files often leave the answer open while
the wire gives it (buffering, compression), and where streams survive the failure (HTTP version,
second attempts, the status over a limit). Without such files in the release none of them applies:
the wire has the word.

Observers of the wire bring an HTTP client, which takes longer to import than a release to read.
"""

from __future__ import annotations

from golive.api import Gate
from golive_gates.streaming.checks import (
    autoscaling,
    canary_ingress,
    connection_capacity,
    controller_support,
    discarded_values,
    drain_chain,
    heartbeat_margin,
    keep_alive_order,
    limit_status,
    proxy_buffering,
    proxy_compression,
    proxy_config,
    proxy_http_version,
    proxy_request_buffering,
    proxy_retries,
    proxy_timeouts,
    total_timeout,
    worker_shutdown,
)
from golive_gates.streaming.observers.configured import ConfiguredObserver
from golive_gates.streaming.settings import Settings

GATE = Gate(
    id="streaming",
    package="golive_gates.streaming",
    settings=Settings,
    observers=(ConfiguredObserver(),),
    checks=(
        proxy_config.CHECK,
        proxy_buffering.CHECK,
        proxy_timeouts.CHECK,
        total_timeout.CHECK,
        proxy_http_version.CHECK,
        proxy_compression.CHECK,
        proxy_retries.CHECK,
        proxy_request_buffering.CHECK,
        discarded_values.CHECK,
        limit_status.CHECK,
        canary_ingress.CHECK,
        controller_support.CHECK,
        heartbeat_margin.CHECK,
        drain_chain.CHECK,
        worker_shutdown.CHECK,
        keep_alive_order.CHECK,
        connection_capacity.CHECK,
        autoscaling.CHECK,
    ),
    number=2,
)
