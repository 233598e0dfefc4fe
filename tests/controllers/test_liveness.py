"""A cluster is called silent for no longer than it is, though the answer to our own write was lost."""

from __future__ import annotations

from dataclasses import dataclass

from tests.hub.house import House, play

from myriarch.api.cluster import Cluster
from myriarch.client import refs
from myriarch.client.errors import Unreachable
from myriarch.client.http import Request, Response, Transport
from myriarch.controllers.cluster.liveness import CHECK_SECONDS, SILENT_SECONDS, called_silent


@dataclass
class LostAnswers:
    """Every write that calls a cluster silent is carried out, and its answer lost; the one that follows comes late."""

    inner: Transport
    lost: int = 0

    async def send(self, request: Request) -> Response:
        response = await self.inner.send(request)
        if request.method == "PATCH" and b"has not been heard" in request.body:
            self.lost += 1
            raise Unreachable("the answer was lost")
        return response


def test_a_cluster_that_is_back_before_we_know_that_we_called_it_silent() -> None:
    lines: list[LostAnswers] = []

    def wrap(_participant: str, transport: Transport) -> Transport:
        lines.append(LostAnswers(transport))
        return lines[-1]

    async def story(house: House) -> None:
        name = house.fleet.cluster_names()[0]
        house.fleet.set_partition(name, True)
        await house.until(lambda: _silent(house, name), within=SILENT_SECONDS + 3 * CHECK_SECONDS, step=1.0)
        house.fleet.set_partition(name, False)
        await house.wait(3 * CHECK_SECONDS)
        assert sum(line.lost for line in lines) == 1
        assert not await _silent(house, name)

    play(story, wrap=wrap)


async def _silent(house: House, name: str) -> bool:
    return called_silent(await house.client.get(refs.CLUSTERS, Cluster, name))
