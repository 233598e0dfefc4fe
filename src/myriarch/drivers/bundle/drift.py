"""Where the cluster differs from what was applied: found by applying again as a dry run, and looking what would change.

Comparing manifests with objects directly would find differences that are none (defaults, ``1000m`` for ``1``); the
API server's own answer has none of these. A field that another manager has changed shows as a conflict. What has
drifted may be put right by force, since all of it was the bundle's; a field that is changed again each time has
another owner, who must be talked to: after a few times it is only told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from myriarch.client.errors import ApplyConflict
from myriarch.client.objects import Raw
from myriarch.drivers.bundle.apply import Applier, KindNotServed, at_once
from myriarch.drivers.bundle.faults import owners_of, shown
from myriarch.drivers.bundle.inventory import Inventory, bundle_of
from myriarch.drivers.bundle.objects import BundleObject, ObjectId, label_of
from myriarch.drivers.driver import Trouble

CORRECTIONS_MAX: Final = 3
"""So many times an object is put right within the window."""

CORRECTIONS_WINDOW_SECONDS: Final = 3600.0
DRIFTS_SHOWN_MAX: Final = 3

_SERVERS_OWN: Final = frozenset({"managedFields", "resourceVersion", "generation"})


@dataclass(frozen=True, slots=True)
class Drift:
    """``fields`` is empty where the object is gone; ``manager`` is who changed them, where that is known."""

    made: BundleObject
    fields: tuple[str, ...]
    manager: str = ""

    def __str__(self) -> str:
        if not self.fields:
            return f"{self.made.id} is gone"
        return f"{self.made.id} {shown(self.fields)}" + (f" (by {self.manager!r})" if self.manager else "")


class Corrections:
    """How often each object was put right of late."""

    def __init__(self) -> None:
        self._times: dict[ObjectId, list[float]] = {}

    def allows(self, key: ObjectId, now: float) -> bool:
        recent = [time for time in self._times.get(key, []) if now - time < CORRECTIONS_WINDOW_SECONDS]
        self._times[key] = recent
        return len(recent) < CORRECTIONS_MAX

    def note(self, key: ObjectId, now: float) -> None:
        self._times.setdefault(key, []).append(now)


async def find_drift(applier: Applier, objects: Sequence[BundleObject], inventory: Inventory) -> list[Drift]:
    """What differs now, in order. Errors of the API come out."""

    async def one(made: BundleObject) -> Drift | None:
        try:
            first = await _look(applier, made, inventory)
            # Somebody may have written between the two halves of a look: only what shows twice is drift.
            return None if first is None else await _look(applier, made, inventory)
        except KindNotServed:
            return Drift(made, ())

    return [drift for drift in await at_once(objects, one) if drift is not None]


def told(drifts: Sequence[Drift], corrected: bool) -> Trouble:
    """The drift in words. Values are never shown: they may be secret."""
    more = len(drifts) - DRIFTS_SHOWN_MAX
    what = "; ".join(str(drift) for drift in drifts[:DRIFTS_SHOWN_MAX]) + (f"; and {more} more" if more > 0 else "")
    if corrected:
        return Trouble("DriftCorrected", f"Differed from what was applied, and was put right: {what}.")
    cure = "Undo it, make it a part of the next revision, or set drift: Correct."
    return Trouble("Drifted", f"Differs from what was applied: {what}. {cure}")


def fought(drifts: Sequence[Drift]) -> Trouble:
    """Drift that comes again each time that it is put right."""
    what = "; ".join(str(drift) for drift in drifts[:DRIFTS_SHOWN_MAX])
    cure = "Take the fields out of the bundle, or stop the other from writing them."
    return Trouble("FieldsOwnedByOthers", f"Changed again each time it is put right: {what}. {cure}")


def correctable(drift: Drift, live: Raw | None, component: str, inventory: Inventory) -> bool:
    """Whether what stands there (or nothing) is the bundle's to put right."""
    if live is None:
        return True
    same = inventory.uid_of(drift.made.id) == live["metadata"]["uid"]
    return same or bundle_of(live) == label_of(component)


async def _look(applier: Applier, made: BundleObject, inventory: Inventory) -> Drift | None:
    live = await applier.get(made)
    if live is None:
        # A finished Job may be cleared away by its own time to live, and must not run again.
        return None if made.id.kind == "Job" and inventory.uid_of(made.id) else Drift(made, ())
    if live["metadata"].get("deletionTimestamp"):
        return None
    try:
        wanted = await applier.patch(made, force=False, dry_run=True)
    except ApplyConflict as conflict:
        fields, manager = owners_of(conflict)
        return Drift(made, fields or ("fields",), manager)
    fields = tuple(_differences(_comparable(live), _comparable(wanted), ""))
    return Drift(made, fields) if fields else None


def _comparable(live: Raw) -> Raw:
    metadata = {name: value for name, value in live["metadata"].items() if name not in _SERVERS_OWN}
    return {name: value for name, value in live.items() if name != "status"} | {"metadata": metadata}


def _differences(live: Any, wanted: Any, path: str) -> Iterator[str]:
    """Paths at which the two differ."""
    if isinstance(live, Mapping) and isinstance(wanted, Mapping):
        for name in sorted({*live, *wanted}):
            yield from _differences(live.get(name), wanted.get(name), f"{path}.{name}")
    elif isinstance(live, list) and isinstance(wanted, list) and len(live) == len(wanted):
        for i, (one, other) in enumerate(zip(live, wanted, strict=True)):
            yield from _differences(one, other, f"{path}[{i}]")
    elif live != wanted:
        yield path
