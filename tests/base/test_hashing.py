"""Hashes are functions of seed and name alone: not of process, population or representation."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from myriarch.base.hashing import hash_names, mix, stable_hash, stable_unit, to_unit

names = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=30)


def test_known_values_stay_for_ever() -> None:
    assert stable_hash(7, "a", 1) == 1621668236481007527
    known = [5448376473183370379, 415213189926080586, 3436659874236852467]
    assert [int(h) for h in hash_names(7, ["node-1", "node-2", ""])] == known


def test_parts_are_kept_apart() -> None:
    assert stable_hash(1, "ab", "c") != stable_hash(1, "a", "bc")
    assert stable_hash(1, "1") != stable_hash(1, 1)
    assert stable_hash(1, "a") != stable_hash(2, "a")
    assert stable_hash(1) != stable_hash(11)


@given(st.lists(names, min_size=1, max_size=8), st.integers(0, 2**63))
def test_a_name_hashes_alike_in_any_population(population: list[str], seed: int) -> None:
    together = hash_names(seed, population)
    alone = [int(hash_names(seed, [name])[0]) for name in population]
    assert [int(h) for h in together] == alone
    wide = hash_names(seed, [*population, "x" * 101])
    assert [int(h) for h in wide[:-1]] == alone


@given(st.lists(names, min_size=1, max_size=8))
def test_representation_does_not_matter(population: list[str]) -> None:
    as_list = hash_names(3, population)
    assert (hash_names(3, np.array(population, dtype="U64")) == as_list).all()
    encoded = np.array([name.encode() for name in population], dtype="S200")
    assert (hash_names(3, encoded) == as_list).all()


def test_empty_populations() -> None:
    assert hash_names(1, []).shape == (0,)
    assert hash_names(1, np.array([], dtype="U5")).shape == (0,)


def test_similar_names_spread_evenly() -> None:
    shares = to_unit(hash_names(5, [f"node-{index:06d}" for index in range(100_000)]))
    counts, _ = np.histogram(shares, bins=50, range=(0, 1))
    assert counts.sum() == 100_000
    assert abs(counts - 2000).max() < 6 * 2000**0.5
    assert len(np.unique(shares)) == 100_000


def test_seeds_are_unrelated() -> None:
    population = [f"node-{index}" for index in range(50_000)]
    one, two = (to_unit(hash_names(seed, population)) for seed in (1, 2))
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.02


def test_mix_leaves_its_argument_alone() -> None:
    values = np.arange(4, dtype=np.uint64)
    mix(values)
    assert values.tolist() == [0, 1, 2, 3]


def test_unit_shares() -> None:
    shares = [stable_unit(9, index) for index in range(1000)]
    assert all(0 <= share < 1 for share in shares)
    assert 0.45 < sum(shares) / 1000 < 0.55


def test_same_in_another_process() -> None:
    code = "from myriarch.base.hashing import *\n"
    code += "print(stable_hash(4, 'a', 2), int(hash_names(4, ['é', 'b'])[0]))"
    answers = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert answers[0] == answers[1] == f"{stable_hash(4, 'a', 2)} {int(hash_names(4, ['é', 'b'])[0])}\n"
