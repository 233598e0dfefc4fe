"""The release policies that Myriarch is judged by: those that ship with it, nothing tuned for a scenario.

On the command line, ``myriarch`` goes by the ready policy for ordinary releases and ``myriarch:NAME`` by another ready
one, or by ``demo``, which is what ``myriarch demo`` tells its stories under. What moves a cluster as one goes by the
ready policy for that under all of them. ``myriarch=FILE`` judges a policy of one's own,
``myriarch=NODES.yaml+CLUSTERS.yaml`` two: for releases of nodes and for what moves a cluster as one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import msgspec
import yaml

import myriarch.policies
import myriarch.sim.demo
from myriarch.api.policy import ReleasePolicySpec
from myriarch.base.durations import parse_duration
from myriarch.base.errors import UserFault
from myriarch.engine.policy_check import policy_faults
from myriarch.policies.shipped import shipped_names
from myriarch.sim.demo.policy import POLICY_FILE

OWN = "myriarch"
DEMO = "demo"
READY = Path(myriarch.policies.__file__).parent
STANDARD = READY / "standard.yaml"
"""What a release of nodes goes out by where nobody says otherwise."""
WHOLE_CLUSTERS = READY / "control-plane.yaml"
"""For what moves a cluster as one."""
OF_DEMO = Path(myriarch.sim.demo.__file__).parent / POLICY_FILE
_NAME = re.compile(rf"{OWN}(?:(?P<sign>[:=])(?P<text>.+))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Shipped:
    """``production`` is the name of that environment in the policy."""

    spec: ReleasePolicySpec
    production: str


def shipped(whole: bool) -> Shipped:
    """The policy for releases of clusters (``whole``) or of nodes."""
    return read_policy(WHOLE_CLUSTERS if whole else STANDARD)


def ready_names() -> tuple[str, ...]:
    """What ``myriarch:NAME`` may name: the ready policies for releases of nodes, and the demo's."""
    return (*(name for name in shipped_names() if name != WHOLE_CLUSTERS.stem), DEMO)


def files_of(name: str) -> tuple[Path, ...]:
    """The files of one of Myriarch's policies, for releases of nodes and for what moves a cluster as one; none where
    the name is not of one of them. Raises UserFault where there is no such ready policy."""
    found = _NAME.fullmatch(name)
    if found is None:
        return ()
    if found["sign"] is None:
        return STANDARD, WHOLE_CLUSTERS
    if found["sign"] == "=":
        nodes, _, clusters = found["text"].partition("+")
        return Path(nodes), Path(clusters or nodes)
    if found["text"] not in ready_names():
        cure = f"Give one of: {', '.join(ready_names())}; for a file of your own, {OWN}=FILE."
        raise UserFault("--policies", name, "names no ready policy for releases of nodes", cure)
    return OF_DEMO if found["text"] == DEMO else READY / f"{found['text']}.yaml", WHOLE_CLUSTERS


def named(name: str, whole: bool) -> Shipped:
    """The policy of one of Myriarch's names, for releases of clusters (``whole``) or of nodes. Raises UserFault."""
    return read_policy(files_of(name)[whole])


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


def longest_soak(name: str, whole: bool) -> float:
    """Seconds: the longest soak of a wave of production under one of Myriarch's policies. Harm that shows later can't
    be met by its canaries."""
    stage = named(name, whole).spec.stages[-1]
    return max(parse_duration(wave.soak or stage.soak) for wave in stage.waves)
