"""Quantities in the form that they are stored in."""

from __future__ import annotations

import pytest

from myriarch.apiserver.builtin.quantities import canonical


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("0.5", "500m"),
        ("1000m", "1"),
        (2, "2"),
        ("1024Mi", "1Gi"),
        ("1.5Gi", "1536Mi"),
        ("1e3", "1k"),
        ("100M", "100M"),
        ("0", "0"),
        ("128Mi", "128Mi"),
        ("1500", "1500"),
    ],
)
def test_canonical(given: object, kept: str) -> None:
    assert canonical(given) == kept


@pytest.mark.parametrize("given", ["", "many", "1Zi", "1 Gi", True, None])
def test_what_is_no_quantity(given: object) -> None:
    with pytest.raises(ValueError, match="quantities must match"):
        canonical(given)
