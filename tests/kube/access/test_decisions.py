"""The embedded server decides as a real one: the same roles and bindings, the same questions, the same answers."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from itertools import product
from typing import Any

from tests.apiserver.access.people import RBAC, REVIEWS, Town, rule
from tests.kube.control_plane import ControlPlane

GROUP = "rbac.authorization.k8s.io"
SPACE = "decisions"
SPACES = f"{RBAC}/namespaces/{SPACE}"
REVIEW = f"{REVIEWS}/subjectaccessreviews"

Object = dict[str, Any]


def role(path: str, name: str, *rules: Object, **more: Any) -> tuple[str, Object]:
    return path, {"metadata": {"name": f"decisions-{name}", **more.pop("meta", {})}, "rules": list(rules), **more}


def bound(path: str, kind: str, name: str, *subjects: Object) -> tuple[str, Object]:
    reference = {"apiGroup": GROUP, "kind": kind, "name": f"decisions-{name}"}
    meta = {"name": f"decisions-{name}"}
    return path, {"metadata": meta, "roleRef": reference, "subjects": list(subjects)}


def user(name: str, kind: str = "User") -> Object:
    return {"kind": kind, "name": name, "apiGroup": GROUP}


HERE, EVERYWHERE = f"{SPACES}/roles", f"{RBAC}/clusterroles"
BIND_HERE, BIND_EVERYWHERE = f"{SPACES}/rolebindings", f"{RBAC}/clusterrolebindings"
ROBOT = {"kind": "ServiceAccount", "name": "robot", "namespace": SPACE}
PATHS = [{"nonResourceURLs": ["/decisions/*", "/exact"], "verbs": ["get"]}]

OBJECTS = [
    role(HERE, "here", rule("core", "configmaps pods/log", "get list"), rule("apps", "deployments/scale", "*")),
    role(EVERYWHERE, "named", rule("core", "secrets", "get watch", "a", "b"), rule("*", "*/status", "patch")),
    role(EVERYWHERE, "all-of-apps", rule("apps", "*", "*")),
    role(EVERYWHERE, "paths", *PATHS),
    role(EVERYWHERE, "unbound", rule("*", "*", "*")),
    bound(BIND_HERE, "Role", "here", user("ann"), ROBOT),
    bound(BIND_HERE, "ClusterRole", "all-of-apps", user("team", "Group")),
    bound(BIND_EVERYWHERE, "ClusterRole", "named", user("ann"), user("team", "Group")),
    bound(BIND_EVERYWHERE, "ClusterRole", "paths", user("ann")),
    bound(BIND_EVERYWHERE, "ClusterRole", "missing", user("ann")),
]
ASKERS: list[Object] = [
    {"user": "ann"},
    {"user": "bob", "groups": ["team"]},
    {"user": f"system:serviceaccount:{SPACE}:robot"},
    {"user": "eve", "groups": ["others"]},
]
RESOURCES = [
    ("", "configmaps", ""),
    ("", "pods", "log"),
    ("", "pods", "status"),
    ("", "secrets", ""),
    ("apps", "deployments", ""),
    ("apps", "deployments", "scale"),
    ("apps", "deployments", "status"),
]


def questions() -> Iterator[Object]:
    for asker, (group, resource, subresource), verb, space, name in product(
        ASKERS, RESOURCES, ("get", "patch", "list"), (SPACE, "default", ""), ("", "a", "z")
    ):
        wanted = {"group": group, "resource": resource, "subresource": subresource, "verb": verb}
        yield {**asker, "resourceAttributes": {**wanted, "namespace": space, "name": name}}
    for asker, path, verb in product(
        ASKERS, ("/decisions", "/decisions/", "/decisions/x", "/exact", "/exactly"), ("get", "put")
    ):
        yield {**asker, "nonResourceAttributes": {"path": path, "verb": verb}}


def body(spec: Object) -> Object:
    return {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}


async def embedded_answers(asked: list[Object]) -> list[Object]:
    town = Town()
    await town.made("/api/v1/namespaces", SPACE)
    for path, obj in OBJECTS:
        status, answer = await town.call("POST", path, obj)
        assert status == 201, answer
    return [(await town.call("POST", REVIEW, body(spec)))[1]["status"] for spec in asked]


def test_the_same_roles_allow_the_same(control_plane: ControlPlane) -> None:
    admin = control_plane.admin
    admin.create("/api/v1/namespaces", {"metadata": {"name": SPACE}})
    for path, obj in OBJECTS:
        admin.create(path, obj)
    asked = list(questions())
    ours = asyncio.run(embedded_answers(asked))
    try:
        deadline = time.monotonic() + 20  # until the real authorizer has heard of every object
        while (theirs := [_status(admin.create(REVIEW, body(spec))) for spec in asked]) != ours:
            wrong = [(q, o, t) for q, o, t in zip(asked, ours, theirs, strict=True) if o != t]
            assert time.monotonic() < deadline, json.dumps(wrong[:5], indent=1)
    finally:
        for path, obj in OBJECTS:
            admin.delete(f"{path}/{obj['metadata']['name']}")
    assert sum(each["allowed"] for each in ours) > 50
    assert sum(not each["allowed"] for each in ours) > 50


def _status(review: Object) -> Object:
    status: Object = review["status"]
    return status
