"""The release policies that Myriarch is judged by: those that ship with it, nothing tuned for a scenario."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import msgspec
import yaml

import myriarch.sim.demo
from myriarch.api.policy import ReleasePolicySpec
from myriarch.base.durations import parse_duration
from myriarch.engine.policy_check import policy_faults

STANDARD = Path(myriarch.sim.demo.__file__).parent / "policy.yaml"
"""The demo's policy: what a release of nodes goes out by where nobody says otherwise."""
WHOLE_CLUSTERS = Path(__file__).with_name("control-plane.yaml")
"""For what moves a cluster as one."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """``production`` is the name of that environment in the policy."""

    spec: ReleasePolicySpec
    production: str


@lru_cache(maxsize=2)
def shipped(whole: bool) -> Shipped:
    """The policy for releases of clusters (``whole``) or of nodes. Raises UserFault where it is unsound."""
    document = yaml.safe_load((WHOLE_CLUSTERS if whole else STANDARD).read_text(encoding="utf-8"))
    spec = msgspec.convert(document["spec"], ReleasePolicySpec, strict=False)
    for fault in policy_faults(spec):
        raise fault
    return Shipped(spec, spec.stages[-1].environment or "")


def longest_soak(whole: bool) -> float:
    """Seconds: the longest soak of a wave of production. Harm that shows later can't be met by its canaries."""
    stage = shipped(whole).spec.stages[-1]
    return max(parse_duration(wave.soak or stage.soak) for wave in stage.waves)
