"""Roles: what they allow, how a refusal is worded, and that nobody grants what they don't have."""

from __future__ import annotations

import pytest
from tests.apiserver.access.people import DEFAULT, GROUP, RBAC, Town, person, rule
from tests.apiserver.embedded import APPLY, CONFIG_MAPS, MERGE, WIDGETS, run

from myriarch.apiserver.access.rbac_covers import uncovered
from myriarch.apiserver.access.rbac_rules import Rule

ANN = person("ann")


def test_nobody_may_do_anything_but_look_who_they_are() -> None:
    async def main() -> None:
        town = Town()
        status, body = await town.ask(ANN, "GET", CONFIG_MAPS)
        assert (status, body["reason"], body["details"]) == (403, "Forbidden", {"kind": "configmaps"})
        assert body["message"] == (
            'configmaps is forbidden: User "ann" cannot list resource "configmaps" in API group "" '
            'in the namespace "default"'
        )
        status, body = await town.ask(ANN, "GET", "/api/v1/nodes/n1")
        assert body["message"] == (
            'nodes "n1" is forbidden: User "ann" cannot get resource "nodes" in API group "" at the cluster scope'
        )
        assert body["details"] == {"name": "n1", "kind": "nodes"}
        status, body = await town.ask(ANN, "GET", "/metrics")
        assert (status, body["message"]) == (403, 'forbidden: User "ann" cannot get path "/metrics"')
        assert (await town.ask(ANN, "GET", "/apis/nowhere.io/v1/things"))[0] == 403
        for path in ("/version", "/api", "/apis", "/openapi/v3", "/healthz"):
            assert (await town.ask(ANN, "GET", path))[0] == 200
        assert (await town.ask(person("root", "system:masters"), "GET", CONFIG_MAPS))[0] == 200

    run(main)


VERBS = [
    ("get", "GET", "/a", None),
    ("list", "GET", "", None),
    ("watch", "GET", "?watch", None),
    ("create", "POST", "", {"metadata": {"name": "b"}}),
    ("update", "PUT", "/a", {"metadata": {"name": "a"}}),
    ("patch", "PATCH", "/a", {"data": {"x": "1"}}),
    ("delete", "DELETE", "/a", None),
    ("deletecollection", "DELETE", "", None),
]


@pytest.mark.parametrize("granted", [verb for verb, *_ in VERBS])
def test_each_verb_is_a_right_of_its_own(granted: str) -> None:
    async def main() -> None:
        town = Town()
        await town.made(CONFIG_MAPS, "a")
        await town.allow(ANN, rule("core", "configmaps", granted))
        for verb, method, where, body in VERBS:
            path, _, watch = (CONFIG_MAPS + where).partition("?")
            query = {watch: "tRuE"} if watch else {}
            query |= {"dryRun": "All"} if method in ("POST", "DELETE") else {}
            status, _ = await town.ask(
                ANN, method, path, body, media=MERGE if method == "PATCH" else "application/json", **query
            )
            assert (status != 403) == (verb == granted), (verb, status)

    run(main)


def test_names_subresources_and_groups_are_told_apart() -> None:
    async def main() -> None:
        town = Town()
        for name in ("a", "b"):
            await town.made(WIDGETS, name, spec={"size": 1})
        await town.allow(
            ANN, rule("test.io", "widgets", "get list watch", "a"), rule("test.io", "widgets/status", "patch")
        )
        assert (await town.ask(ANN, "GET", f"{WIDGETS}/a"))[0] == 200
        assert (await town.ask(ANN, "GET", f"{WIDGETS}/b"))[0] == 403
        assert (await town.ask(ANN, "GET", WIDGETS))[0] == 403
        assert (await town.ask(ANN, "GET", WIDGETS, fieldSelector="metadata.name=a"))[0] == 200
        assert (await town.ask(ANN, "GET", WIDGETS, fieldSelector="metadata.name=a", watch="true"))[0] == 200
        assert (await town.ask(ANN, "GET", WIDGETS, fieldSelector="metadata.name!=a"))[0] == 403
        assert (await town.ask(ANN, "PATCH", f"{WIDGETS}/b/status", {"status": {"seen": 1}}, media=MERGE))[0] == 200
        status, body = await town.ask(ANN, "PATCH", f"{WIDGETS}/b", {"spec": {"size": 2}}, media=MERGE)
        assert status == 403
        status, body = await town.ask(ANN, "GET", f"{WIDGETS}/b/status")
        assert 'cannot get resource "widgets/status" in API group "test.io"' in body["message"]

    run(main)


