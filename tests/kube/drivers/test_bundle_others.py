"""A bundle among others: objects that exist already, fields that others keep, and what somebody changes afterwards."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.kube.control_plane import ControlPlane
from tests.kube.drivers.bundles import CONFIG_MAPS, Bundle, bundle, config_map, eventually, namespace

from myriarch.client.client import PatchKind
from myriarch.client.errors import NotFound
from myriarch.client.objects import Raw


async def by_another(made: Bundle, where: str, name: str, data: dict[str, str], **metadata: Any) -> None:
    """Another manager writes the ConfigMap."""
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}, "data": data}
    await made.client.patch(
        CONFIG_MAPS,
        Raw,
        name,
        body,
        namespace=where,
        patch_kind=PatchKind.APPLY,
        field_manager="rival",
        force=True,
    )


async def data_of(made: Bundle, where: str, name: str) -> dict[str, str]:
    found: dict[str, str] = (await made.get(CONFIG_MAPS, name, where))["data"]
    return found


def test_what_exists_is_adopted_only_as_told(full_control_plane: ControlPlane) -> None:
    where = "bundle-adopt"

    async def scenario() -> None:
        async with bundle(full_control_plane, where) as made:
            await made.bring("v1", {"manifests": [namespace(where)]})
            await by_another(made, where, "free", {"a": "1"})
            await by_another(made, where, "helms", {"a": "1"}, annotations={"meta.helm.sh/release-name": "shop"})
            free, helms = config_map("free", where, b="2"), config_map("helms", where, b="2")

            said = await made.stuck("v2", {"manifests": [namespace(where), free]})
            assert said.startswith("ObjectExists: ConfigMap bundle-adopt/free")
            assert "adopt: IfUnowned" in said
            await made.bring("v3", {"manifests": [namespace(where), free], "adopt": "IfUnowned"})
            assert await data_of(made, where, "free") == {"a": "1", "b": "2"}

            both = [namespace(where), free, helms]
            said = await made.stuck("v4", {"manifests": both, "adopt": "IfUnowned"})
            assert said.startswith("ObjectOfAnother: ConfigMap bundle-adopt/helms: it belongs to Helm release 'shop'")
            await made.bring("v5", {"manifests": both, "adopt": "Force"})
            assert await data_of(made, where, "helms") == {"a": "1", "b": "2"}

    asyncio.run(scenario())


def test_two_bundles_do_not_share_an_object(full_control_plane: ControlPlane) -> None:
    where = "bundle-shared"

    async def scenario() -> None:
        async with bundle(full_control_plane, where) as first, bundle(full_control_plane, "bundle-second") as second:
            await first.bring("v1", {"manifests": [namespace(where), config_map("c", where, a="1")]})
            said = await second.stuck("v1", {"manifests": [config_map("c", where, a="1")], "adopt": "IfUnowned"})
            assert "belongs to bundle 'bundle-shared'" in said
            await second.bring("nothing", {"manifests": []})
            assert await data_of(first, where, "c") == {"a": "1"}

    asyncio.run(scenario())


def test_a_bundle_that_fights_another_manager_says_so(full_control_plane: ControlPlane) -> None:
    where = "bundle-fight"

    async def scenario() -> None:
        async with bundle(full_control_plane, where) as made:
            keep = {"drift": "Report"}
            await made.bring("v1", {"manifests": [namespace(where), config_map("c", where, a="1")], **keep})
            await by_another(made, where, "c", {"a": "9"})
            newer = [namespace(where), config_map("c", where, a="2")]
            said = await made.stuck("v2", {"manifests": newer, **keep})
            assert said.startswith("FieldsOwnedByOthers: ConfigMap bundle-fight/c: .data.a: kept by 'rival'")
            assert await data_of(made, where, "c") == {"a": "9"}
            await made.bring("v3", {"manifests": newer, "adopt": "Force"})
            assert await data_of(made, where, "c") == {"a": "2"}

    asyncio.run(scenario())


def test_drift_is_told_and_put_right(full_control_plane: ControlPlane) -> None:
    where = "bundle-drift"

    async def scenario() -> None:
        async with bundle(full_control_plane, where) as made:
            await made.bring("v1", {"manifests": [namespace(where), config_map("c", where, a="1")]})
            await by_another(made, where, "c", {"a": "9"})

            async def righted() -> bool:
                return await data_of(made, where, "c") == {"a": "1"}

            await eventually(righted, "the field is put right")
            await eventually(lambda: says(made, "DriftCorrected"), "it is told")
            trouble = made.mover.trouble()
            assert trouble is not None
            assert "ConfigMap bundle-drift/c .data.a (by 'rival')" in trouble.message

            await made.client.delete(CONFIG_MAPS, "c", where)

            async def back() -> bool:
                try:
                    return await righted()
                except NotFound:
                    return False

            await eventually(back, "what was deleted is there again")

    asyncio.run(scenario())


def test_drift_is_only_told_where_the_revision_says_so(full_control_plane: ControlPlane) -> None:
    where = "bundle-report"

    async def scenario() -> None:
        async with bundle(full_control_plane, where) as made:
            objects = [namespace(where), config_map("c", where, a="1")]
            await made.bring("v1", {"manifests": objects, "drift": "Report"})
            await by_another(made, where, "c", {"a": "9"})
            await eventually(lambda: says(made, "Drifted"), "it is told")
            assert await data_of(made, where, "c") == {"a": "9"}
            await by_another(made, where, "c", {"a": "1"})
            await eventually(lambda: says(made, ""), "it is over")

    asyncio.run(scenario())


def test_one_who_writes_again_and_again_is_told_of_and_left_alone(full_control_plane: ControlPlane) -> None:
    where = "bundle-rival"

    async def scenario() -> None:
        async with bundle(full_control_plane, where) as made:
            await made.bring("v1", {"manifests": [namespace(where), config_map("c", where, a="1")]})

            async def fights() -> bool:
                if await data_of(made, where, "c") == {"a": "1"}:
                    await by_another(made, where, "c", {"a": "9"})
                return await says(made, "FieldsOwnedByOthers")

            await eventually(fights, "it gives up and says so")
            assert await data_of(made, where, "c") == {"a": "9"}

    asyncio.run(scenario())


async def says(made: Bundle, reason: str) -> bool:
    trouble = made.mover.trouble()
    return (trouble.reason if trouble else "") == reason


def test_prune_leaves_what_others_made_and_what_is_marked(full_control_plane: ControlPlane) -> None:
    where = "bundle-prune"

    async def scenario() -> None:
        async with bundle(full_control_plane, where) as made:
            kept = config_map("kept", where)
            kept["metadata"]["annotations"] = {"myriarch.io/prune": "disabled"}
            everything = [namespace(where), kept, config_map("others", where), config_map("ours", where)]
            await made.bring("v1", {"manifests": everything, "drift": "Report"})
            await made.client.delete(CONFIG_MAPS, "others", where)
            await by_another(made, where, "others", {"mine": "yes"}, labels={"myriarch.io/bundle": where})
            await made.bring("v2", {"manifests": [namespace(where)], "drift": "Report"})
            left = await made.client.list(CONFIG_MAPS, Raw, where)
            names = {each["metadata"]["name"] for each in left.items}
            assert {"kept", "others"} <= names
            assert "ours" not in names

    asyncio.run(scenario())


def test_without_the_right_to_apply_it_says_what_is_missing(full_control_plane: ControlPlane) -> None:
    where = "bundle-rights"

    async def scenario() -> None:
        powerless = full_control_plane.kubeconfig_for("bundle-nobody")
        async with bundle(full_control_plane, where, kubeconfig=powerless, keep=True) as made:
            await eventually(lambda: says(made, "Forbidden"), "it is told before anything is moved")
            trouble = made.mover.trouble()
            assert trouble is not None
            assert "the bundle's inventory: configmaps" in trouble.message
            assert "Give the account that the agent uses the right" in trouble.message

    asyncio.run(scenario())
