"""In which folder each command of a script runs, as far as ``cd`` tells."""

from __future__ import annotations

import posixpath
import re

from golive_gates.pipeline.shell.syntax import Group, Node, Pipeline, Simple
from golive_gates.pipeline.shell.walking import children_of

_ROOT = re.compile(
    r"^(?:\$\{?(?:GITHUB_WORKSPACE|CI_PROJECT_DIR)\}?|\$\{\{\s*github\.workspace\s*\}\}"
    r"|\$\(git rev-parse --show-toplevel\))(?:/|$)"
)
UNKNOWN = "$"
"""A folder that is only known when the script runs."""


def joined(folder: str, below: str) -> str:
    """The folder *below*, as a script in *folder* names it."""
    if found := _ROOT.match(below):
        folder, below = "", below[found.end() :] or "."
    if below.startswith(("-", "/", "~")) or "$" in below or "`" in below or "$" in folder:
        return UNKNOWN
    return posixpath.normpath(posixpath.join(folder, below))


def folders_in(body: Node, folder: str) -> dict[Simple, str]:
    """The folder of every command of *body*, which begins in *folder*."""
    found: dict[Simple, str] = {}
    _walked(body, joined("", folder or "."), found)
    return found


def _walked(node: Node, folder: str, found: dict[Simple, str]) -> str:
    """The folder that comes after *node*."""
    if isinstance(node, Simple):
        found[node] = folder
        words = [w.text for w in node.words]
        if words[:1] in (["cd"], ["pushd"]):
            return joined(folder, words[1]) if len(words) == 2 else UNKNOWN
        return UNKNOWN if words[:1] == ["popd"] else folder
    after = folder
    for child in children_of(node):
        # Each stage of a pipe has a shell of its own, as has what stands in parentheses.
        below = _walked(child, folder if isinstance(node, Pipeline) else after, found)
        after = after if isinstance(node, Pipeline) else below
    alone = isinstance(node, Pipeline) and len(node.stages) > 1
    if isinstance(node, Pipeline) and not alone:
        return below
    return folder if isinstance(node, Group) and node.subshell else after
