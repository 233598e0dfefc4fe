"""The guide's examples are sound."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import yaml
from tests.tidy.source import ROOT

from myriarch.api.policy import ReleasePolicySpec
from myriarch.engine.policy_check import policy_faults

BLOCKS = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "guides" / "gates.md").read_text("utf-8"), re.DOTALL)


def test_every_example_is_a_policy_or_a_gate_of_one() -> None:
    documents = [yaml.safe_load(block) for block in BLOCKS]
    whole: dict[str, Any] = documents[0]["spec"]
    gates = [gate for document in documents[1:] for gate in document]
    assert len(gates) >= 3
    spec = msgspec.convert({**whole, "gates": [*whole["gates"], *gates]}, ReleasePolicySpec)
    assert policy_faults(spec) == []
