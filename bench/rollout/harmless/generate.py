"""Writes the harmless releases: a file of scenarios for each family, beside this one.

``python -m rollout.harmless.generate`` (in bench/) writes the same bytes each time; a test compares them. Nothing
here is tuned to a policy: the families are the kinds of trouble that fleets have, with numbers spread over a range.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import yaml

from rollout.harmless import families, families_other
from rollout.harmless.variant import Draw, Variant

HERE: Final = Path(__file__).parent
SEED: Final = 2026
VARIANTS: Final = 13
"""Of each family: 17 families of 13 are 221 scenarios, no kind more often than another."""
WIDTH: Final = 118

FAMILIES: Final[Mapping[str, Callable[[Draw], Variant]]] = {
    "ordinary": families.ordinary,
    "node-deaths": families.node_deaths,
    "zone-outage": families.zone_outage,
    "rack-outage": families.rack_outage,
    "cluster-lost": families.cluster_lost,
    "spot-reclaims": families.spot_reclaims,
    "flapping-network": families.flapping_network,
    "monitoring-gap": families.monitoring_gap,
    "rolling-reboots": families.rolling_reboots,
    "simulated-trouble": families.simulated_trouble,
    "guilty-other": families_other.guilty_other,
    "innocent-other": families_other.innocent_other,
    "noisy-metric": families_other.noisy_metric,
    "slow-update": families_other.slow_update,
    "daily-peak": families_other.daily_peak,
    "by-the-clock": families_other.by_the_clock,
    "several-at-once": families_other.several_at_once,
}


def written() -> dict[str, str]:
    """Name of each file and what it holds."""
    return {f"{family}.yaml": _file(family, number) for number, family in enumerate(FAMILIES)}


def _file(family: str, family_number: int) -> str:
    documents = []
    for number in range(VARIANTS):
        draw = Draw((SEED, family_number), number, VARIANTS)
        documents.append(FAMILIES[family](draw).document(f"harmless-{family}-{number + 1:02d}"))
    text = yaml.dump_all(documents, Dumper=_Plain, sort_keys=False, width=WIDTH, default_flow_style=None)
    return f"# Written by generate.py: change families*.py and run it again.\n{text}"


class _Plain(yaml.SafeDumper):
    """Writes a value that occurs twice twice, without anchors."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def main() -> None:
    for name, text in written().items():
        (HERE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
