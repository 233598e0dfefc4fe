"""Hashes that mean the same on every machine, in every process, for ever.

Membership of a wave, the fate of a simulated node and the jitter of a retry are all functions of a seed and
names; Python's own ``hash`` of a string changes with each process, so it is banned. ``stable_hash`` takes one
thing at a time and is cryptographic; ``hash_names`` takes a million names at once and mixes 64-bit words.
Neither protects secrets.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

HASH_BITS: Final = 64
_WORD_BYTES: Final = 8
_BLOCK_ROWS: Final = 16_384
"""Rows mixed at a time: their words stay in the processor's cache."""

# The increment and the two multipliers of the splitmix64 finaliser (public domain, S. Vigna).
_GAMMA: Final = np.uint64(0x9E3779B97F4A7C15)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)

Words = NDArray[np.uint64]


def stable_hash(seed: int, *parts: str | int) -> int:
    """64 bits from a seed and parts, whose borders count: ``("ab", "c")`` differs from ``("a", "bc")``."""
    state = blake2b(digest_size=HASH_BITS // 8)
    state.update(b"%d" % seed)
    for part in parts:
        if isinstance(part, str):
            text = part.encode()
            state.update(b"s%d:" % len(text))
            state.update(text)
        else:
            state.update(b"i%d:" % part)
    return int.from_bytes(state.digest(), "little")


def stable_unit(seed: int, *parts: str | int) -> float:
    """A share in [0, 1), uniform over seeds and parts."""
    return (stable_hash(seed, *parts) >> 11) * 2.0**-53


def hash_names(seed: int, names: Sequence[str] | NDArray[Any]) -> Words:
    """64 bits per name, shape [n]: a name hashes alike whatever the population it stands in.

    ``names`` is a sequence of strings or an array of dtype U or S. NUL characters, which names of Kubernetes
    can't hold, count as padding.
    """
    return _hash_rows(_as_words(_as_bytes(names)), np.uint64(stable_hash(seed, "names")))


def mix(values: Words) -> Words:
    """Scramble 64-bit words one to one (the splitmix64 finaliser): neighbours become unrelated."""
    z = values + _GAMMA
    shifted = z >> np.uint64(30)
    z ^= shifted
    z *= _FIRST
    z ^= np.right_shift(z, np.uint64(27), out=shifted)
    z *= _SECOND
    z ^= np.right_shift(z, np.uint64(31), out=shifted)
    return z


def to_unit(hashes: Words) -> NDArray[np.float64]:
    """Shares in [0, 1) of 64-bit hashes, from their upper 53 bits."""
    return (hashes >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _absorb(state: Words, word: Words) -> None:
    """Mix one word of every name into the states, in place.

    A word of nothing but padding leaves the state alone: this is what makes the width irrelevant.
    """
    np.copyto(state, mix(state ^ word), where=word != 0)


def _hash_rows(words: Words, start: np.uint64) -> Words:
    """Hash rows of words, shape [n, words]."""
    out = np.empty(len(words), np.uint64)
    for low in range(0, len(words), _BLOCK_ROWS):
        state = np.full(len(words[low : low + _BLOCK_ROWS]), start, np.uint64)
        for column in words[low : low + _BLOCK_ROWS].T:
            _absorb(state, column)
        out[low : low + _BLOCK_ROWS] = mix(state)
    return out


def _as_words(names: NDArray[np.bytes_]) -> Words:
    """The names' bytes, padded with zeros, as little-endian words of shape [n, words]."""
    whole = max(_WORD_BYTES, -(-names.dtype.itemsize // _WORD_BYTES) * _WORD_BYTES)
    padded = np.ascontiguousarray(names.astype(f"S{whole}", copy=False))
    rows = padded.view("<u8").reshape(len(names), whole // _WORD_BYTES)
    return rows.astype(np.uint64, copy=False)


def _as_bytes(names: Sequence[str] | NDArray[Any]) -> NDArray[np.bytes_]:
    """The names in UTF-8, at a fixed width."""
    if not len(names):
        return np.zeros(0, "S8")
    if not isinstance(names, np.ndarray):
        try:
            return np.array(names, dtype="S")
        except UnicodeEncodeError:
            return np.array([name.encode() for name in names], dtype="S")
    if names.dtype.kind == "S":
        return names
    width = names.dtype.itemsize // 4
    points = np.ascontiguousarray(names).view(np.uint32).reshape(len(names), width)
    if width and points.max() < 128:
        return points.astype(np.uint8).view(f"S{width}").reshape(len(names))
    return np.array([name.encode() for name in names.tolist()], dtype="S")
