"""How much to bet on a look at two arms, so that the null can't make the bet pay.

Let a look hold n1 observations of the updated and n0 of the controls, independent given what was seen before, with
means whose averages over the arm are q1 and q0 (single units may differ). Take any *anchor* (r1, r0) on the border of
what is tolerated, r1 = ratio r0 + difference, and stakes a, b with b n0 = ratio a n1, chosen before the look. The
factor

    F = prod_updated (1 + a (y - r1)) * prod_controls (1 - b (y - r0))

has E F <= (1 + a (q1 - r1))^n1 (1 - b (q0 - r0))^n0 <= exp(n1 a [(q1 - r1) - ratio (q0 - r0)]) <= 1 wherever
q1 <= ratio q0 + difference: the first step is the inequality of arithmetic and geometric means, the second
1 + x <= e^x. With a < 0 it is an e-variable for the reverse (SAFE). The anchor need only be guessed; a poor guess costs
power, never soundness. With the anchor at the information projection of the alternative this is the e-variable of
Turner, Ly and Gruenwald (2021/2024, "Generic E-variables for exact sequential k-sample tests", arXiv:2106.02693;
Turner and Gruenwald 2022 for differences), and in the form above the betting of Waudby-Smith and Ramdas (2024).

An alternative says what q1 would be; ``stakes`` finds anchor and stakes. What y is, ``proportions`` and ``means`` say.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from myriarch.engine.population import Floats
from myriarch.engine.sequential.tolerance import Tolerance

MOST_LOST = 0.95
"""No single observation takes more than this part of an account."""
EDGE = 1e-9
SAFE_PARTS = (0.5, 1.0)
"""For SAFE: how far from the border towards the controls' mean the truth is betted to lie."""
HALF_LIFE_LOOKS = 64
KEEP = 0.5 ** (1 / HALF_LIFE_LOOKS)
"""The part of the controls' baseline that is kept from look to look: it follows the day, and only sizes bets."""


@dataclass(frozen=True, slots=True, eq=False)
class Stakes:
    """All [..., strata, effects]: stakes and anchors of both arms. A positive stake is on harm, a negative one on its
    absence; 0 where nothing can be betted (an arm is empty, or everything is tolerated)."""

    treated: Floats
    control: Floats
    treated_anchor: Floats
    control_anchor: Floats


def stakes(
    tolerance: Tolerance,
    alternative: Floats,
    baseline: Floats,
    sizes: tuple[Floats, Floats],
    most_lost: float = MOST_LOST,
) -> Stakes:
    """Stakes for values in [0, 1]: ``alternative`` [..., strata, effects] is q1 if harmed (or if safe), ``baseline``
    [..., strata] what q0 is thought to be, ``sizes`` the numbers of observations (updated, controls) [..., strata].

    The anchor is the alternative's projection on the border: exact for ratio 1 and for small means.
    """
    ratio, difference = tolerance.ratio, tolerance.difference
    n1, n0 = sizes[0][..., None], sizes[1][..., None]
    base = baseline[..., None]
    lean = ratio * n1 / np.maximum(ratio * n1 + n0, EDGE)
    middle = lean * alternative + (1.0 - lean) * (ratio * base + difference)
    control_anchor = np.clip((middle - difference) / ratio if ratio > 0 else base + 0.0 * middle, 0.0, 1.0)
    treated_anchor = ratio * control_anchor + difference
    usable = (treated_anchor > EDGE) & (treated_anchor < 1 - EDGE) & (n1 > 0) & ((n0 > 0) | (ratio == 0))
    spread = np.where(usable, treated_anchor * (1.0 - treated_anchor), 1.0)
    stake = np.where(usable, (alternative - treated_anchor) / spread, 0.0)
    times = ratio * n1 / np.maximum(n0, 1.0)
    worst = _worst(stake, times, treated_anchor, control_anchor)
    stake = stake * np.minimum(1.0, most_lost / np.maximum(worst, most_lost))
    return Stakes(stake, stake * times, treated_anchor, control_anchor)


def _worst(stake: Floats, times: Floats, treated_anchor: Floats, control_anchor: Floats) -> Floats:
    """The largest part that one observation could take from the account."""
    low, high = np.maximum(stake, 0.0), np.maximum(-stake, 0.0)
    treated = low * treated_anchor + high * (1.0 - treated_anchor)
    control = times * (low * (1.0 - control_anchor) + high * control_anchor)
    answer: Floats = np.maximum(treated, control)
    return answer