def test_a_role_in_a_namespace_counts_there_only() -> None:
    async def main() -> None:
        town = Town()
        await town.made("/api/v1/namespaces", "other")
        await town.role("reader", rule("core", "configmaps namespaces", "get list"), namespace="default")
        await town.bind("reader", "Group:team", "default", kind="Role")
        bob = person("bob", "team")
        assert (await town.ask(bob, "GET", CONFIG_MAPS))[0] == 200
        assert (await town.ask(bob, "GET", "/api/v1/namespaces/other/configmaps"))[0] == 403
        assert (await town.ask(bob, "GET", "/api/v1/configmaps"))[0] == 403
        assert (await town.ask(bob, "GET", "/api/v1/namespaces/default"))[0] == 200
        assert (await town.ask(bob, "GET", "/api/v1/namespaces"))[0] == 403
        await town.bind("view", "User:bob", "other")
        assert (await town.ask(bob, "GET", "/api/v1/namespaces/other/configmaps"))[0] == 200
        assert (await town.ask(bob, "GET", "/api/v1/namespaces/other/secrets"))[0] == 403

    run(main)


def test_what_is_taken_back_ends_at_once_and_a_role_that_is_missing_is_named() -> None:
    async def main() -> None:
        town = Town()
        binding = await town.bind("view", "User:ann")
        assert (await town.ask(ANN, "GET", CONFIG_MAPS))[0] == 200
        assert (await town.call("DELETE", binding))[0] == 200
        assert (await town.ask(ANN, "GET", CONFIG_MAPS))[0] == 403
        await town.bind("gone", "User:ann")
        _, body = await town.ask(ANN, "GET", CONFIG_MAPS)
        assert body["message"].endswith(f'namespace "default": RBAC: clusterrole.{GROUP} "gone" not found')
        await town.role("gone", rule("core", "configmaps", "list"))
        assert (await town.ask(ANN, "GET", CONFIG_MAPS))[0] == 200
        await town.call("PATCH", f"{RBAC}/clusterroles/gone", {"rules": []}, media=MERGE)
        assert (await town.ask(ANN, "GET", CONFIG_MAPS))[0] == 403

    run(main)


def test_an_aggregated_role_holds_what_its_selectors_find() -> None:
    async def main() -> None:
        town = Town()
        selector = {"clusterRoleSelectors": [{"matchLabels": {"to": "sum"}}]}
        await town.made(f"{RBAC}/clusterroles", "sum", aggregationRule=selector, rules=[])
        await town.bind("sum", "User:ann")
        assert (await town.ask(ANN, "GET", CONFIG_MAPS))[0] == 403
        part = {"metadata": {"name": "part", "labels": {"to": "sum"}}, "rules": [rule("core", "configmaps", "list")]}
        assert (await town.call("POST", f"{RBAC}/clusterroles", part))[0] == 201
        assert (await town.ask(ANN, "GET", CONFIG_MAPS))[0] == 200

    run(main)


def test_paths_are_allowed_by_rule_too() -> None:
    async def main() -> None:
        town = Town()
        await town.made(f"{RBAC}/clusterroles", "paths", rules=[{"nonResourceURLs": ["/debug/*"], "verbs": ["get"]}])
        await town.bind("paths", "User:ann")
        assert (await town.ask(ANN, "GET", "/debug/x/y"))[0] == 404
        assert (await town.ask(ANN, "GET", "/debug"))[0] == 403
        assert (await town.ask(ANN, "POST", "/debug/x"))[0] == 403

    run(main)


def test_a_write_that_creates_needs_the_right_to_create() -> None:
    async def main() -> None:
        town = Town()
        await town.allow(ANN, rule("core", "configmaps", "patch"))
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "new"}}
        query = {"fieldManager": "t"}
        status, refusal = await town.ask(ANN, "PATCH", f"{CONFIG_MAPS}/new", body, media=APPLY, **query)
        assert (status, 'cannot create resource "configmaps"' in refusal["message"]) == (403, True)
        await town.role("create", rule("core", "configmaps", "create"))
        await town.bind("create", "User:ann")
        assert (await town.ask(ANN, "PATCH", f"{CONFIG_MAPS}/new", body, media=APPLY, **query))[0] == 201

    run(main)


