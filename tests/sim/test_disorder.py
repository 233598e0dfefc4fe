"""A cache ends up like the server though events come twice, late, and in another order than they happened."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import numpy as np
import pytest
from tests.client.fake_api import FakeApi
from tests.client.test_informer import Seen, Widget, tell

from myriarch.client import informer as informer_module
from myriarch.client.http import Request, Response
from myriarch.client.informer import Informer
from myriarch.sim.faults.disorder import Disorderly

RATE = 0.4
SEEDS = range(6)


class DisorderlyApi(FakeApi):
    """Its watches meddle with a share of their events."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.dice = np.random.default_rng(seed)

    async def send(self, request: Request) -> Response:
        response = await super().send(request)
        if response.stream is None:
            return response
        return replace(response, stream=Disorderly(response.stream, RATE, self.dice, lambda: True))


async def busy(api: FakeApi, _informer: Informer[Widget], _seen: Seen) -> None:
    """Objects come, change, go and come again, while watches drop now and then."""
    dice = np.random.default_rng(1)
    for step in range(120):
        name = "ab"[int(dice.integers(2))]
        if name in api.objects and dice.random() < 0.3:
            api.remove(name)
        else:
            api.put(name, size=step)
        if step % 40 == 20:
            api.drop_watches()
        await asyncio.sleep(float(dice.random() * 3))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_cache_ends_up_like_the_server(seed: int) -> None:
    tell(busy, DisorderlyApi(seed))


def test_without_the_guard_it_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_version: str, _than: str) -> bool:
        return False

    monkeypatch.setattr(informer_module, "is_older", never)
    assert any(_fails(seed) for seed in SEEDS)


def _fails(seed: int) -> bool:
    try:
        tell(busy, DisorderlyApi(seed))
    except AssertionError:
        return True
    return False


@pytest.mark.parametrize(
    ("version", "than", "older"), [("9", "10", True), ("10", "9", False), ("9", "", False), ("a9", "b1", False)]
)
def test_versions_that_are_no_numbers_are_never_older(version: str, than: str, older: bool) -> None:
    assert informer_module.is_older(version, than) is older
