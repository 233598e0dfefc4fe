"""The process behind ``myriarch controllers``: checks the hub, runs one replica, stops cleanly."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from myriarch.apiserver.access.chance import new_id
from myriarch.base.clock import RealClock, SteadyClock
from myriarch.base.errors import UserFault
from myriarch.cli.connect import access_of
from myriarch.cli.target import Target
from myriarch.client.remote import RemoteTransport
from myriarch.hub.preflight import preflight
from myriarch.hub.replica import Replica
from myriarch.hub.rights import PROFILE_RIGHTS
from myriarch.runtime.shards import Identity

NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9]{0,51}[a-z0-9])?")
STOPPING_SECONDS: Final = 10.0
"""Shards are let go within this, or left to expire."""


@dataclass(frozen=True, slots=True)
class ControllersOptions:
    """As given; ``replica`` is '' where it wasn't."""

    target: Target
    replica: str
    lease_seconds: float
    allow_exec: bool = False
    publish_profiles: bool = False


async def serve(options: ControllersOptions, say: Callable[[str], None]) -> None:
    """Run until SIGTERM or SIGINT. Raises UserFault where the hub can't be worked with."""
    name = _name(options.replica)
    access = access_of(options.target)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with RemoteTransport(access) as transport:
        version = await preflight(transport, access.server, PROFILE_RIGHTS if options.publish_profiles else ())
        say(f"controllers {name}: {access.server}, Kubernetes {version}")
        identity = Identity(name, new_id())
        replica = Replica(
            transport,
            RealClock(),
            SteadyClock(),
            identity,
            lease_seconds=options.lease_seconds,
            allow_exec=options.allow_exec,
            publish_profiles=options.publish_profiles,
            say=say,
        )
        await until_stopped(asyncio.create_task(replica.run(), name="replica"), stop)
    say("stopped")


async def until_stopped(running: asyncio.Task[Any], stop: asyncio.Event) -> None:
    """Wait for a signal, or raise what the replica dies of."""
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if running.done():
        running.result()
    running.cancel()
    await asyncio.wait((running,), timeout=STOPPING_SECONDS)


def _name(given: str) -> str:
    name = given or re.sub(r"[^a-z0-9-]", "-", socket.gethostname().partition(".")[0].lower()).strip("-")
    if not NAME.fullmatch(name):
        cure = "Give at most 53 lower case letters, digits and '-'."
        raise UserFault("--replica", name, "is no name of a replica", cure)
    return name
