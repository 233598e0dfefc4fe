"""Questions about access, and their answers."""

from __future__ import annotations

from typing import Any

from tests.apiserver.access.people import AUTHENTICATION, DEFAULT, REVIEWS, Town, person, rule
from tests.apiserver.embedded import run

from myriarch.apiserver.access.user import User

ANN = person("ann", "team")
LIST = {"resource": "configmaps", "verb": "list", "namespace": "default"}

Object = dict[str, Any]


async def may(town: Town, user: User, **spec: Any) -> Object:
    status, body = await town.ask(user, "POST", f"{REVIEWS}/selfsubjectaccessreviews", {"spec": spec})
    assert (status, body["kind"], body["spec"]) == (201, "SelfSubjectAccessReview", spec)
    answer: Object = body["status"]
    return answer


def test_may_i() -> None:
    async def main() -> None:
        town = Town()
        assert await may(town, ANN, resourceAttributes=LIST) == {"allowed": False}
        await town.bind("view", "Group:team", "default")
        reason = 'RBAC: allowed by RoleBinding "view-team/default" of ClusterRole "view" to Group "team"'
        assert await may(town, ANN, resourceAttributes=LIST) == {"allowed": True, "reason": reason}
        assert await may(town, ANN, resourceAttributes={**LIST, "namespace": ""}) == {"allowed": False}
        assert (await may(town, ANN, nonResourceAttributes={"path": "/version", "verb": "get"}))["allowed"]
        assert not (await may(town, ANN, nonResourceAttributes={"path": "/logs", "verb": "get"}))["allowed"]
        assert await may(town, person("root", "system:masters"), resourceAttributes=LIST) == {"allowed": True}
        for wrong, code in (({}, 422), ({"resourceAttributes": {}, "nonResourceAttributes": {}}, 422), (3, 400)):
            assert (await town.ask(ANN, "POST", f"{REVIEWS}/selfsubjectaccessreviews", {"spec": wrong}))[0] == code
        other = {"kind": "Pod", "apiVersion": "v1"}
        assert (await town.ask(ANN, "POST", f"{REVIEWS}/selfsubjectaccessreviews", other))[0] == 400
        assert (await town.ask(person("root", "system:masters"), "GET", f"{REVIEWS}/selfsubjectaccessreviews"))[
            0
        ] == 405

    run(main)


def test_may_they_is_for_those_who_may_ask() -> None:
    async def main() -> None:
        town = Town()
        await town.bind("view", "User:bob", "default")
        spec = {"user": "bob", "resourceAttributes": LIST}
        path = f"{REVIEWS}/subjectaccessreviews"
        assert (await town.ask(ANN, "POST", path, {"spec": spec}))[0] == 403
        status, body = await town.call("POST", path, {"spec": spec})
        assert (status, body["status"]["allowed"]) == (201, True)
        status, body = await town.call("POST", path, {"spec": {**spec, "user": "eve"}})
        assert (status, body["status"]["allowed"]) == (201, False)
        status, body = await town.call("POST", path, {"spec": {**spec, "user": "eve", "groups": ["system:masters"]}})
        assert (status, body["status"]["allowed"]) == (201, True)
        assert (await town.call("POST", path, {"spec": {"resourceAttributes": LIST}}))[0] == 422
        local = f"{REVIEWS}/namespaces/default/localsubjectaccessreviews"
        assert (await town.call("POST", local, {"spec": spec}))[1]["status"]["allowed"]
        elsewhere = {**spec, "resourceAttributes": {**LIST, "namespace": "other"}}
        assert (await town.call("POST", local, {"spec": elsewhere}))[0] == 422

    run(main)


def test_what_may_i() -> None:
    async def main() -> None:
        town = Town()
        await town.role("maps", rule("core", "configmaps", "get", "a"))
        await town.bind("maps", "User:ann", "default")
        path = f"{REVIEWS}/selfsubjectrulesreviews"
        status, body = await town.ask(ANN, "POST", path, {"spec": {"namespace": "default"}})
        mine = {"verbs": ["get"], "apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["a"]}
        assert (status, mine in body["status"]["resourceRules"], body["status"]["incomplete"]) == (201, True, False)
        assert any("/version" in each["nonResourceURLs"] for each in body["status"]["nonResourceRules"])
        _, body = await town.ask(ANN, "POST", path, {"spec": {"namespace": "other"}})
        assert mine not in body["status"]["resourceRules"]
        assert (await town.ask(ANN, "POST", path, {"spec": {}}))[0] == 400
        _, body = await town.call("POST", path, {"spec": {"namespace": "default"}})
        assert {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]} in body["status"]["resourceRules"]

    run(main)


def test_who_am_i_and_whose_token() -> None:
    async def main() -> None:
        town = Town()
        status, body = await town.ask(ANN, "POST", f"{AUTHENTICATION}/selfsubjectreviews", {})
        assert status == 201
        assert body["status"]["userInfo"] == {"username": "ann", "groups": ["team", "system:authenticated"]}
        uid = (await town.made(f"{DEFAULT}/serviceaccounts", "robot"))["metadata"]["uid"]
        token = (await town.call("POST", f"{DEFAULT}/serviceaccounts/robot/token", {}))[1]["status"]["token"]
        path = f"{AUTHENTICATION}/tokenreviews"
        assert (await town.ask(ANN, "POST", path, {"spec": {"token": token}}))[0] == 403
        status, body = await town.call("POST", path, {"spec": {"token": token}})
        assert (status, body["status"]["authenticated"]) == (201, True)
        assert (body["status"]["user"]["username"], body["status"]["user"]["uid"]) == (
            "system:serviceaccount:default:robot",
            uid,
        )
        assert token not in str(body)
        for wrong in (token[:-4] + "AAAA", "x", "a.b.c"):
            _, body = await town.call("POST", path, {"spec": {"token": wrong}})
            assert "authenticated" not in body["status"]
            assert body["status"]["error"]
        _, body = await town.call("POST", path, {"spec": {"token": token, "audiences": ["others"]}})
        assert "authenticated" not in body["status"]
        assert (await town.call("POST", path, {"spec": {}}))[0] == 422
        await town.call("DELETE", f"{DEFAULT}/serviceaccounts/robot")
        assert "authenticated" not in (await town.call("POST", path, {"spec": {"token": token}}))[1]["status"]

    run(main)
