"""Mistakes in what the release builds on."""

from __future__ import annotations

from golive_demo.broken_release.mutation import Mutation

_CHECKOUT = "actions/checkout@49d2079995ca95988bf2508d7f20b244d4760a97 # v6.0.0"
_TRIVY = "aquasecurity/trivy-action@b49598290b40b765f010c8a5161c95fd3bd6cc90 # v0.34.0"
_BASE = (
    "python:3.11.14-slim@sha256:851836153308f6afa23f5af0b3c5015c8a1f487a394f3cec80f5b3e801e8f1a8"
)
_PREVIEW = """\
name: preview

on:
  pull_request_target:

permissions: {}

concurrency:
  group: preview-${{ github.event.pull_request.number }}
  cancel-in-progress: true

jobs:
  docs:
    name: Docs
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@49d2079995ca95988bf2508d7f20b244d4760a97 # v6.0.0
        with:
          ref: ${{ github.event.pull_request.head.sha }}
          persist-credentials: false
      - name: Build
        run: make docs
"""

MUTATIONS: tuple[Mutation, ...] = (
    Mutation(
        "pipeline.action-pins",
        ".github/workflows/security-scan.yml",
        _TRIVY,
        "aquasecurity/trivy-action@v0.34.0",
    ),
    Mutation(
        "pipeline.action-pins",
        ".github/workflows/ci.yml",
        _CHECKOUT,
        "actions/checkout@49d2079",
    ),
    Mutation(
        "pipeline.token-permissions",
        ".github/workflows/ci.yml",
        "    permissions:\n      contents: read\n    steps:",
        "    permissions: write-all\n    steps:",
    ),
    Mutation(
        "pipeline.token-permissions",
        ".github/workflows/deploy.yml",
        "      packages: read # pulls the images that are scanned\n",
        "",
    ),
    Mutation("pipeline.triggers", add=((".github/workflows/preview.yml", _PREVIEW),)),
    Mutation("pipeline.base-images", "Dockerfile", _BASE, "python:latest"),
    Mutation("pipeline.base-images", "Dockerfile", _BASE, "python:3.11.14-slim", status="warn"),
    Mutation(
        "pipeline.lock-files",
        "Dockerfile",
        "--require-hashes -r services.lock",
        "fastapi uvicorn httpx",
    ),
    Mutation(
        "pipeline.lock-files",
        "Dockerfile",
        "backup.lock",
        "backup.txt",
        count=0,
    ),
    Mutation(
        "pipeline.provenance",
        ".github/workflows/images.yml",
        "      attestations: write # stores the provenance\n",
        "",
    ),
    Mutation(
        "pipeline.provenance",
        ".github/workflows/images.yml",
        "          sbom: true\n          provenance: mode=max\n",
        "          provenance: false\n",
        status="warn",
        more=(
            (
                ".github/workflows/images.yml",
                """\
      - name: Attest the provenance
        uses: actions/attest-build-provenance@54a768a9e7c3207fa686f01f4a7e4b404bf3a133 # v3.1.0
        with:
          subject-name: ghcr.io/example/ai-script-generator/${{ matrix.target }}
          subject-digest: ${{ steps.build.outputs.digest }}
""",
                "",
            ),
        ),
    ),
)
