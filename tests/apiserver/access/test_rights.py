"""Start, approve, order, override and stop are separate rights."""

from __future__ import annotations

from typing import Any

import pytest
from tests.apiserver.access.people import Town, person, rule
from tests.apiserver.embedded import MERGE, run

from myriarch.api.crd import all_crds
from myriarch.api.rights import ROLES
from myriarch.apiserver.server import ApiServer
from myriarch.apiserver.store import Store

API = "/apis/myriarch.io/v1alpha1"
RELEASES = f"{API}/namespaces/default/releases"
WINDOWS = f"{API}/freezewindows"
OVERRIDES = f"{API}/overrides"
SPEC = {"component": "agent", "revision": "v2", "policy": "careful"}
OVERRIDE = {
    "bypass": ["Freeze"],
    "release": "default/r",
    "owner": "ann",
    "reason": "must",
    "expires": "2027-01-01T00:00:00Z",
}
STOP = {"stop": True, "reason": "halt"}
NIGHT = {"weekly": [{"days": ["Mon"], "from": "18:00", "until": "06:00"}], "reason": "night"}

Object = dict[str, Any]


class Hub(Town):
    """Serves Myriarch's kinds; holds a release, a stop and a window that is none."""

    def __init__(self) -> None:
        super().__init__()
        self.store = Store()
        self.server = ApiServer(clock=self.clock, crds=all_crds(), store=self.store)

    async def furnish(self) -> None:
        await self.made(RELEASES, "r", spec=SPEC)
        await self.made(WINDOWS, "halt", spec=STOP)
        await self.made(WINDOWS, "night", spec=NIGHT)


def patch(path: str, **spec: Any) -> tuple[str, str, Object | None]:
    return ("PATCH", path, {"spec": spec})


DEEDS: dict[str, tuple[str, str, Object | None]] = {
    "start": ("POST", RELEASES, {"metadata": {"name": "s"}, "spec": SPEC}),
    "start in a hurry": (
        "POST",
        RELEASES,
        {"metadata": {"name": "s"}, "spec": {**SPEC, "urgent": {"reason": "CVE-2026-1"}}},
    ),
    "approve": patch(f"{RELEASES}/r", approvals=[{"what": "production", "by": "ann"}]),
    "abort": patch(f"{RELEASES}/r", order="Abort"),
    "pause": patch(f"{RELEASES}/r", paused=True),
    "widen": patch(f"{RELEASES}/r", selector={"matchLabels": {"a": "b"}}),
    "label": ("PATCH", f"{RELEASES}/r", {"metadata": {"labels": {"a": "b"}}}),
    "override": ("POST", OVERRIDES, {"metadata": {"name": "o"}, "spec": OVERRIDE}),
    "stop": ("POST", WINDOWS, {"metadata": {"name": "s"}, "spec": STOP}),
    "freeze": ("POST", WINDOWS, {"metadata": {"name": "f"}, "spec": NIGHT}),
    "into a stop": patch(f"{WINDOWS}/night", stop=True),
    "narrow a stop": patch(f"{WINDOWS}/halt", environments=["sim"]),
    "lift": ("DELETE", f"{WINDOWS}/halt", None),
    "lift all": ("DELETE", WINDOWS, None),
    "unfreeze": ("DELETE", f"{WINDOWS}/night", None),
    "started and approved": (
        "POST",
        RELEASES,
        {"metadata": {"name": "s"}, "spec": {**SPEC, "approvals": [{"what": "production"}]}},
    ),
}
MAY = {
    "myriarch-viewer": set(),
    "myriarch-starter": {"start"},
    "myriarch-hastener": {"start", "start in a hurry"},
    "myriarch-approver": {"approve", "label"},
    "myriarch-operator": {"abort", "pause", "label"},
    "myriarch-overrider": {"override"},
    "myriarch-stopper": {"stop", "freeze", "into a stop", "narrow a stop", "lift", "unfreeze"},
}


@pytest.mark.parametrize("role", sorted(MAY))
def test_each_role_may_do_its_own_and_no_more(role: str) -> None:
    async def main() -> None:
        done = set()
        for deed, (method, path, body) in DEEDS.items():
            hub = Hub()
            await hub.furnish()
            await hub.bind(role, "User:ann")
            media = MERGE if method == "PATCH" else "application/json"
            status, answer = await hub.ask(person("ann"), method, path, body, media=media)
            assert status in (200, 201, 403), answer
            if status != 403:
                done.add(deed)
        assert done == MAY[role]

    assert set(MAY) == set(ROLES)
    run(main)


def test_a_refusal_names_the_verb_and_nothing_is_written() -> None:
    async def main() -> None:
        hub = Hub()
        await hub.furnish()
        await hub.bind("myriarch-approver", "User:ann")
        ann = person("ann")
        status, body = await hub.ask(ann, "PATCH", f"{RELEASES}/r", {"spec": {"order": "Abort"}}, media=MERGE)
        assert status == 403
        assert body["message"] == (
            'releases.myriarch.io "r" is forbidden: User "ann" cannot order resource "releases" in API group '
            '"myriarch.io" in the namespace "default": changing spec.order or spec.paused needs the verb \'order\' '
            "on releases.myriarch.io"
        )
        assert (await hub.call("GET", f"{RELEASES}/r"))[1]["spec"]["order"] == "None"
        for role in ("myriarch-starter", "myriarch-stopper"):
            await hub.bind(role, "User:ann")
        method, path, given = DEEDS["started and approved"]
        assert (await hub.ask(ann, method, path, given))[0] == 201
        assert (await hub.ask(ann, "PATCH", *DEEDS["widen"][1:], media=MERGE))[0] == 200
        assert (await hub.ask(ann, "DELETE", WINDOWS))[0] == 403

    run(main)


def test_a_stop_is_not_lifted_along_with_others() -> None:
    async def main() -> None:
        hub = Hub()
        await hub.furnish()
        ann = person("ann")
        await hub.allow(ann, rule("myriarch.io", "freezewindows", "deletecollection"))
        status, body = await hub.ask(ann, "DELETE", WINDOWS)
        assert (status, "needs the verb 'stop'" in body["message"]) == (403, True)
        assert len((await hub.call("GET", WINDOWS))[1]["items"]) == 2
        await hub.bind("myriarch-stopper", "User:ann")
        assert (await hub.ask(ann, "DELETE", WINDOWS))[0] == 200

    run(main)
