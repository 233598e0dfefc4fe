"""What a release's component says of other components, looked at before the release begins.

An embedded hub refuses what can't be meant when it is written (``hub/admission.py``). Another API server admits it, and
components may be deleted after others have named them: then the release says what is wrong, and doesn't begin.
"""

from __future__ import annotations

from myriarch.api.component import Component
from myriarch.base.errors import UserFault
from myriarch.controllers.caches import Caches
from myriarch.engine.ordering_check import after_faults


def order_faults(caches: Caches, component: Component) -> list[UserFault]:
    """What is wrong with what ``component`` comes after."""
    if not component.spec.after:
        return []
    every = caches.components.cache.values()
    others = {each.name: each.spec.after for each in every if each.name != component.name}
    return after_faults(component.name, component.spec.after, others, f"component {component.name}: spec")
