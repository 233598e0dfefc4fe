"""Acting as somebody else: with the right to it, or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.apiserver.access.people import AUTHENTICATION, Town, person, rule
from tests.apiserver.embedded import CONFIG_MAPS, run

from myriarch.apiserver.access.impersonation import impersonation
from myriarch.apiserver.access.user import Impersonation, User
from myriarch.apiserver.status import ApiError

ANN = person("ann")


def as_(user: User, name: str, *groups: str, **more: object) -> User:
    return replace(user, wants=Impersonation(name, groups, **more))  # type: ignore[arg-type]


def test_without_the_right_it_is_refused_never_ignored() -> None:
    async def main() -> None:
        town = Town()
        await town.allow(ANN, rule("core", "configmaps", "list"))
        assert (await town.ask(ANN, "GET", CONFIG_MAPS))[0] == 200
        status, body = await town.ask(as_(ANN, "bob"), "GET", CONFIG_MAPS)
        assert (status, body["message"]) == (
            403,
            'users "bob" is forbidden: User "ann" cannot impersonate resource "users" in API group "" '
            "at the cluster scope",
        )
        await town.role("as-bob", rule("core", "users", "impersonate", "bob"))
        await town.bind("as-bob", "User:ann")
        assert (await town.ask(as_(ANN, "bob"), "GET", CONFIG_MAPS))[0] == 403  # bob himself may not
        for wants in (as_(ANN, "eve"), as_(ANN, "bob", "system:masters"), as_(ANN, "bob", uid="7")):
            status, body = await town.ask(wants, "GET", "/version")
            assert (status, "impersonate" in body["message"]) == (403, True)
        extra = as_(ANN, "bob", extra=(("scopes", ("all",)),))
        _, body = await town.ask(extra, "GET", "/version")
        assert 'resource "userextras/scopes" in API group "authentication.k8s.io"' in body["message"]

    run(main)


def test_with_it_one_is_the_other_and_no_more() -> None:
    async def main() -> None:
        town = Town()
        root = person("root", "system:masters")
        await town.bind("view", "Group:readers")
        asked = await town.ask(as_(root, "bob", "readers"), "POST", f"{AUTHENTICATION}/selfsubjectreviews", {})
        assert asked[1]["status"]["userInfo"] == {"username": "bob", "groups": ["readers", "system:authenticated"]}
        assert (await town.ask(as_(root, "bob", "readers"), "GET", CONFIG_MAPS))[0] == 200
        assert (await town.ask(as_(root, "bob"), "GET", CONFIG_MAPS))[0] == 403
        robot = "system:serviceaccount:default:robot"
        _, body = await town.ask(as_(root, robot), "POST", f"{AUTHENTICATION}/selfsubjectreviews", {})
        assert "system:serviceaccounts:default" in body["status"]["userInfo"]["groups"]
        assert (await town.ask(as_(root, "bob", "system:masters"), "GET", CONFIG_MAPS))[0] == 200

    run(main)


def test_headers_are_read_whole() -> None:
    assert impersonation({"accept": "x"}) is None
    found = impersonation(
        {"impersonate-user": "bob", "impersonate-group": "a\nb", "impersonate-extra-acme.io%2fx": "1\n2"}
    )
    assert found == Impersonation("bob", ("a", "b"), "", (("acme.io/x", ("1", "2")),))
    for wrong in ({"impersonate-group": "a"}, {"impersonate-uid": "1"}, {"impersonate-user": ""}):
        with pytest.raises(ApiError, match="without impersonating a user"):
            impersonation(wrong)
    with pytest.raises(ApiError, match="once"):
        impersonation({"impersonate-user": "bob\nann"})
