"""Mistakes in the workflows of the release that only other programs know."""

from __future__ import annotations

from golive_demo.broken_release.mutation import Mutation

CI = ".github/workflows/ci.yml"
MUTATIONS: tuple[Mutation, ...] = (
    # The title of a pull request is a stranger's text, and here a stranger's commands.
    Mutation(
        "pipeline.zizmor",
        CI,
        "          ruff check .\n",
        '          echo "Linting ${{ github.event.pull_request.title }}"\n          ruff check .\n',
    ),
    # Whatever a tool prints may then set variables and PATH of the steps behind it.
    Mutation(
        "pipeline.zizmor",
        CI,
        "      - name: Lint\n",
        "      - name: Lint\n        env:\n          ACTIONS_ALLOW_UNSECURE_COMMANDS: true\n",
    ),
)
