"""The load of ``kube.py``, in a process of its own: the same bytes to whichever server it is told of.

Jobs come as JSON, one a line of stdin; each is answered by one line on stdout. A job names its requests (method, path,
body with ``{n}`` where the number goes) and how many connections send them, one at a time each; ``watchers`` makes it
a fan-out instead: so many watches, and the time from the first request to the last event at the last watcher.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import sys
from collections.abc import Iterator
from typing import Any

from http_wire import Lane, Server, Watch
from myriarch.base.clock import wall_seconds

FAN_OUT_SECONDS = 120.0
AT_ONCE = 50
LIST_VERSION = re.compile(rb'"metadata":\{[^{}]*"resourceVersion":"(\d+)"')


async def requests(server: Server, job: dict[str, Any]) -> dict[str, float]:
    """Send ``count`` requests from ``first`` on, or fewer where ``seconds`` are over."""
    begun = wall_seconds()
    end = begun + job.get("seconds", float("inf"))
    numbers = iter(range(job["first"], job["first"] + job["count"]))
    lanes = [await Lane.open(server) for _ in range(job["connections"])]
    done = await asyncio.gather(*(_send(lane, server, job, numbers, end) for lane in lanes))
    seconds = wall_seconds() - begun
    for lane in lanes:
        lane.close()
    return {"count": sum(done), "seconds": seconds, "bytes": sum(lane.received for lane in lanes)}


async def _send(lane: Lane, server: Server, job: dict[str, Any], numbers: Iterator[int], end: float) -> int:
    done = 0
    body, path = job.get("body", ""), job["path"]
    content_type = job.get("type", "application/json")
    for number in numbers:
        name = f"{number:05d}"
        text = body.replace("{n}", name).encode()
        await lane.ask(server.request(job["method"], path.replace("{n}", name), text, content_type))
        done += 1
        if wall_seconds() > end:
            break
    return done


async def fan_out(server: Server, job: dict[str, Any]) -> dict[str, float]:
    """Watch from now on with ``watchers`` connections, change objects, wait until all have heard of all."""
    lane = await Lane.open(server)
    newest = LIST_VERSION.search(await lane.ask(server.request("GET", f"{job['watch']}?limit=1")))
    lane.close()
    assert newest is not None, "a list without a resourceVersion"
    path = f"{job['watch']}?watch=true&resourceVersion={newest[1].decode()}&timeoutSeconds=600"
    watches: list[Watch] = []
    while len(watches) < job["watchers"]:
        some = min(AT_ONCE, job["watchers"] - len(watches))
        watches += await asyncio.gather(*(Watch.open(server, path, job["count"]) for _ in range(some)))
    begun = wall_seconds()
    await requests(server, job)
    told = wall_seconds() - begun
    async with asyncio.timeout(FAN_OUT_SECONDS):
        await asyncio.gather(*(watch.finished for watch in watches))
    seconds = wall_seconds() - begun
    for watch in watches:
        watch.close()
    return {"count": job["count"] * len(watches), "seconds": seconds, "toldSeconds": told}


async def main() -> None:
    given = json.loads(sys.stdin.readline())
    context = ssl.create_default_context(cafile=given["ca"]) if given["ca"] else None
    server = Server(given["url"], given["token"], context)
    while line := await asyncio.to_thread(sys.stdin.readline):
        job = json.loads(line)
        print(json.dumps(await (fan_out if job.get("watchers") else requests)(server, job)), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
