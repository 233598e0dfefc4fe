"""Takes a guard out, runs its scenario, and puts the guard back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.sim.mutations import Mutation
from tests.sim.scenarios import scenario

from myriarch.sim.simulate import simulate


@contextmanager
def mutated(mutation: Mutation) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        mutation.patch(monkeypatch)
        yield


def broken_by(mutation: Mutation, seed: int) -> dict[str, int]:
    """Invariants found broken. A mutated program may also die, which counts as caught by nobody."""
    result, _ = simulate(scenario(**mutation.spec), seed)
    return result.invariants_broken


def caught(mutation: Mutation) -> list[str]:
    """All invariants that were found broken, up to the seed in which the one that must be was."""
    found: dict[str, int] = {}
    for seed in range(mutation.seeds):
        with mutated(mutation):
            found |= broken_by(mutation, seed)
        if mutation.caught_by in found:
            break
    return sorted(found)
