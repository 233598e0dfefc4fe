"""The policy of the demo's releases, read from ``policy.yaml`` beside this file, and how its waves are called."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

import msgspec
import yaml

from myriarch.api.policy import ReleasePolicy, ReleasePolicySpec

POLICY_FILE: Final = "policy.yaml"


def demo_policy() -> ReleasePolicy:
    """Rehearsed in simulation, then production: covering canaries for a day, 2 %, and growing waves."""
    text = (files(__package__) / POLICY_FILE).read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), ReleasePolicy)


def wave_name(policy: ReleasePolicySpec | None, stage: str, wave: int) -> str:
    """The name of the wave at index ``wave`` of ``stage``, or its number from 1 where it has none."""
    waves = next((each.waves for each in policy.stages if each.name == stage), []) if policy else []
    return (waves[wave].name if wave < len(waves) else "") or str(wave + 1)
