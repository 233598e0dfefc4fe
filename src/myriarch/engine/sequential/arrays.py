"""The few numeric helpers that the tests share: numpy has no logarithm of the gamma function."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from myriarch.engine.population import Bools, Floats

_SHIFT = 8
BISECTIONS = 50
_HALF_LOG_TWO_PI = 0.9189385332046727


def log_gamma(x: Floats) -> Floats:
    """ln of the gamma function for x > 0, elementwise; relative error below 1e-12.

    Stirling's series at x + 8, then the recurrence down (Abramowitz and Stegun 6.1.15, 6.1.41).
    """
    product = np.ones_like(x)
    for step in range(_SHIFT):
        product *= x + step
    far = x + _SHIFT
    inverse = 1.0 / far
    square = inverse * inverse
    series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188))))
    answer: Floats = (far - 0.5) * np.log(far) - far + _HALF_LOG_TWO_PI + series - np.log(product)
    return answer


def log_sum(logs: Floats) -> Floats:
    """ln of the sum of exp over the last axis; -inf where all are."""
    top = np.max(logs, axis=-1, keepdims=True)
    safe = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        answer: Floats = np.log(np.exp(logs - safe).sum(axis=-1)) + safe[..., 0]
    return answer


def as_floats(values: object) -> Floats:
    """Whatever numbers, as float64."""
    return np.asarray(values, np.float64)


def bisected(excluded: Callable[[Floats], Bools], outside: Floats, inside: Floats) -> Floats:
    """Where ``excluded`` ends on the way from ``outside`` to ``inside``; the last point known to be excluded."""
    for _ in range(BISECTIONS):
        middle = (outside + inside) / 2
        out = excluded(middle)
        outside, inside = np.where(out, middle, outside), np.where(out, inside, middle)
    return outside
