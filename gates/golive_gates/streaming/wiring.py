"""The whole of gate ``streaming``: its observers in their order, and its checks."""

from __future__ import annotations

from dataclasses import replace

from golive_gates.streaming import files
from golive_gates.streaming.checks import (
    compression,
    connection_limit,
    content_intact,
    drain,
    effective_buffering,
    fairness,
    headers,
    heartbeat,
    held_streams,
    http_version,
    idle_stream,
    keep_alive,
    reload,
    resume,
)
from golive_gates.streaming.observers.drain import DrainObserver
from golive_gates.streaming.observers.heads import HeadsObserver
from golive_gates.streaming.observers.held import HeldObserver
from golive_gates.streaming.observers.idle import IdleObserver
from golive_gates.streaming.observers.limit import LimitObserver
from golive_gates.streaming.observers.reload import ReloadObserver
from golive_gates.streaming.observers.resume import ResumeObserver
from golive_gates.streaming.observers.wire import WireObserver

GATE = replace(
    files.GATE,
    # In this order: one stream at a time before many, and what disturbs the target last.
    observers=(
        WireObserver(),
        HeadsObserver(),
        IdleObserver(),
        ResumeObserver(),
        HeldObserver(),
        LimitObserver(),
        ReloadObserver(),
        DrainObserver(),
        *files.GATE.observers,
    ),
    checks=(
        effective_buffering.CHECK,
        compression.CHECK,
        headers.CHECK,
        http_version.CHECK,
        heartbeat.CHECK,
        idle_stream.CHECK,
        keep_alive.CHECK,
        resume.CHECK,
        held_streams.CHECK,
        fairness.CHECK,
        content_intact.CHECK,
        connection_limit.CHECK,
        reload.CHECK,
        drain.CHECK,
        *files.GATE.checks,
    ),
)
