"""Mistakes in how the workflows of the release are written."""

from __future__ import annotations

from golive_demo.broken_release.mutation import Mutation

CI, DEPLOY = ".github/workflows/ci.yml", ".github/workflows/deploy.yml"

MUTATIONS: tuple[Mutation, ...] = (
    Mutation(
        "pipeline.parse",
        DEPLOY,
        "permissions: {}\n",
        "permissions: {}\npermissions: {contents: read}\n",
    ),
    Mutation("pipeline.schema", CI, "timeout-minutes: 10", "timeout-minuts: 10"),
    Mutation("pipeline.schema", DEPLOY, "timeout-minutes: 60", "timeout-minutes: an hour"),
    Mutation(
        "pipeline.references", DEPLOY, "needs: [ci, security]", "needs: [ci, security, smoke]"
    ),
    Mutation(
        "pipeline.references",
        CI,
        "    name: Alert rules\n",
        "    name: Alert rules\n    needs: [rules]\n",
    ),
    Mutation(
        "pipeline.references",
        DEPLOY,
        "    needs: [ci, security]\n",
        "    needs: [ci, security, smoke]\n",
        more=(
            (
                DEPLOY,
                "  deploy:\n    name",
                "  smoke:\n    uses: $/.github/workflows/smoke.yml\n\n  deploy:\n    name",
            ),
        ),
    ),
)
