"""What is wrong with an object by its schema."""

from __future__ import annotations

from dataclasses import dataclass

from golive.sources.kubernetes.objects import KeyPath


@dataclass(frozen=True, slots=True)
class Violation:
    """One place of an object that its schema does not allow.

    ``code``: ``unknown-field``, ``wrong-type``, ``unquoted`` (a string is asked and another
    scalar found), ``quoted`` (a number in quotes), ``not-integer``, ``missing``, ``missing-one``,
    ``conflict``, ``not-allowed``, ``too-small``, ``too-large``, ``too-few``, ``too-long``,
    ``duplicate`` (in a list), ``restart-policy`` (not one for the kind) or ``bad-<format>``.
    ``path``: of the value, of a missing field where it would stand. ``expected``, ``found``:
    types, values or field names, in the words of the schema; the value is left out of ``found``
    where it may be secret. ``suggestion``: the name or value that was probably meant.
    """

    code: str
    path: KeyPath
    expected: str = ""
    found: str = ""
    suggestion: str = ""
