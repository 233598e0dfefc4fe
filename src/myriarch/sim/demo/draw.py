"""What the seed decides: whom the bad revisions harm, when, how many of them, and how it shows.

The figures stay within what the policy's canaries can find: a model of which production has enough nodes to
cover, harm that shows before the canaries' soak has passed. Nothing of it reaches controllers or agents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np

from myriarch.base.errors import UserFault
from myriarch.fleet.behaviour import Symptom
from myriarch.fleet.defaults import default_spec
from myriarch.fleet.fleet import Fleet
from myriarch.fleet.spec import FleetSpec, Restarts, Updates

SIMULATED: Final = "sim"
PRODUCTION: Final = "prod"
STREAM: Final = 3
"""Sets the demo's draws apart from others of the same seed."""

COMMON_SHARE: Final = 0.01
"""A model with a smaller share of production's nodes is not drawn."""

TICK_SECONDS: Final = 60.0
"""A coarse tick: what happens to many nodes within a minute is looked at together."""

RESTART_DAYS: Final = 0.25
"""Nodes of the demo restart about every six hours, so that a crash at the next restart shows within a day."""

DELAY_SECONDS: Final = (20 * 60.0, 4 * 3600.0)
SHARE: Final = (0.6, 1.0)
PRODUCTION_SYMPTOMS: Final = (
    Symptom.NOT_READY,
    Symptom.FLAPPING,
    Symptom.SLOW,
    Symptom.CRASH_AT_RESTART,
    Symptom.SILENT,
)

REHEARSED_DELAY_SECONDS: Final = (5 * 60.0, 45 * 60.0)
REHEARSED_SHARE: Final = (0.4, 0.8)
REHEARSED_SYMPTOMS: Final = (Symptom.NOT_READY, Symptom.FLAPPING, Symptom.SLOW)


@dataclass(frozen=True, slots=True)
class Drawn:
    """``gpu_model`` is '' where every node may be harmed; ``share`` of them are, from 0 to 1."""

    gpu_model: str
    symptom: Symptom
    share: float
    delay_seconds: float


def demo_fleet(clusters: int, seed: int) -> FleetSpec:
    """``clusters`` clusters of about 100 nodes of real shapes, a tenth of the clusters simulated."""
    return msgspec.structs.replace(
        default_spec(clusters, seed),
        updates=Updates(tick_seconds=TICK_SECONDS),
        restarts=Restarts(mean_days_between=RESTART_DAYS),
    )


def draw_everywhere(seed: int) -> Drawn:
    """Harm that any node may show, soon: the rehearsal meets it."""
    chance = _chance(seed, "everywhere")
    symptom = REHEARSED_SYMPTOMS[int(chance.integers(len(REHEARSED_SYMPTOMS)))]
    return Drawn("", symptom, _share(chance, REHEARSED_SHARE), _delay(chance, REHEARSED_DELAY_SECONDS))


def draw_in_production(seed: int, models: Mapping[str, int]) -> Drawn:
    """Harm on one of ``models`` (name to nodes in production; '' is none) that is common enough.

    Raises UserFault where no model is there at all.
    """
    nodes = sum(models.values())
    common = sorted(model for model, count in models.items() if model and count >= COMMON_SHARE * nodes)
    if not common:
        raise UserFault("--clusters", nodes, "production has no GPU node to harm", "Ask for more clusters.")
    chance = _chance(seed, "production")
    model = common[int(chance.integers(len(common)))]
    symptom = PRODUCTION_SYMPTOMS[int(chance.integers(len(PRODUCTION_SYMPTOMS)))]
    return Drawn(model, symptom, _share(chance, SHARE), _delay(chance, DELAY_SECONDS))


def gpu_models(fleet: Fleet, environment: str) -> dict[str, int]:
    """How many nodes of ``environment`` have each GPU model; '' is none."""
    counts: dict[str, int] = {}
    for plan in fleet.plans:
        if plan.environment == environment:
            column = fleet.cluster(plan.name).attributes["gpuModel"]
            for code, count in enumerate(np.bincount(column.codes, minlength=len(column.values))):
                model = column.values[code]
                counts[model] = counts.get(model, 0) + int(count)
    return counts


def _chance(seed: int, purpose: str) -> np.random.Generator:
    return np.random.default_rng([STREAM, seed, *purpose.encode()])


def _share(chance: np.random.Generator, bounds: tuple[float, float]) -> float:
    return round(float(chance.uniform(*bounds)), 2)


def _delay(chance: np.random.Generator, bounds: tuple[float, float]) -> float:
    return round(float(chance.uniform(*bounds)) / 60.0) * 60.0
