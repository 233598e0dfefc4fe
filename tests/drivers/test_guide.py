"""The examples of docs/guides/drivers.md are objects as the API has them, with payloads that the drivers read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import yaml

from myriarch.api.component import Component, DriverName
from myriarch.api.revision import Revision
from myriarch.drivers.drain import drain_rules
from myriarch.drivers.payload_fields import WHERE, pod_template

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "drivers.md"
BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)


def _objects() -> list[dict[str, Any]]:
    return [each for block in BLOCK.findall(GUIDE.read_text("utf-8")) for each in yaml.safe_load_all(block)]


def test_every_node_driver_has_a_component_and_a_revision_of_it() -> None:
    components = {c.name: c for c in (msgspec.convert(o, Component) for o in _objects() if o["kind"] == "Component")}
    revisions = [msgspec.convert(o, Revision) for o in _objects() if o["kind"] == "Revision"]
    drivers = {components[revision.spec.component].spec.driver for revision in revisions}
    assert drivers == {DriverName.DAEMONSET, DriverName.JOB, DriverName.MACHINE}
    for revision in revisions:
        payload = revision.spec.payload
        match components[revision.spec.component].spec.driver:
            case DriverName.DAEMONSET:
                assert pod_template(payload, "template", WHERE)
            case DriverName.JOB:
                assert drain_rules(payload).timeout_seconds == 900
                assert pod_template(payload["job"], "template", WHERE)
                assert pod_template(payload["undo"], "template", WHERE)
            case _:
                assert set(payload) == {"template"}
