"""Which fleet a hub runs: the one that its folder holds, else a new one as ordered."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from myriarch.base.clock import real_now
from myriarch.base.errors import UserFault
from myriarch.fleet.defaults import default_spec
from myriarch.fleet.fleet import Fleet
from myriarch.fleet.load import load_fleet
from myriarch.fleet.spec import FleetSpec

DEFAULT_CLUSTERS: Final = 100
_CURE: Final = "Leave the option out to go on with that fleet, or give another --data folder."


def read_fleet(clusters: int | None, file: Path | None, seed: int | None) -> FleetSpec | None:
    """The spec in ``file``, where one is given. Raises UserFault where it can't be used, or other options speak too."""
    if file is not None and (clusters is not None or seed is not None):
        option, value = ("--clusters", clusters) if clusters is not None else ("--seed", seed)
        raise UserFault(option, value, "stands beside --fleet", "Give one of them: a fleet file says it all.")
    return load_fleet(file) if file is not None else None


def open_fleet(folder: Path, clusters: int | None, wanted: FleetSpec | None, seed: int | None) -> Fleet:
    """The fleet in the folder, or a new one. Raises UserFault where it isn't the one that the options ask for."""
    if not folder.is_dir() or not any(folder.iterdir()):
        spec = wanted or default_spec(DEFAULT_CLUSTERS if clusters is None else clusters, seed or 0)
        return Fleet.open(folder, spec, start=float(int(real_now())))
    fleet = Fleet.open(folder)
    try:
        _require_same(fleet, clusters, wanted, seed)
    except UserFault:
        fleet.close()
        raise
    return fleet


def _require_same(fleet: Fleet, clusters: int | None, wanted: FleetSpec | None, seed: int | None) -> None:
    held, count = fleet.spec, len(fleet.cluster_names())
    if clusters is not None and clusters != count:
        raise UserFault("--clusters", clusters, f"the data folder holds a fleet of {count} clusters", _CURE)
    if seed is not None and seed != held.seed:
        raise UserFault("--seed", seed, f"the data folder holds a fleet of seed {held.seed}", _CURE)
    if wanted is not None and wanted != held:
        raise UserFault("--fleet", f"seed {wanted.seed}", "the data folder holds another fleet", _CURE)
