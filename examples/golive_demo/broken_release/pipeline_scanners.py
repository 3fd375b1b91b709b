"""Scanners of the release that look away."""

from __future__ import annotations

from golive_demo.broken_release.mutation import Mutation

CI, DEPLOY = ".github/workflows/ci.yml", ".github/workflows/deploy.yml"
IMAGES, SCAN = ".github/workflows/images.yml", ".github/workflows/security-scan.yml"
RULES = ".gitleaks.toml"

_HISTORY = """\
      - name: Scan the history
        run: gitleaks git --config .gitleaks.toml --redact --no-banner --exit-code 1 .
"""
_TREE = """\
      - name: Scan the tree
        run: gitleaks dir --config .gitleaks.toml --redact --no-banner --exit-code 1 .
"""
_DEPTH = """\
          # The whole history: a shallow clone hides a secret that a later commit removed.
          fetch-depth: 0
"""
_CALLED = """\
  security:
    name: Security
    permissions:
      contents: read
      packages: read # pulls the images that are scanned
    uses: ./.github/workflows/security-scan.yml # zizmor: ignore[self-repository] - \
the form every runner and linter knows

"""
_IMAGE = """\
          scan-type: image
          image-ref: ${{ matrix.image.ref }}
          scanners: vuln,secret
          severity: HIGH,CRITICAL
          ignore-unfixed: false
          format: json
          output: trivy-${{ matrix.image.name }}.json
          exit-code: "1"
"""

MUTATIONS = (
    Mutation("pipeline.secret-scan", SCAN, _HISTORY + _TREE, ""),
    Mutation(
        "pipeline.image-scan",
        SCAN,
        "          scan-type: image\n          image-ref: ${{ matrix.image.ref }}\n"
        "          scanners: vuln,secret",
        "          scan-type: config\n          scan-ref: .\n          scanners: misconfig",
        more=((IMAGES, "scanners: vuln,secret", "scanners: misconfig"),),
    ),
    Mutation(
        "pipeline.tests", CI, "python -m pytest --strict-markers", "python -m pytest --collect-only"
    ),
    # The scans still run, at night.
    Mutation(
        "pipeline.scan-events",
        DEPLOY,
        _CALLED,
        "",
        more=((DEPLOY, "needs: [ci, security]", "needs: [ci]"),),
    ),
    Mutation(
        "pipeline.scan-events",
        CI,
        "      - name: Test\n        run:",
        "      - name: Test\n        if: github.event_name == 'pull_request'\n        run:",
    ),
    Mutation("pipeline.deploy-needs", DEPLOY, "needs: [ci, security]", "needs: [ci]"),
    Mutation(
        "pipeline.deploy-needs",
        DEPLOY,
        '  push:\n    tags: ["v*"]',
        "  workflow_run: # zizmor: ignore[dangerous-triggers]\n    workflows: [security-scan]\n"
        "    types: [completed]\n    branches: [main]",
        more=((DEPLOY, _CALLED, ""), (DEPLOY, "needs: [ci, security]", "needs: [ci]")),
    ),
    Mutation(
        "pipeline.scan-options", SCAN, _IMAGE, _IMAGE.replace('          exit-code: "1"\n', "")
    ),
    Mutation("pipeline.scan-options", SCAN, _IMAGE, _IMAGE.replace('"1"', '"0"')),
    Mutation(
        "pipeline.scan-options",
        SCAN,
        _IMAGE,
        _IMAGE.replace("json", "sarif").replace('          exit-code: "1"\n', ""),
    ),
    Mutation("pipeline.scan-options", SCAN, _IMAGE, _IMAGE.replace("HIGH,CRITICAL", "LOW,MEDIUM")),
    Mutation(
        "pipeline.scan-options",
        SCAN,
        _IMAGE,
        _IMAGE.replace("HIGH,CRITICAL", "CRITICAL"),
        status="warn",
    ),
    Mutation("pipeline.scan-options", SCAN, "--exit-code 1", "--exit-code 0", count=0),
    Mutation("pipeline.full-history", SCAN, _DEPTH, ""),
    Mutation("pipeline.full-history", SCAN, _DEPTH, _DEPTH.replace("0", "50")),
    Mutation("pipeline.full-history", SCAN, _HISTORY, ""),
    Mutation(
        "pipeline.full-history",
        SCAN,
        "gitleaks git --config",
        "gitleaks detect --no-git --config",
    ),
    Mutation(
        "pipeline.allow-lists",
        RULES,
        "[extend]\nuseDefault = true\n",
        "[extend]\nuseDefault = true\n\n[[allowlists]]\npaths = ['''.*''']\n",
    ),
    Mutation(
        "pipeline.allow-lists",
        RULES,
        "useDefault = true\n",
        "useDefault = true\n\n[[allowlists]]\nregexes = ['''[A-Za-z0-9_-]{16,}''']\n",
    ),
    Mutation("pipeline.allow-lists", RULES, "[extend]\nuseDefault = true\n", ""),
    Mutation(
        "pipeline.allow-lists",
        RULES,
        "useDefault = true\n",
        'useDefault = true\ndisabledRules = ["openai-api-key", "anthropic-api-key"]\n',
    ),
)
