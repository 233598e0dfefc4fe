"""Why a train can't begin: what it names is not there, or does not fit."""

from __future__ import annotations

from myriarch.api.releasetrain import ReleaseTrain
from myriarch.base.errors import UserFault
from myriarch.controllers.caches import Caches
from myriarch.controllers.release.cars import car_release, owner_name


def train_fault(caches: Caches, train: ReleaseTrain) -> tuple[str, str] | None:
    """A reason in one word and a sentence, or None where all cars and the policy are there."""
    for index, car in enumerate(train.spec.cars):
        field = f"spec.cars[{index}]"
        component, revision = caches.components.get(car.component), caches.revisions.get(car.revision)
        if component is None:
            return "InvalidComponent", _missing(f"{field}.component", car.component, "component")
        if revision is None:
            return "InvalidRevision", _missing(f"{field}.revision", car.revision, "revision")
        if revision.spec.component != car.component:
            problem = f"is a revision of component {revision.spec.component}"
            cure = f"Name a revision of {car.component}."
            return "InvalidRevision", UserFault(f"{field}.revision", car.revision, problem, cure).message
        made = car_release(caches, train, car.component)
        if made is not None and owner_name(made) != train.name:
            problem = f"needs a release of the name {made.name}, and there is one that is not its own"
            cure = "Give the train another name, or delete that release."
            return "NameTaken", UserFault(f"{field}.component", car.component, problem, cure).message
    if caches.policies.get(train.spec.policy) is None:
        return "InvalidPolicy", _missing("spec.policy", train.spec.policy, "releasepolicy")
    return None


def _missing(field: str, name: str, kind: str) -> str:
    return UserFault(field, name, "doesn't exist", f"Create the {kind} first, or name another.").message
