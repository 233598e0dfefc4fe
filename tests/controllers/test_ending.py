"""What must still be done when a release has ended in its status: grants, letting go, a crash in between."""

from __future__ import annotations

from tests.hub.house import House, play

from myriarch.api.cluster import Direction
from myriarch.api.release import Order, Phase
from myriarch.client import refs
from myriarch.client.http import Request, Response, Transport


class Lossy:
    """Refuses the controllers' writes of grants while ``broken``."""

    def __init__(self, inner: Transport, switch: dict[str, bool]) -> None:
        self.inner = inner
        self.switch = switch

    async def send(self, request: Request) -> Response:
        grant = request.method == "PATCH" and "/clusters/" in request.path and not request.path.endswith("/status")
        if grant and self.switch["broken"]:
            return Response(status=500, headers={}, body=b"{}")
        return await self.inner.send(request)


def _lossy(switch: dict[str, bool]):  # type: ignore[no-untyped-def]
    return lambda name, inner: Lossy(inner, switch) if name == "controllers" else inner


def test_an_abort_whose_grants_could_not_be_written_holds_the_clusters_later() -> None:
    switch = {"broken": False}

    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.phase("r", Phase.GATED, Phase.SOAKING)
        await house.until(lambda: _second_wave(house), step=1.0)
        switch["broken"] = True
        await house.order("r", order=Order.ABORT)
        await house.phase("r", Phase.ABORTED)
        await house.wait(5)
        await house.hub.crash("controllers")
        switch["broken"] = False
        await house.hub.restart("controllers")
        await house.wait(60)
        assert {grant.direction for grant in (await house.granted("r")).values()} == {Direction.HOLD}
        assert (await house.component()).status.active_release == ""

    play(story, wrap=_lossy(switch))


async def _second_wave(house: House) -> bool:
    release = await house.get("r")
    return release.status.wave == 1 and house.begun(1) > 3


def test_a_release_deleted_on_its_way_stops_and_lets_the_component_go() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.until(lambda: _second_wave(house), step=1.0)
        await house.client.delete(refs.RELEASES, "r", "default")
        await house.wait(5)
        begun = house.begun(1)
        await house.wait(600)
        assert house.begun(1) == begun
        assert (await house.component()).status.active_release == ""
        await house.release("next", "v3")
        assert (await house.ended("next")).status.phase is Phase.SUCCEEDED
        assert {key for name in house.names() for key in house.at(name)} == {"v3"}

    play(story)


def test_a_release_deleted_while_the_controllers_are_down_is_let_go_when_they_are_back() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.until(lambda: _second_wave(house), step=1.0)
        await house.hub.crash("controllers")
        await house.client.delete(refs.RELEASES, "r", "default")
        await house.hub.restart("controllers")
        await house.wait(60)
        assert {grant.direction for grant in (await house.granted("r")).values()} == {Direction.HOLD}
        assert (await house.component()).status.active_release == ""

    play(story)


def test_a_release_made_anew_under_its_name_does_not_inherit_the_old_ones_progress() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.phase("r", Phase.SOAKING)
        await house.client.delete(refs.RELEASES, "r", "default")
        await house.release("r", "v3")
        await house.phase("r", Phase.ADVANCING, Phase.SOAKING, step=1.0)
        assert (await house.get("r")).status.attempt > 1
        assert (await house.ended("r")).status.phase is Phase.SUCCEEDED
        assert {key for name in house.names() for key in house.at(name)} == {"v3"}

    play(story)


def test_abort_then_roll_back_brings_every_node_back() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.until(lambda: _second_wave(house), step=1.0)
        await house.order("r", order=Order.ABORT)
        await house.phase("r", Phase.ABORTED)
        await house.wait(300)
        assert house.at().get("v2")
        await house.order("r", order=Order.ROLL_BACK)
        await house.phase("r", Phase.ROLLED_BACK)
        assert set(house.at()) == {"v1"}
        await house.wait(60)
        assert (await house.component()).status.active_release == ""

    play(story)


def test_an_order_before_the_begin_ends_the_release_once() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v9", order=Order.ROLL_BACK)
        release = await house.ended("r")
        await house.wait(600)
        again = await house.get("r")
        assert again.metadata.resource_version == release.metadata.resource_version

    play(story)


def test_an_abort_with_a_later_release_behind_it_does_not_block_the_next() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.until(lambda: _second_wave(house), step=1.0)
        await house.order("r", order=Order.ABORT)
        await house.phase("r", Phase.ABORTED)
        await house.release("second", "v3")
        assert (await house.ended("second")).status.phase is Phase.SUCCEEDED
        await house.order("r", order=Order.ROLL_BACK)
        await house.wait(120)
        assert {key for name in house.names() for key in house.at(name)} == {"v3"}
        await house.release("third", "v2")
        assert (await house.ended("third")).status.phase is Phase.SUCCEEDED

    play(story)


def test_a_rollback_of_a_release_to_where_the_fleet_already_stands_ends() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v1")
        await house.until(lambda: _second_wave(house), step=1.0)
        await house.order("r", order=Order.ROLL_BACK)
        await house.phase("r", Phase.ROLLED_BACK, within=7200.0)
        assert set(house.at()) == {"v1"}

    play(story)
