"""The whole of gate ``recovery``: its files, its backups, and what drills made of them."""

from __future__ import annotations

from dataclasses import replace

from golive_gates.recovery import files
from golive_gates.recovery.checks import (
    backup_anomalies,
    backup_clock,
    backup_gaps,
    backups_found,
    chroma_consistency,
    chroma_content,
    chroma_queries,
    chroma_restores,
    chroma_vectors,
    drill_sound,
    encryption,
    off_site,
    provider_fallback,
    provider_first_content,
    provider_healthy,
    provider_order,
    provider_outage,
    provider_return,
    provider_spend,
    provider_user_errors,
    provider_whole,
    restored_service,
    retention,
    rpo,
    rto,
    sqlite_content,
    sqlite_restores,
    sqlite_schema,
)
from golive_gates.recovery.observers.backups import BackupsObserver
from golive_gates.recovery.observers.chroma import ChromaObserver
from golive_gates.recovery.observers.promises import PromisesObserver
from golive_gates.recovery.observers.provider_metrics import ProviderMetricsObserver
from golive_gates.recovery.observers.providers import ProvidersObserver
from golive_gates.recovery.observers.restored_service import RestoredServiceObserver
from golive_gates.recovery.observers.sqlite import SqliteObserver

GATE = replace(
    files.GATE,
    observers=(
        *files.GATE.observers,
        BackupsObserver(),
        SqliteObserver(),
        ChromaObserver(),
        RestoredServiceObserver(),
        ProvidersObserver(),
        ProviderMetricsObserver(),
        PromisesObserver(),
    ),
    checks=(
        *files.GATE.checks,
        backups_found.CHECK,
        backup_clock.CHECK,
        backup_gaps.CHECK,
        retention.CHECK,
        backup_anomalies.CHECK,
        sqlite_restores.CHECK,
        sqlite_schema.CHECK,
        sqlite_content.CHECK,
        chroma_restores.CHECK,
        chroma_vectors.CHECK,
        chroma_queries.CHECK,
        chroma_content.CHECK,
        chroma_consistency.CHECK,
        rpo.CHECK,
        restored_service.CHECK,
        rto.CHECK,
        drill_sound.CHECK,
        encryption.CHECK,
        off_site.CHECK,
        provider_order.CHECK,
        provider_healthy.CHECK,
        provider_fallback.CHECK,
        provider_whole.CHECK,
        provider_first_content.CHECK,
        provider_return.CHECK,
        provider_outage.CHECK,
        provider_user_errors.CHECK,
        provider_spend.CHECK,
    ),
)
