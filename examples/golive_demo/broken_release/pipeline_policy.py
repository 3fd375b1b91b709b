"""Policy files that the release lacks, and protection that they only seem to give."""

from __future__ import annotations

from golive_demo.broken_release.mutation import Mutation

MUTATIONS: tuple[Mutation, ...] = (
    Mutation("pipeline.policy-files", remove=("SECURITY.md",)),
    # The last match wins: the line that gives the pipeline to a team comes to nothing.
    Mutation(
        "pipeline.policy-files",
        ".github/CODEOWNERS",
        "/slo/                @example/sre\n",
        "/slo/                @example/sre\n/.github/workflows/\n",
    ),
    Mutation(
        "pipeline.policy-files",
        ".github/CODEOWNERS",
        "/.github/            @example/platform-security",
        "/.github/            platform-security",
    ),
    Mutation(
        "pipeline.policy-files",
        "SECURITY.md",
        "`security@example.com`으로 알려 주십시오.",
        "팀에 알려 주십시오.",
    ),
    # The images' base stays as it is: nobody hears of a new one.
    Mutation(
        "pipeline.dependency-updates",
        ".github/dependabot.yml",
        "  - package-ecosystem: docker\n    directory: /\n",
        "  - package-ecosystem: docker\n    directory: /images\n",
    ),
    Mutation("pipeline.dependency-updates", remove=(".github/dependabot.yml",)),
    Mutation("pipeline.ignored-secrets", ".gitignore", ".env\n.env.*\n", ".env.local\n"),
    # The example is brought back, and with it everything that begins like it.
    Mutation("pipeline.ignored-secrets", ".gitignore", "!.env.example", "!.env*"),
    Mutation(
        "pipeline.ignored-secrets",
        "Dockerfile",
        "COPY src/project_service ./project_service",
        "COPY . .",
        more=((".dockerignore", "*\n", "__pycache__\n"),),
    ),
)
