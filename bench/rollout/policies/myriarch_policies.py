"""The release policies that Myriarch is judged by: those that ship with it, nothing tuned for a scenario.

``myriarch=FILE`` on the command line judges a policy of one's own, ``myriarch=NODES.yaml+CLUSTERS.yaml`` two: for
releases of nodes and for what moves a cluster as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import msgspec
import yaml

import myriarch.policies
from myriarch.api.policy import ReleasePolicySpec
from myriarch.base.durations import parse_duration
from myriarch.base.errors import UserFault
from myriarch.engine.policy_check import policy_faults

READY = Path(myriarch.policies.__file__).parent
STANDARD = READY / "standard.yaml"
"""What a release of nodes goes out by where nobody says otherwise."""
WHOLE_CLUSTERS = READY / "control-plane.yaml"
"""For what moves a cluster as one."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """``production`` is the name of that environment in the policy."""

    spec: ReleasePolicySpec
    production: str


def shipped(whole: bool) -> Shipped:
    """The policy for releases of clusters (``whole``) or of nodes."""
    return read_policy(WHOLE_CLUSTERS if whole else STANDARD)


def named(files: str, whole: bool) -> Shipped:
    """The policy of ``FILE`` or ``FILE+FILE``; the shipped ones where the text is empty. Raises UserFault."""
    if not files:
        return shipped(whole)
    nodes, _, clusters = files.partition("+")
    return read_policy(Path(clusters if whole and clusters else nodes))


@lru_cache(maxsize=16)
def read_policy(path: Path) -> Shipped:
    """A ReleasePolicy with its simulated stage first and production last. Raises UserFault where it is unsound."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        spec = msgspec.convert(document["spec"], ReleasePolicySpec, strict=False)
    except (OSError, yaml.YAMLError, KeyError, TypeError, msgspec.ValidationError) as error:
        problem = " ".join(str(error).split())
        raise UserFault("--policies", str(path), f"is no ReleasePolicy: {problem}", "Name a file with one.") from None
    for fault in policy_faults(spec):
        raise fault
    if len({stage.environment for stage in spec.stages}) != 2:
        cure = "Give it a stage for simulated clusters and one for production."
        raise UserFault("--policies", str(path), "has not two environments", cure)
    return Shipped(spec, spec.stages[-1].environment or "")


def longest_soak(whole: bool) -> float:
    """Seconds: the longest soak of a wave of production. Harm that shows later can't be met by its canaries."""
    stage = shipped(whole).spec.stages[-1]
    return max(parse_duration(wave.soak or stage.soak) for wave in stage.waves)
