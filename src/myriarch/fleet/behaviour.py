"""What a revision does to nodes: the hidden truth that a release must find out.

A ``Behaviour`` is a list of effects, each of which strikes some nodes some time after their update. Only the
simulator sets behaviours; nothing outside the fleet may read them. What shows is the symptom, in the way a
real cluster would show it:

========================  =====================================================================
``notReady``              Ready is False (KubeletNotReady)
``flapping``              Ready goes False and True again every 30 to 90 seconds
``slow``                  Ready stays True; the condition SlowPodStartup is True
``crashAtRestart``        nothing until the node next restarts; then Ready is False (CrashLoop)
``silent``                Ready is Unknown (NodeStatusUnknown) and the heartbeat stops
``updateFails``           the update itself never completes
========================  =====================================================================

Which nodes are struck depends on seed, component, revision and node name only, so a second attempt strikes
the same ones. An effect lasts until the node stands at another revision.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import msgspec
import numpy as np
import numpy.typing as npt

from myriarch.base.errors import UserFault
from myriarch.fleet.columns import ClusterState
from myriarch.fleet.draws import Ints
from myriarch.fleet.plan import STORED_ATTRIBUTES, ClusterPlan, Rows, Vocabulary

#: Attributes of the cluster that a selector may name, besides those of nodes.
CLUSTER_ATTRIBUTES = ("environment", "cluster", "sizeClass", "region", "kubernetesMinor", "provider")
NODE_ATTRIBUTES = (*STORED_ATTRIBUTES, "gpuModel")

FLAP_SECONDS = (30.0, 90.0)

Mask = npt.NDArray[np.bool_]


class Symptom(StrEnum):
    NOT_READY = "notReady"
    FLAPPING = "flapping"
    SLOW = "slow"
    CRASH_AT_RESTART = "crashAtRestart"
    SILENT = "silent"
    UPDATE_FAILS = "updateFails"


#: Codes of symptoms in columns; 0 is none.
SYMPTOM_CODES = {symptom: number for number, symptom in enumerate(Symptom, 1)}


class Effect(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Strikes a share ``probability`` of the nodes that match ``where`` (all attributes, any of the values).

    The delay after the update is log-normal: ``delay_seconds`` is its median, ``delay_spread`` the standard
    deviation of its logarithm.
    """

    symptom: Symptom
    where: dict[str, tuple[str, ...]] = {}
    probability: float = 1.0
    delay_seconds: float = 0.0
    delay_spread: float = 0.0


class Behaviour(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """All that a revision does. Where several effects would strike a node, the first in order does."""

    effects: tuple[Effect, ...] = ()


HARMLESS = Behaviour()


def check_behaviour(behaviour: Behaviour, field: str = "behaviour") -> None:
    """Raise UserFault for an unknown attribute, a probability outside [0, 1] or a negative delay."""
    for number, effect in enumerate(behaviour.effects):
        path = f"{field}.effects[{number}]"
        for attribute in effect.where:
            if attribute not in NODE_ATTRIBUTES and attribute not in CLUSTER_ATTRIBUTES:
                known = ", ".join(NODE_ATTRIBUTES + CLUSTER_ATTRIBUTES)
                raise UserFault(f"{path}.where", attribute, "no such attribute", f"Use one of: {known}.")
        if not 0.0 <= effect.probability <= 1.0:
            raise UserFault(
                f"{path}.probability", effect.probability, "not a probability", "Give a number from 0 to 1."
            )
        for name, value in (("delaySeconds", effect.delay_seconds), ("delaySpread", effect.delay_spread)):
            if value < 0:
                raise UserFault(f"{path}.{name}", value, "negative", "Give zero or more.")


@dataclass(frozen=True, slots=True)
class Selector:
    """``where`` of one effect against clusters and nodes."""

    where: dict[str, tuple[str, ...]]
    vocabulary: Vocabulary
    gpu_models: dict[str, str]  # shape name -> model

    def matches_cluster(self, plan: ClusterPlan) -> bool:
        facts = {
            "environment": plan.environment,
            "cluster": plan.name,
            "sizeClass": plan.size_class,
            "region": plan.region,
            "kubernetesMinor": plan.kubernetes_minor,
            "provider": plan.provider,
        }
        return all(facts[name] in values for name, values in self.where.items() if name in facts)

    def matches_nodes(self, state: ClusterState, indices: Ints) -> Mask:
        """Which of ``indices`` match by node attributes; the cluster is taken to match."""
        rows: Rows = state.base[indices]
        mask = np.ones(len(indices), dtype=np.bool_)
        for name, values in self.where.items():
            if name in NODE_ATTRIBUTES:
                attribute = "shape" if name == "gpuModel" else name
                mask &= _any_equal(rows[attribute], self._wanted(name, values))
        return mask

    def _wanted(self, name: str, values: tuple[str, ...]) -> list[int]:
        if name == "gpuModel":
            shapes = self.vocabulary.values["shape"]
            return [code for code, shape in enumerate(shapes) if self.gpu_models.get(shape, "") in values]
        return [code for code, value in enumerate(self.vocabulary.values[name]) if value in values]


def _any_equal(column: npt.NDArray[np.int16], codes: list[int]) -> Mask:
    found = np.zeros(len(column), dtype=np.bool_)
    for code in codes:
        found |= column == code
    return found
