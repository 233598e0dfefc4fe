"""What a hub decided, as its objects tell it: where each release went in order, and whom each wave moved how far.

Two watches, of releases and of clusters, are put into one order by resourceVersion, which one store counts for both.
A release's place is written before the grants that follow from it, so each grant belongs to the last place before it.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from myriarch.client.client import Client
from myriarch.client.objects import Bookmark, Deleted, Raw
from myriarch.client.refs import CLUSTERS, RELEASES
from myriarch.client.resource import ResourceRef

Step = tuple[str, str, int, str]
"""Phase, stage, wave, reason."""

Unit = tuple[str, int, bool, str]
"""Cluster, ceiling, whether that is all nodes, and the values to cover."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Of one release: its transitions, and by (stage, wave, direction) the grants first written there, sorted."""

    steps: tuple[Step, ...]
    units: dict[tuple[str, int, str], tuple[Unit, ...]]


class Log:
    """``watch`` until cancelled; ``decided`` afterwards."""

    def __init__(self) -> None:
        self._events: list[tuple[int, dict[str, Any]]] = []

    async def watch(self, client: Client) -> None:
        await asyncio.gather(self._hear(client, RELEASES), self._hear(client, CLUSTERS))

    async def _hear(self, client: Client, ref: ResourceRef) -> None:
        version = (await client.list(ref, Raw)).resource_version
        while True:
            watch = client.watch(ref, Raw, resource_version=version)
            async with aclosing(watch) as events:
                async for event in events:
                    if isinstance(event, Bookmark | Deleted):
                        continue
                    version = event.object["metadata"]["resourceVersion"]
                    self._events.append((int(version), event.object))

    def decided(self) -> dict[str, Decided]:
        """By release."""
        places: dict[str, tuple[str, int]] = {}
        steps: dict[str, tuple[Step, ...]] = {}
        units: dict[str, dict[tuple[str, int, str], set[Unit]]] = defaultdict(lambda: defaultdict(set))
        held: dict[str, Any] = {}
        for _, found in sorted(self._events, key=lambda event: event[0]):
            name = found["metadata"]["name"]
            if found["kind"] == "Release":
                status = found.get("status", {})
                places[name] = (status.get("stageName", ""), status.get("wave", 0))
                steps[name] = tuple(_step(entry) for entry in status.get("timeline", []))
                continue
            for grant in found["spec"].get("components", []):
                release, unit = grant.get("release", "").removeprefix("default/"), _unit(name, grant)
                known = (release, grant["direction"], unit)
                if release and grant["direction"] != "Hold" and held.get(name) != known:
                    held[name] = known
                    units[release][*places[release], grant["direction"]].add(unit)
        return {
            name: Decided(taken, {place: tuple(sorted(each)) for place, each in units[name].items()})
            for name, taken in steps.items()
        }


def _step(entry: dict[str, Any]) -> Step:
    return (entry["phase"], entry.get("stage", ""), entry.get("wave", 0), entry.get("reason", ""))


def _unit(cluster: str, grant: dict[str, Any]) -> Unit:
    cover = sorted((each["attribute"], each["value"], each["nodes"]) for each in grant.get("cover", []))
    return (cluster, grant.get("ceiling", 0), grant.get("allNodes", False), repr(cover))
