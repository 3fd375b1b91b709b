"""The whole of gate ``pipeline``: its files, what programs say of them, and what was scanned."""

from __future__ import annotations

from dataclasses import replace

from golive_gates.pipeline import files
from golive_gates.pipeline.checks import (
    branch_protection,
    environment_reviewers,
    image_reports,
    image_vulnerabilities,
    own_history,
    own_secrets,
    planted_secret,
)
from golive_gates.pipeline.observers.forge import ForgeObserver
from golive_gates.pipeline.observers.gitleaks import OwnSecretsObserver
from golive_gates.pipeline.observers.image_reports import ImageReportsObserver
from golive_gates.pipeline.observers.planted import PlantedObserver
from golive_gates.pipeline.observers.trivy import TrivyObserver

GATE = replace(
    files.GATE,
    observers=(
        *files.GATE.observers,
        ImageReportsObserver(),
        TrivyObserver(),
        OwnSecretsObserver(),
        PlantedObserver(),
        ForgeObserver(),
    ),
    checks=(
        *files.GATE.checks,
        image_reports.CHECK,
        image_vulnerabilities.CHECK,
        own_secrets.CHECK,
        own_history.CHECK,
        planted_secret.CHECK,
        branch_protection.CHECK,
        environment_reviewers.CHECK,
    ),
)
