"""Security gates of the release that cannot fail, or that nothing waits for."""

from __future__ import annotations

from golive_demo.broken_release.mutation import Mutation

_CI = ".github/workflows/ci.yml"
_SCAN = ".github/workflows/security-scan.yml"
_DEPLOY = ".github/workflows/deploy.yml"
_HISTORY = "gitleaks git --config .gitleaks.toml --redact --no-banner --exit-code 1 ."
_PYTEST = "        run: python -m pytest --strict-markers\n"
_NO_SHELL = ("defaults:\n  run:\n    shell: bash\n\n", "")


def _neutralised(file: str, old: str, new: str, *more: tuple[str, str, str]) -> Mutation:
    return Mutation("pipeline.neutralised", file, old, new, more=more)


MUTATIONS: tuple[Mutation, ...] = (
    _neutralised(_SCAN, f"run: {_HISTORY}", f"run: {_HISTORY} || true"),
    _neutralised(
        _SCAN,
        "  gitleaks:\n    name: Secrets in the tree and in the history\n",
        "  gitleaks:\n    name: Secrets in the tree and in the history\n"
        "    continue-on-error: true\n",
    ),
    _neutralised(
        _SCAN, "      - name: Scan the history\n",
        "      - name: Scan the history\n        continue-on-error: true\n",
    ),
    _neutralised(
        _SCAN, f"run: {_HISTORY}",
        f'run: |\n          set +e\n          {_HISTORY}\n          echo "scanned"',
    ),
    _neutralised(_CI, _PYTEST, _PYTEST.replace("\n", " | tee pytest.log\n"), (_CI, *_NO_SHELL)),
    _neutralised(
        _SCAN, "      - name: Scan the history\n",
        "      - name: Scan the history\n        if: false\n",
    ),
    _neutralised(
        _DEPLOY, "    needs: [ci, security]\n", "    needs: [ci, security]\n    if: always()\n"
    ),
    _neutralised(
        _CI, _PYTEST,
        "        run: |\n          if ! python -m pytest --strict-markers; then\n"
        '            echo "::warning::some tests failed"\n          fi\n',
    ),
    _neutralised(
        _CI, _PYTEST,
        '        run: |\n          echo "$(python -m pytest --strict-markers)"\n',
    ),
    Mutation(
        "pipeline.neutralised", _SCAN, f"run: {_HISTORY}", "run: make secrets",
        add=(("Makefile", f"secrets:\n\t-{_HISTORY}\n"),),
    ),
    Mutation("pipeline.python-matrix", _CI, '["3.9", "3.11"]', '["3.9", "3.11", 3.10]'),
    Mutation(
        "pipeline.python-matrix", _CI,
        '        python-version: ["3.9", "3.11"]\n',
        '        python-version: ["3.9", "3.11"]\n        os: [ubuntu-24.04]\n'
        '        exclude:\n          - python-version: "3.9"\n',
    ),
    Mutation("pipeline.python-matrix", _CI, '["3.9", "3.11"]', '["3.11", "3.12"]'),
)  # fmt: skip
