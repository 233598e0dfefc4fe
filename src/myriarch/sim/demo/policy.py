"""The policy of the demo's releases, read from ``policy.yaml`` beside this file."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

import msgspec
import yaml

from myriarch.api.policy import ReleasePolicy

POLICY_FILE: Final = "policy.yaml"


def standard_policy() -> ReleasePolicy:
    """Rehearsed in simulation, then production: covering canaries for a day, 2 %, and growing waves."""
    text = (files(__package__) / POLICY_FILE).read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), ReleasePolicy)
