"""What a revision would do to what stands, change by change."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from tests.gates.people import asked, run

from myriarch.api.gates import ChangeKind, DiffGate, Verdict
from myriarch.gates.diff import Rendered, changes_of
from myriarch.gates.differing import ask_diff
from myriarch.gates.question import Answer

Object = dict[str, Any]


def obj(kind: str, name: str, spec: Object | None = None, api: str = "v1", **labels: str) -> Object:
    metadata = {"name": name, "namespace": "shop", "labels": labels}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": spec or {}}


def web(replicas: int = 3, cpu: str = "1", **labels: str) -> Object:
    pods = labels or {"app": "web", "tier": "front"}
    container = {"name": "c", "image": "web:1", "resources": {"requests": {"cpu": cpu}}}
    spec = {
        "replicas": replicas,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": pods}, "spec": {"containers": [container]}},
    }
    return obj("Deployment", "web", spec, "apps/v1")


SERVICE = obj("Service", "web", {"selector": {"app": "web", "tier": "front"}})
BUDGET = obj(
    "PodDisruptionBudget", "web", {"minAvailable": 2, "selector": {"matchLabels": {"tier": "front"}}}, "policy/v1"
)
CONFIG = obj("ConfigMap", "settings")


def crd(*served: str) -> Object:
    versions = [{"name": name, "served": name in served} for name in ("v1alpha1", "v1")]
    spec = {"group": "shop.io", "scope": "Namespaced", "names": {"kind": "Cart"}, "versions": versions}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "carts.shop.io"},
        "spec": spec,
    }


def told(before: list[Object], after: list[Object], **more: Any) -> list[str]:
    return [str(change) for change in changes_of(Rendered("c1", more.pop("minor", 34), before, after, **more))]


def test_the_same_and_what_releases_are_for_is_no_change() -> None:
    newer = copy.deepcopy(web())
    newer["spec"]["template"]["spec"]["containers"][0]["image"] = "web:2"
    newer["metadata"]["labels"]["more"] = "yes"
    assert told([web(), SERVICE], [newer, SERVICE, CONFIG, BUDGET]) == []
    assert told([], [web(), SERVICE]) == []


def test_deletes() -> None:
    assert told([web(), CONFIG], [web()]) == ["Deletes: ConfigMap shop/settings"]
    assert told([web(), CONFIG], [web()], prunes=False) == []
    kept = copy.deepcopy(CONFIG)
    kept["metadata"]["annotations"] = {"myriarch.io/prune": "disabled"}
    assert told([web(), kept], [web()]) == []
    assert told([crd("v1")], []) == []
    assert told([crd("v1")], [], prunes_dangerous=True) == ["Deletes: CustomResourceDefinition carts.shop.io"]


def test_another_version_of_the_same_object_is_not_another_object() -> None:
    assert (
        told([obj("Ingress", "i", api="networking.k8s.io/v1beta1")], [obj("Ingress", "i", api="networking.k8s.io/v1")])
        == []
    )


def test_replaces_what_cannot_change() -> None:
    other = copy.deepcopy(web())
    other["spec"]["selector"] = {"matchLabels": {"app": "web", "tier": "front"}}
    assert told([web()], [other]) == ["Replaces: Deployment shop/web: spec.selector can't be changed in place"]


def test_relabels_an_object_and_the_pods_of_a_workload() -> None:
    assert told([obj("Service", "s", team="a")], [obj("Service", "s", team="b")]) == [
        "Relabels: Service shop/s: team: a to b"
    ]
    assert told([web()], [web(app="web")]) == ["Relabels: Deployment shop/web: pods: tier: front to nothing"]


def test_a_selector_that_comes_to_match_nothing() -> None:
    changes = told([web(), SERVICE, BUDGET], [web(app="web"), SERVICE, BUDGET])
    assert "SelectsNothing: Service shop/web: selected Deployment shop/web" in changes
    assert "SelectsNothing: PodDisruptionBudget shop/web: selected Deployment shop/web" in changes


def test_a_selector_that_no_longer_matches_some() -> None:
    second = copy.deepcopy(web())
    second["metadata"]["name"] = "web2"
    narrower = obj("Service", "web", {"selector": {"app": "web", "tier": "front", "x": "y"}})
    chosen = copy.deepcopy(second)
    chosen["spec"]["template"]["metadata"]["labels"]["x"] = "y"
    assert told([web(), second, SERVICE], [web(), chosen, narrower]) == [
        "Deselects: Service shop/web: Deployment shop/web"
    ]


def test_an_autoscaler_that_names_a_workload_no_more() -> None:
    scaler = obj(
        "HorizontalPodAutoscaler", "h", {"scaleTargetRef": {"kind": "Deployment", "name": "web"}}, "autoscaling/v2"
    )
    assert told([web(), scaler], [scaler]) == [
        "Deletes: Deployment shop/web",
        "SelectsNothing: HorizontalPodAutoscaler shop/h: selected Deployment shop/web",
    ]


def test_resizes() -> None:
    assert told([web()], [web(replicas=0, cpu="4")]) == [
        "Resizes: Deployment shop/web: c requests.cpu: 1 to 4",
        "Resizes: Deployment shop/web: replicas: 3 to 0",
    ]


def test_removed_apis_of_kubernetes_by_the_clusters_minor() -> None:
    old = obj("PodDisruptionBudget", "p", api="policy/v1beta1")
    assert told([], [old], minor=24) == []
    assert told([], [old], minor=25) == [
        "RemovedApi: PodDisruptionBudget shop/p: policy/v1beta1 is not served since Kubernetes 1.25"
    ]


def test_a_definition_that_stops_serving_a_version_in_use() -> None:
    cart = obj("Cart", "mine", api="shop.io/v1alpha1")
    assert told([crd("v1alpha1", "v1"), cart], [crd("v1"), cart]) == [
        "RemovedApi: CustomResourceDefinition carts.shop.io: no longer serves v1alpha1, "
        "which Cart shop/mine is written in"
    ]


def ask(gate: DiffGate, *rendered: Rendered) -> Answer:
    async def render(_question: object) -> list[Rendered]:
        return list(rendered)

    return run(ask_diff(gate, asked(), render))


CHANGED = Rendered("c1", 34, [web(), CONFIG], [web(replicas=9)])


def test_changes_hold_by_kind() -> None:
    answer = ask(DiffGate(), CHANGED)
    assert answer.verdict is Verdict.HOLD
    assert answer.message.startswith("v1 to v2: 2 changes: Deletes: ConfigMap shop/settings; Resizes: Deployment")
    some = ask(DiffGate(hold_for=[ChangeKind.DELETES]), CHANGED)
    assert (some.verdict, "; 1 changes of other kinds" in some.message) == (Verdict.HOLD, True)
    none = ask(DiffGate(hold_for=[ChangeKind.REMOVED_API]), CHANGED)
    assert (none.verdict, "2 changes of other kinds" in none.message) == (Verdict.PASS, True)


def test_clusters_of_several_kinds_are_named() -> None:
    other = Rendered("c2", 34, [web()], [web(replicas=4)])
    answer = ask(DiffGate(), CHANGED, other)
    assert "(in c1)" in answer.message
    assert "replicas: 3 to 4 (in c2)" in answer.message


@pytest.mark.parametrize("broken", [{"spec": None}, {"spec": {"template": None}}, {"metadata": {"name": "web"}}])
def test_odd_objects_are_borne(broken: Object) -> None:
    told([{**web(), **broken}], [web()])
    told([web()], [{**web(), **broken}])
