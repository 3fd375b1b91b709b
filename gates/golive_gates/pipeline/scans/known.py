"""Every scanner that is known, by the name of its program and of its action."""

from __future__ import annotations

from collections.abc import Mapping

from golive_gates.pipeline.scans.model import ActionReader, Reader
from golive_gates.pipeline.scans.tools import gitleaks, images, secrets, testing, trivy

_NPM = ("test", "t", "tst", "test:unit", "test:ci", "check")
PROGRAMS: Mapping[str, Reader] = {
    "gitleaks": gitleaks.command,
    "trufflehog": secrets.trufflehog,
    "detect-secrets": secrets.detect_secrets,
    "detect-secrets-hook": secrets.detect_secrets_hook,
    "ggshield": secrets.ggshield,
    "trivy": trivy.command,
    "grype": images.grype,
    "docker-scout": images.scout,
    "snyk": images.snyk,
    "pytest": testing.pytest,
    "py.test": testing.pytest,
    "unittest": testing.always("unittest"),
    "tox": testing.environments("tox"),
    "nox": testing.environments("nox"),
    "nose2": testing.always("nose2"),
    "trial": testing.always("trial"),
    "ward": testing.always("ward"),
    "behave": testing.always("behave"),
    "manage.py": testing.tasks("django", ("test",)),
    "hatch": testing.tasks("hatch", ("test",)),
    "go": testing.tasks("go", ("test",)),
    "gotestsum": testing.always("gotestsum"),
    "cargo": testing.tasks("cargo", ("test", "nextest")),
    "dotnet": testing.tasks("dotnet", ("test",)),
    "mvn": testing.tasks("maven", ("test", "verify", "install", "package", "deploy")),
    "mvnw": testing.tasks("maven", ("test", "verify", "install", "package", "deploy")),
    "gradle": testing.tasks("gradle", ("test", "check", "build")),
    "gradlew": testing.tasks("gradle", ("test", "check", "build")),
    "npm": testing.tasks("npm", _NPM),
    "pnpm": testing.tasks("npm", _NPM),
    "yarn": testing.tasks("npm", _NPM),
    "bun": testing.tasks("npm", _NPM),
    "jest": testing.always("jest"),
    "vitest": testing.always("vitest"),
    "mocha": testing.always("mocha"),
    "ctest": testing.always("ctest"),
    "rspec": testing.always("rspec"),
    "phpunit": testing.always("phpunit"),
    "pest": testing.always("pest"),
    "artisan": testing.tasks("artisan", ("test",)),
    "composer": testing.tasks("composer", ("test", "tests", "check")),
    "rake": testing.tasks("rake", ("test", "spec")),
    "rails": testing.tasks("rails", ("test", "spec")),
    "mix": testing.tasks("mix", ("test",)),
    "swift": testing.tasks("swift", ("test",)),
    "xcodebuild": testing.tasks("xcodebuild", ("test", "test-without-building")),
    "deno": testing.tasks("deno", ("test",)),
    "node": testing.node,
    "playwright": testing.tasks("playwright", ("test",)),
    "cypress": testing.tasks("cypress", ("run",)),
    "newman": testing.tasks("newman", ("run",)),
    "robot": testing.always("robot"),
    "sbt": testing.tasks("sbt", ("test", "testOnly", "+test")),
    "lein": testing.tasks("lein", ("test",)),
    "stack": testing.tasks("stack", ("test",)),
    "cabal": testing.tasks("cabal", ("test",)),
    "flutter": testing.tasks("flutter", ("test",)),
    "dart": testing.tasks("dart", ("test",)),
    "zig": testing.tasks("zig", ("test",)),
    "ginkgo": testing.always("ginkgo"),
    "nosetests": testing.always("nose"),
    "green": testing.always("green"),
    "stestr": testing.tasks("stestr", ("run", "last")),
    "setup.py": testing.tasks("setup.py", ("test", "pytest")),
    "rye": testing.tasks("rye", ("test",)),
    "molecule": testing.tasks("molecule", ("test",)),
    "ct": testing.tasks("ct", ("install", "lint-and-install")),
    "helm": testing.tasks("helm", ("test",)),
    "terraform": testing.tasks("terraform", ("test",)),
    "tofu": testing.tasks("tofu", ("test",)),
    "meson": testing.tasks("meson", ("test",)),
    "ninja": testing.tasks("ninja", ("test", "check")),
    "cmake": testing.tasks("cmake", ("test", "check")),
    "bazel": testing.tasks("bazel", ("test", "coverage")),
    "bazelisk": testing.tasks("bazel", ("test", "coverage")),
    "nx": testing.targets("nx"),
    "turbo": testing.targets("turbo"),
    "lerna": testing.targets("lerna"),
    "docker": testing.docker,
    "docker-compose": testing.docker,
    "bats": testing.always("bats"),
    "make": testing.make,
    "gmake": testing.make,
    "just": testing.make,
    "task": testing.make,
    "poe": testing.make,
    "invoke": testing.make,
    "inv": testing.make,
    "earthly": testing.make,
}

ACTIONS: Mapping[str, ActionReader] = {
    "gitleaks/gitleaks-action": gitleaks.action,
    "zricethezav/gitleaks-action": gitleaks.action,
    "trufflesecurity/trufflehog": secrets.trufflehog_action,
    "gitguardian/ggshield-action": secrets.ggshield_action,
    "gitguardian/ggshield/actions/secret": secrets.ggshield_action,
    "aquasecurity/trivy-action": trivy.action,
    "anchore/scan-action": images.scan_action,
    "docker/scout-action": images.scout_action,
    "snyk/actions/docker": images.snyk_action,
}

KNOWN_OWNERS = frozenset((
    "actions", "github", "docker", "azure", "aws-actions", "google-github-actions", "hashicorp",
    "codecov", "step-security", "sigstore", "helm", "pre-commit", "peter-evans", "redhat-actions",
    "pypa", "astral-sh", "softprops", "slackapi", "dorny", "aquasecurity", "anchore", "ruby",
    "pnpm", "gradle", "dtolnay", "swatinem", "imranismail", "fluxcd", "argoproj", "kubernetes",
    "stefanzweifel", "mikepenz", "snok", "release-drafter", "googleapis", "rtcamp",
    "conda-incubator", "goreleaser", "oras-project", "azure-samples", "digitalocean",
    "cloudflare", "superfly", "zizmorcore", "rhysd", "reviewdog", "golangci", "ossf",
    "slsa-framework", "vercel", "8398a7", "jamesives", "appleboy", "webfactory", "burrunan",
    "tj-actions", "medyagh", "engineerd", "nick-fields", "mxschmitt", "benchmark-action",
    "coverallsapp", "sonarsource", "bufbuild", "cycjimmy", "python-semantic-release",
    "changesets", "ncipollo", "js-devtools", "re-actors", "mamba-org", "denoland", "oven-sh",
    "shivammathur", "erlef", "maxim-lobanov", "subosito", "deadsnakes", "jetify-com", "jdx",
    "tibdex", "crazy-max", "depot", "extractions", "arduino", "hadolint", "amannn",
))  # fmt: skip
"""Owners of actions that set up, build, publish or report, and of whose actions those that are
scans are named in :data:`ACTIONS`."""


def action_named(uses: str) -> str:
    """``owner/repository/path`` of *uses*, in lower case and without its version; empty else."""
    text = uses.strip()
    if text.startswith(("./", "docker://")) or "/" not in text:
        return ""
    return text.partition("@")[0].lower()
