"""What a component's ``after`` must obey: names of other components that are there, and no way round in a circle."""

from __future__ import annotations

from collections.abc import Sequence

from myriarch.base.errors import UserFault
from myriarch.engine.ordering import After, find_cycle


def after_faults(name: str, after: Sequence[str], others: After, root: str = "spec") -> list[UserFault]:
    """Faults of the component ``name``; ``others`` are all other components with what they come after."""
    faults: list[UserFault] = []
    for index, earlier in enumerate(after):
        field = f"{root}.after[{index}]"
        if earlier == name:
            faults.append(UserFault(field, earlier, "is the component itself", "Leave it out."))
        elif earlier in after[:index]:
            faults.append(UserFault(field, earlier, "is named twice", "Name it once."))
        elif earlier not in others:
            cure = "Create the component first, or name another."
            faults.append(UserFault(field, earlier, "doesn't exist", cure))
        elif way := find_cycle({**others, name: [earlier]}, name):
            cure = "Leave one of these out: no component can come after itself."
            faults.append(UserFault(field, earlier, f"goes round in a circle: {' after '.join(way)}", cure))
    return faults
