"""The half of gate ``pipeline`` that reads files: what ``golive lint`` loads, and no more."""

from __future__ import annotations

from golive.api import Gate
from golive_gates.pipeline.checks import (
    action_pins,
    actionlint,
    allow_lists,
    base_images,
    dependency_updates,
    deploy_needs,
    full_history,
    ignored_secrets,
    image_ignores,
    image_scan,
    lock_files,
    neutralised,
    parse,
    policy_files,
    provenance,
    python_matrix,
    references,
    scan_events,
    scan_options,
    schema,
    secret_scan,
    tests,
    token_permissions,
    triggers,
    zizmor,
)
from golive_gates.pipeline.observers.actionlint import ActionlintObserver
from golive_gates.pipeline.observers.repository import RepositoryObserver
from golive_gates.pipeline.observers.zizmor import ZizmorObserver
from golive_gates.pipeline.settings import Settings

GATE = Gate(
    id="pipeline",
    package="golive_gates.pipeline",
    settings=Settings,
    observers=(RepositoryObserver(), ZizmorObserver(), ActionlintObserver()),
    checks=(
        parse.CHECK,
        schema.CHECK,
        references.CHECK,
        policy_files.CHECK,
        dependency_updates.CHECK,
        ignored_secrets.CHECK,
        action_pins.CHECK,
        token_permissions.CHECK,
        triggers.CHECK,
        base_images.CHECK,
        lock_files.CHECK,
        provenance.CHECK,
        image_ignores.CHECK,
        secret_scan.CHECK,
        image_scan.CHECK,
        tests.CHECK,
        scan_events.CHECK,
        deploy_needs.CHECK,
        neutralised.CHECK,
        python_matrix.CHECK,
        scan_options.CHECK,
        full_history.CHECK,
        allow_lists.CHECK,
        zizmor.CHECK,
        actionlint.CHECK,
    ),
    number=5,
)