def test_nobody_grants_what_they_dont_have() -> None:
    async def main() -> None:
        town = Town()
        await town.allow(ANN, rule(GROUP, "*", "*"), rule("core", "configmaps", "get"))
        # All verbs of the RBAC group hold escalate and bind as well: take these away.
        await town.call(
            "PATCH",
            f"{RBAC}/clusterroles/of-ann",
            {"rules": [rule(GROUP, "*", "get create update patch"), rule("core", "configmaps", "get")]},
            media=MERGE,
        )
        roles = f"{RBAC}/namespaces/default/roles"

        def role(name: str, verbs: str) -> dict[str, object]:
            return {"metadata": {"name": name}, "rules": [rule("core", "configmaps", verbs)]}

        assert (await town.ask(ANN, "POST", roles, role("fine", "get")))[0] == 201
        status, body = await town.ask(ANN, "POST", roles, role("more", "get list"))
        assert status == 403
        assert body["message"] == (
            f'roles.{GROUP} "more" is forbidden: user "ann" (groups=["system:authenticated"]) is attempting to grant '
            'RBAC permissions not currently held:\n{APIGroups:[""], Resources:["configmaps"], Verbs:["list"]}'
        )
        assert (await town.ask(ANN, "PATCH", f"{roles}/fine", {"rules": role("", "list")["rules"]}, media=MERGE))[
            0
        ] == 403
        assert (await town.ask(ANN, "PATCH", f"{roles}/fine", {"metadata": {"labels": {"a": "b"}}}, media=MERGE))[
            0
        ] == 200
        bindings = f"{RBAC}/namespaces/default/rolebindings"
        subject = {"kind": "User", "name": "ann", "apiGroup": GROUP}

        def binding(of: str, kind: str = "ClusterRole") -> dict[str, object]:
            reference = {"apiGroup": GROUP, "kind": kind, "name": of}
            return {"metadata": {"name": f"of-{of}"}, "subjects": [subject], "roleRef": reference}

        assert (await town.ask(ANN, "POST", bindings, binding("cluster-admin")))[0] == 403
        assert (await town.ask(ANN, "POST", bindings, binding("nowhere")))[0] == 403
        assert (await town.ask(ANN, "POST", bindings, binding("fine", "Role")))[0] == 201
        sum_of_all = {"metadata": {"name": "sum"}, "aggregationRule": {"clusterRoleSelectors": [{}]}}
        assert (await town.ask(ANN, "POST", f"{RBAC}/clusterroles", sum_of_all))[0] == 403
        await town.role("may", rule(GROUP, "clusterroles", "bind", "view"), rule(GROUP, "roles", "escalate"))
        await town.bind("may", "User:ann")
        assert (await town.ask(ANN, "POST", bindings, binding("view")))[0] == 201
        assert (await town.ask(ANN, "POST", bindings, binding("edit")))[0] == 403
        assert (await town.ask(ANN, "POST", roles, role("more", "get list")))[0] == 201

    run(main)


def test_what_covers_what() -> None:
    def one(verbs: str, resources: str = "pods", names: str = "") -> Rule:
        return Rule(verbs=verbs.split(), api_groups=[""], resources=resources.split(), names=names.split())

    assert not uncovered([one("*", "*")], [one("get list", "pods pods/log")])
    assert not uncovered([one("get"), one("list")], [one("get list")])
    assert uncovered([one("get", names="a")], [one("get")]) == [one("get")]
    assert not uncovered([one("get", names="a b")], [one("get", names="a")])
    assert uncovered([one("get", names="a")], [one("get", names="a c")]) == [one("get", names="c")]
    assert not uncovered([one("get", "*/status")], [one("get", "pods/status")])
    assert uncovered([one("get", "pods")], [one("get", "pods/status")])
    assert uncovered([one("get")], [one("*")])
    assert not uncovered([Rule(verbs=["get"], urls=["/a/*"])], [Rule(verbs=["get"], urls=["/a/b", "/a/b/*"])])
    assert uncovered([Rule(verbs=["get"], urls=["/a"])], [Rule(verbs=["get"], urls=["/a/*"])])


def test_service_accounts_are_bound_by_name_and_by_group() -> None:
    async def main() -> None:
        town = Town()
        account = (await town.made(f"{DEFAULT}/serviceaccounts", "robot"))["metadata"]
        token = await town.call("POST", f"{DEFAULT}/serviceaccounts/robot/token", {"spec": {}})
        assert token[0] == 201
        await town.bind("view", "ServiceAccount:default/robot")
        robot = person("system:serviceaccount:default:robot", "system:serviceaccounts")
        assert (await town.ask(robot, "GET", CONFIG_MAPS))[0] == 200
        assert account["uid"]

    run(main)
