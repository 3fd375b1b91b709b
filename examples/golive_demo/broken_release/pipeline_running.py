"""Mistakes in the pipeline that no file shows by itself: a planted key goes through.

By the name of the variant that has it.
"""

from __future__ import annotations

from golive_demo.broken_release.mutation import Mutation

_CONFIG = ".gitleaks.toml"
_DEFAULT = "useDefault = true\n"

MUTATIONS: dict[str, Mutation] = {
    # Raised to silence a false positive: no key is that random.
    "gitleaks-raised-entropy": Mutation(
        "pipeline.planted-secret",
        _CONFIG,
        _DEFAULT,
        f'{_DEFAULT}\n[[rules]]\nid = "anthropic-api-key"\nentropy = 7.5\n',
    ),
    # The rule now looks at one kind of file only.
    "gitleaks-one-path": Mutation(
        "pipeline.planted-secret",
        _CONFIG,
        _DEFAULT,
        f"{_DEFAULT}\n[[rules]]\nid = \"anthropic-api-key\"\npath = '''\\.cfg$'''\n",
    ),
}
