"""What a bundle's payload may say, and that each mistake names the field, the value and the cure."""

from __future__ import annotations

from typing import Any

import pytest

from myriarch.base.errors import UserFault
from myriarch.drivers.bundle.payload import Adopt, Manifests, OnDrift, Wait, read_payload


def test_what_is_left_out_has_careful_defaults() -> None:
    payload = read_payload({"manifests": "kind: x"}, "home")
    assert payload.source == Manifests("kind: x")
    assert (payload.adopt, payload.drift, payload.prune, payload.prune_dangerous) == (
        Adopt.REFUSE,
        OnDrift.CORRECT,
        True,
        False,
    )
    assert (payload.namespace, payload.timeout_seconds, payload.wait_for) == ("home", 600.0, ())


def test_everything_can_be_said() -> None:
    wait = {"apiVersion": "v1", "kind": "Secret", "namespace": "a", "name": "cert", "condition": "Ready"}
    payload = read_payload(
        {
            "chart": {"files": {"Chart.yaml": ""}, "namespace": "charts"},
            "namespace": "other",
            "adopt": "ifunowned",
            "drift": "report",
            "prune": False,
            "timeout": "90s",
            "waitFor": [wait],
        }
    )
    assert (payload.namespace, payload.adopt, payload.drift) == ("charts", Adopt.IF_UNOWNED, OnDrift.REPORT)
    assert (payload.prune, payload.timeout_seconds) == (False, 90.0)
    assert payload.wait_for == (Wait("v1", "Secret", "a", "cert", "Ready"),)


CHART = {"Chart.yaml": ""}


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({}, "payload"),
        ({"manifests": "", "chart": {}}, "payload"),
        ({"manifest": ""}, "payload.manifest"),
        ({"manifests": 3}, "payload.manifests"),
        ({"manifests": ["text"]}, "payload.manifests"),
        ({"manifests": "", "adopt": "Maybe"}, "payload.adopt"),
        ({"manifests": "", "drift": True}, "payload.drift"),
        ({"manifests": "", "prune": "yes"}, "payload.prune"),
        ({"manifests": "", "timeout": 30}, "payload.timeout"),
        ({"manifests": "", "timeout": "-3s"}, "payload.timeout"),
        ({"manifests": "", "waitFor": {}}, "payload.waitFor"),
        ({"manifests": "", "waitFor": [{"apiVersion": "v1", "kind": "X"}]}, "payload.waitFor[0].name"),
        ({"kustomize": "x"}, "payload.kustomize"),
        ({"kustomize": {"files": {}}}, "payload.kustomize.files"),
        ({"kustomize": {"files": {"../x": ""}}}, "payload.kustomize.files"),
        ({"kustomize": {"files": {"/etc/x": ""}}}, "payload.kustomize.files"),
        ({"kustomize": {"files": {"a/../../x": ""}}}, "payload.kustomize.files"),
        ({"chart": {"archive": "QQ==", "files": CHART}}, "payload.chart"),
        ({"chart": {}}, "payload.chart"),
        ({"chart": {"files": CHART, "values": []}}, "payload.chart.values"),
        ({"chart": {"files": CHART, "repo": "https://example.org"}}, "payload.chart.repo"),
        ({"chart": {"files": CHART, "releaseName": 1}}, "payload.chart.releaseName"),
    ],
)
def test_mistakes_are_named(payload: dict[str, Any], field: str) -> None:
    with pytest.raises(UserFault) as caught:
        read_payload(payload)
    assert caught.value.field == field
    assert caught.value.cure
