from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from golive.sources.kubernetes.schema import schemas

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["spec", "template", "containers", "ports", "name", "data", "x", ""]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(ANYTHING, st.sampled_from(["v1 Pod", "apps/v1 Deployment", "v1 Service", "v1 Secret"]))
def test_any_data_gets_an_answer(data: Any, what: str) -> None:
    api_version, _, kind = what.partition(" ")
    top = data if isinstance(data, dict) else {"spec": data, "metadata": data}
    seen = schemas("1.34").violations({**top, "apiVersion": api_version, "kind": kind})
    assert isinstance(seen, tuple)
