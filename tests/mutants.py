"""``make mutants``: takes each guard out in turn and prints which invariant was then found broken.

Guards in the simulator's reach are met by scenarios, those of the engine by random cases and golden stories. Exits with
1 where a mutant survives, or where an invariant has none.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from tests.engine.invariants import Broken
from tests.engine.test_mutations import MUTATIONS as ENGINE
from tests.engine.test_mutations import Mutation as Guard
from tests.engine.test_mutations import searched
from tests.sim.later_mutations import LATER_MUTATIONS
from tests.sim.mutating import caught
from tests.sim.mutations import MUTATIONS as SIMULATED
from tests.stories.mutations import RETOLD, comes_out_otherwise

INVARIANTS = ("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I10", "I11")
"""I9 waits for image lines."""

Row = tuple[str, str, str, bool]


def main() -> int:
    rows: list[Row] = []
    print(f"{'GUARD TAKEN OUT':<52}{'BY':<12}{'BREAKS':<10}CAUGHT")
    for row in _rows():
        rows.append(row)
        print(f"{row[0]:<52}{row[1]:<12}{row[2]:<10}{'yes' if row[3] else 'NO'}", flush=True)
    met = {row[2] for row in rows if row[3]}
    left = [invariant for invariant in INVARIANTS if invariant not in met]
    alive = sum(not row[3] for row in rows)
    print(f"{len(rows)} mutants, {alive} survive; without a mutant: {', '.join(left) or 'no invariant'}")
    return 1 if alive or left else 0


def _rows() -> Iterator[Row]:
    for each in (*SIMULATED, *LATER_MUTATIONS):
        found = caught(each)
        yield each.name, "simulator", each.caught_by, each.caught_by in found
    for name, guard in ENGINE.items():
        broken = _broken(guard)
        yield name, "cases", broken or guard.breaks, bool(broken)
    for told in RETOLD:
        yield told.name, "story", told.invariant, comes_out_otherwise(told)


def _broken(guard: Guard) -> str:
    """The invariant that random cases find broken, or ''."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(guard.module, guard.name, guard.instead)
        try:
            searched(guard)
        except Broken as broken:
            return str(broken).split()[0]
    return ""


if __name__ == "__main__":
    sys.exit(main())
