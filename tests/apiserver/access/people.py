"""A server and people who ask it: short ways to bind them to roles and to ask as one of them."""

from __future__ import annotations

import json
from typing import Any

from tests.apiserver.embedded import Api

from myriarch.apiserver.access.user import AUTHENTICATED, User
from myriarch.apiserver.routes import HUB
from myriarch.client.http import Request

GROUP = "rbac.authorization.k8s.io"
RBAC = f"/apis/{GROUP}/v1"
REVIEWS = "/apis/authorization.k8s.io/v1"
AUTHENTICATION = "/apis/authentication.k8s.io/v1"
DEFAULT = "/api/v1/namespaces/default"

Object = dict[str, Any]


def person(name: str, *groups: str, realm: str = HUB) -> User:
    return User(name, (*groups, AUTHENTICATED), realm=realm)


def rule(groups: str, resources: str, verbs: str, *names: str) -> Object:
    """A rule; lists are given as words."""
    out: Object = {"apiGroups": [g if g != "core" else "" for g in groups.split()]}
    return {
        **out,
        "resources": resources.split(),
        "verbs": verbs.split(),
        **({"resourceNames": list(names)} if names else {}),
    }


class Town(Api):
    """An embedded server whose users are not all masters."""

    async def ask(
        self, user: User, method: str, path: str, body: Any = None, *, media: str = "application/json", **query: str
    ) -> tuple[int, Object]:
        data = b"" if body is None else json.dumps(body).encode()
        headers = {"content-type": media, "user-agent": "tests/1"}
        response = await self.server.handle(Request(method, path, query, headers, data), user)
        if response.stream is not None:
            await response.stream.aclose()  # type: ignore[attr-defined]
            return response.status, {}
        return response.status, json.loads(response.body) if response.body.startswith(b"{") else {}

    async def role(self, name: str, *rules: Object, namespace: str = "") -> None:
        path = f"{RBAC}/namespaces/{namespace}/roles" if namespace else f"{RBAC}/clusterroles"
        await self.made(path, name, rules=list(rules))

    async def bind(self, role: str, subject: str, namespace: str = "", *, kind: str = "ClusterRole") -> str:
        """Bind ``Kind:name`` to the role; the binding's path."""
        sort, _, who = subject.partition(":")
        entry = {"kind": sort, "name": who, "apiGroup": GROUP}
        if sort == "ServiceAccount":
            space, _, name = who.partition("/")
            entry = {"kind": sort, "name": name, "namespace": space}
        path = f"{RBAC}/namespaces/{namespace}/rolebindings" if namespace else f"{RBAC}/clusterrolebindings"
        binding = f"{role}-{who}".lower().replace("/", "-").replace(":", "-")
        reference = {"apiGroup": GROUP, "kind": kind, "name": role}
        await self.made(path, binding, subjects=[entry], roleRef=reference)
        return f"{path}/{binding}"

    async def allow(self, user: User, *rules: Object) -> None:
        """A role of these rules in the whole cluster, bound to the user."""
        name = f"of-{user.name}"
        await self.role(name, *rules)
        await self.bind(name, f"User:{user.name}")
