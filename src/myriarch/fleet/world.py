"""What all clusters of a fleet share: the spec, the vocabulary, components with their revisions, the tick.

The functions that move nodes (``moves.py``, ``strikes.py``, ``background.py``, ``health.py``) take a World
and a ClusterState; they keep nothing themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from myriarch.base.errors import UserFault
from myriarch.fleet.behaviour import HARMLESS, Behaviour, Selector
from myriarch.fleet.columns import MOST_REVISIONS, NO_REVISION, ClusterState
from myriarch.fleet.draws import Floats, key
from myriarch.fleet.plan import Vocabulary
from myriarch.fleet.spec import FleetSpec


@dataclass(slots=True)
class Component:
    """A component's revisions by code, and what each does."""

    number: int
    name: str
    base_revision: int = NO_REVISION
    revisions: list[str] = field(default_factory=list)
    behaviours: dict[int, Behaviour] = field(default_factory=dict)
    selectors: dict[int, tuple[Selector, ...]] = field(default_factory=dict)


class World:
    """Shared by all clusters. Components and revisions are numbered in order of first mention."""

    def __init__(self, spec: FleetSpec, vocabulary: Vocabulary) -> None:
        self.spec = spec
        self.seed = spec.seed
        self.vocabulary = vocabulary
        self.tick = spec.updates.tick_seconds
        self.shapes = {shape.name: shape for shape in spec.shapes}
        self.gpu_models = {shape.name: shape.gpu_model for shape in spec.shapes}
        self.version = 0  # counts changes of what codes stand for, so that they are saved
        self.components: dict[str, Component] = {}
        self.by_number: list[Component] = []

    def component(self, name: str) -> Component:
        found = self.components.get(name)
        if found is None:
            found = self.components[name] = Component(len(self.by_number), name)
            self.by_number.append(found)
            self.version += 1
        return found

    def revision(self, component: Component, name: str) -> int:
        """The code of a revision, newly given where it had none."""
        if name in component.revisions:
            return component.revisions.index(name)
        if len(component.revisions) >= MOST_REVISIONS:
            raise UserFault(component.name, name, "too many revisions", f"Keep below {MOST_REVISIONS}.")
        component.revisions.append(name)
        self.version += 1
        return len(component.revisions) - 1

    def set_behaviour(self, component: str, revision: str, behaviour: Behaviour) -> None:
        owner = self.component(component)
        code = self.revision(owner, revision)
        owner.behaviours[code] = behaviour
        self.version += 1
        owner.selectors[code] = tuple(
            Selector(effect.where, self.vocabulary, self.gpu_models) for effect in behaviour.effects
        )

    def set_base(self, component: Component, revision: int) -> None:
        component.base_revision = revision
        self.version += 1

    def behaviour(self, component: Component, revision: int) -> Behaviour:
        return component.behaviours.get(revision, HARMLESS)

    def rounded_up_all(self, moments: Floats) -> Floats:
        """Moments rounded up to the tick, so that events of many nodes fall together."""
        rounded: Floats = np.ceil(moments / self.tick) * self.tick
        return rounded

    def key(self, state: ClusterState, *purpose: str | int) -> int:
        """The key of a cluster's draws for a purpose."""
        return key(self.seed, state.plan.name, *purpose)
