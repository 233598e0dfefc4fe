"""The rights of releases on a real API server: policies refuse what the embedded server refuses, deed by deed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.apiserver.access.test_rights import DEEDS, MAY, NIGHT, OVERRIDES, RELEASES, SPEC, STOP, WINDOWS
from tests.kube.control_plane import ControlPlane
from tests.kube.rest import Rest

from myriarch.api.admission_policies import BINDING, POLICY, admission_policies, right_roles
from myriarch.api.crd import all_crds

RBAC = "rbac.authorization.k8s.io"
PATHS = {
    "CustomResourceDefinition": "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    POLICY: "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies",
    BINDING: "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings",
    "ClusterRole": f"/apis/{RBAC}/v1/clusterroles",
}
PROBE = "probe"
HELD = {f"{RELEASES}/r": SPEC, f"{WINDOWS}/halt": STOP, f"{WINDOWS}/night": NIGHT}

Object = dict[str, Any]

pytestmark = pytest.mark.kube


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """Holds kinds, roles and policies, and a user for each role."""
    users: dict[str, tuple[str, ...]] = dict.fromkeys((*MAY, PROBE), ())
    with ControlPlane.start(tmp_path_factory.mktemp("policies"), users=users) as started:
        for obj in (*all_crds(), *right_roles()):
            started.admin.create(PATHS[obj["kind"]], obj)
        until(lambda: all(started.admin.is_ok(path) for path in (RELEASES, WINDOWS, OVERRIDES)))
        for obj in admission_policies():
            started.admin.create(PATHS[obj["kind"]], obj)
        for role in MAY:
            bind(started, role, role)
        verbs = ["create", "update", "patch", "delete"]
        all_but_rights = {"apiGroups": ["myriarch.io"], "resources": ["*"], "verbs": verbs}
        role = {"metadata": {"name": PROBE}, "rules": [all_but_rights]}
        started.admin.create(PATHS["ClusterRole"], role)
        bind(started, PROBE, PROBE)
        until(lambda: in_force(started))
        yield started


def until(true: Callable[[], bool]) -> None:
    for _ in range(300):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("it never came to be")


def bind(plane: ControlPlane, role: str, user: str) -> None:
    body = {
        "metadata": {"name": user},
        "subjects": [{"kind": "User", "name": user, "apiGroup": RBAC}],
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": role},
    }
    plane.admin.create(f"/apis/{RBAC}/v1/clusterrolebindings", body)


def ask(plane: ControlPlane, user: str, method: str, path: str, body: Object | None) -> tuple[int, Object]:
    rest = Rest(plane.url, plane.credentials.anonymous_tls(), plane.token_for_user(user))
    code, text = rest.ask(method, path, typed(path, body))
    return code, json.loads(text)


def in_force(plane: ControlPlane) -> bool:
    """Policies take a moment: whether each refuses what it is there to refuse."""
    furnish(plane)
    asks = [DEEDS[deed] for deed in ("approve", "abort", "stop", "lift")]
    return all(ask(plane, PROBE, *each)[0] == 403 for each in asks)


def furnish(plane: ControlPlane) -> None:
    """A release, a stop, and a window that is none, and nothing else."""
    for path in (RELEASES, WINDOWS, OVERRIDES):
        plane.admin.delete(path)
    for path, spec in HELD.items():
        where, _, name = path.rpartition("/")
        kind = "Release" if where == RELEASES else "FreezeWindow"
        body = {"apiVersion": "myriarch.io/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}
        plane.admin.create(where, body)


def typed(path: str, body: Object | None) -> Object | None:
    """With kind and version, which a real server asks for at a creation."""
    kinds = {RELEASES: "Release", WINDOWS: "FreezeWindow", OVERRIDES: "Override"}
    if body is None or path not in kinds:
        return body
    return {"apiVersion": "myriarch.io/v1alpha1", "kind": kinds[path], **body}


@pytest.mark.parametrize("role", sorted(MAY))
def test_each_role_may_do_on_a_real_server_what_it_may_on_the_embedded_one(plane: ControlPlane, role: str) -> None:
    done = set()
    for deed, (method, path, body) in DEEDS.items():
        furnish(plane)
        code, answer = ask(plane, role, method, path, body)
        assert code in (200, 201, 403), answer
        if code != 403:
            done.add(deed)
    assert done == MAY[role]


def test_a_refusal_names_the_verb(plane: ControlPlane) -> None:
    furnish(plane)
    code, answer = ask(plane, PROBE, *DEEDS["approve"])
    assert (code, answer["reason"]) == (403, "Forbidden")
    assert "changing spec.approvals needs the verb 'approve' on releases.myriarch.io" in answer["message"]
    assert ask(plane, PROBE, *DEEDS["label"])[0] == 200
    assert ask(plane, PROBE, *DEEDS["widen"])[0] == 200


def test_policies_compile_without_a_warning(plane: ControlPlane) -> None:
    for policy in (obj for obj in admission_policies() if obj["kind"] == POLICY):
        status = plane.admin.get(f"{PATHS[POLICY]}/{policy['metadata']['name']}").get("status", {})
        assert not status.get("typeChecking", {}).get("expressionWarnings")
