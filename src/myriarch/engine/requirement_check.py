"""What a revision's ``requires`` must obey: ranges that can be read, and other components that are there."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from myriarch.api.revision import KUBERNETES, Requirement
from myriarch.base.errors import UserFault
from myriarch.engine.versions import parse_range


def requirement_faults(
    component: str, requires: Sequence[Requirement], known: Collection[str], root: str = "spec"
) -> list[UserFault]:
    """Faults of a revision of ``component``; ``known`` are the names of all components."""
    faults: list[UserFault] = []
    for index, each in enumerate(requires):
        field = f"{root}.requires[{index}]"
        if each.component == component:
            cure = "Leave it out: a revision can't require its own component."
            faults.append(UserFault(f"{field}.component", each.component, "is the revision's own component", cure))
        elif each.component != KUBERNETES and each.component not in known:
            cure = f"Create the component first, or name another, or {KUBERNETES!r}."
            faults.append(UserFault(f"{field}.component", each.component, "doesn't exist", cure))
        try:
            parse_range(each.version)
        except ValueError as problem:
            cure = "Write comparisons, such as '>=1.4, <2', '^1.4' or '1.4.x || 2.x'."
            faults.append(UserFault(f"{field}.version", each.version, f"is no range of versions: {problem}", cure))
    return faults
