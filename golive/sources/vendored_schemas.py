"""The schemas of pipeline files that check-jsonschema ships, each with its validator, loaded once.

Like the schemas of Kubernetes they are data of the installation, the same for every release.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

PACKAGE = "check-jsonschema"
Schema = Literal["github-workflows", "github-actions", "gitlab-ci", "dependabot"]
_FOLDER = "builtin_schemas/vendor"


class NoSchemaError(Exception):
    """The package is not there or holds no such schema."""


@lru_cache(maxsize=1)
def package_version() -> str:
    """The version of check-jsonschema; empty when it is not installed."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return ""


@lru_cache(maxsize=4)
def validator(name: Schema) -> Validator:
    """The validator of schema *name*. Raises :class:`NoSchemaError`."""
    # It takes a tenth of a second to import; only files that are there need it.
    from jsonschema.validators import validator_for

    schema = _load(name)
    return validator_for(schema)(schema)


def _load(name: Schema) -> Mapping[str, Any]:
    # Not importlib.resources: that imports the package, and with it an HTTP client.
    found = find_spec(PACKAGE.replace("-", "_"))
    if found is None or found.origin is None:
        raise NoSchemaError(PACKAGE)
    file = Path(found.origin).parent / _FOLDER / f"{name}.json"
    try:
        schema: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NoSchemaError(name) from error
    return schema
