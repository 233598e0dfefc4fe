"""Every checker is worth something: break a promise on purpose, and some checker sees it within a few seeds."""

from __future__ import annotations

import pytest
from tests.sim.later_mutations import LATER_MUTATIONS
from tests.sim.mutating import broken_by, caught
from tests.sim.mutations import MUTATIONS, Mutation

ALL = (*MUTATIONS, *LATER_MUTATIONS)


@pytest.mark.parametrize("mutation", ALL, ids=lambda mutation: mutation.name)
def test_a_checker_catches_the_mutation(mutation: Mutation) -> None:
    found = caught(mutation)
    assert mutation.caught_by in found, f"not found broken in {mutation.seeds} seeds, only {found}"


@pytest.mark.parametrize("mutation", ALL, ids=lambda mutation: mutation.name)
def test_the_program_as_it_is_breaks_nothing_there(mutation: Mutation) -> None:
    assert broken_by(mutation, 0) == {}
