"""Golden stories are worth something: without what they tell of, they come out otherwise."""

from __future__ import annotations

import pytest
from tests.stories.mutations import RETOLD, Retold, comes_out_otherwise


@pytest.mark.parametrize("mutation", RETOLD, ids=lambda mutation: mutation.name)
def test_a_story_comes_out_otherwise_without_its_guard(mutation: Retold) -> None:
    assert comes_out_otherwise(mutation)
