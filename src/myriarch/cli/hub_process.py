"""The process behind ``myriarch hub``: opens what is on disk, starts the parts, serves, and stops cleanly.

Whatever may fail because of the user comes first, before anything is written: the fleet file, the port, then
the database, then the fleet. The folder of a hub holds ``hub.db`` (its objects), ``fleet/`` (the simulated fleet),
``token`` and, unless told otherwise, ``kubeconfig``; who gets in is in ``hub_access.py``.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from myriarch.apiserver.access.audit import AuditLog
from myriarch.apiserver.access.chance import new_seed, new_token
from myriarch.apiserver.access.limits import Limiter
from myriarch.apiserver.access.tls import ServerTls
from myriarch.apiserver.access.user import User
from myriarch.apiserver.kubeconfig import write_kubeconfig
from myriarch.apiserver.serve import LoopServer
from myriarch.apiserver.server import refused
from myriarch.apiserver.sqlite import SqliteJournal
from myriarch.apiserver.status import unavailable
from myriarch.apiserver.store import Store
from myriarch.base.clock import RealClock
from myriarch.base.errors import UserFault
from myriarch.cli.hub_access import (
    AUDIT,
    Keys,
    Listening,
    check,
    endpoint_of,
    keep_endpoint,
    keys_of,
    renewing,
    server_tls,
)
from myriarch.cli.hub_fleet import open_fleet, read_fleet
from myriarch.client.http import Request, Response
from myriarch.gates.sockets import fetch
from myriarch.hub.hub import Hub

DEFAULT_PORT: Final = 7443
ADMIN: Final = "admin"
TOKEN: Final = "token"  # noqa: S105 (the name of a file)
PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600


@dataclass(frozen=True, slots=True)
class HubOptions:
    """As given; ``clusters``, ``fleet`` and ``seed`` are None where they weren't."""

    data: Path
    port: int
    clusters: int | None
    fleet: Path | None
    seed: int | None
    kubeconfig: Path
    listening: Listening
    audit: bool
    publish_profiles: bool = False


async def serve(options: HubOptions, say: Callable[[str], None]) -> None:
    """Run until SIGTERM or SIGINT. ``say`` gets one line once the hub can be used."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with running(options) as (line, hub):
        if not stop.is_set():
            say(line)
        await _stopped(stop, hub)


async def _stopped(stop: asyncio.Event, hub: Hub) -> None:
    """Wait for a signal. Raises what a part of the hub died of, if one does."""
    waiting = [asyncio.ensure_future(stop.wait()), asyncio.ensure_future(hub.failed())]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for each in waiting:
        each.cancel()
    hub.check()


@asynccontextmanager
async def running(options: HubOptions) -> AsyncIterator[tuple[str, Hub]]:
    """The line that says that the hub answers, and the hub. Everything is closed in the end, in reverse order."""
    async with AsyncExitStack() as stack:
        door = _Door()
        wanted = read_fleet(options.clusters, options.fleet, options.seed)
        check(options.listening)
        token = _token_in(_folder(options.data)) or new_token()
        tls = server_tls(options.data, options.listening)
        keys = keys_of(options.data, token, ADMIN)
        server = _server(options, door, keys, tls, stack)
        journal = SqliteJournal(_private(options.data / "hub.db"))
        stack.callback(journal.close)
        fleet = open_fleet(options.data / "fleet", options.clusters, wanted, options.seed)
        stack.callback(fleet.close)
        store, profiles = Store(journal), options.publish_profiles
        hub = Hub(
            clock=RealClock(),
            fleet=fleet,
            store=store,
            seed=new_seed(),
            publish_profiles=profiles,
            real_clusters=True,
            fetch=fetch,
            ca_pem="" if tls is None else tls.authority_pem.decode(),
        )
        hub.server.desk.trust(keys.issuer, keys.authenticator)
        await hub.start()
        stack.push_async_callback(hub.stop)
        door.hub = hub
        await server.start()
        _keep_token(options.data, token)
        endpoint = endpoint_of(server.url, tls)
        keep_endpoint(options.data, endpoint)
        write_kubeconfig(options.kubeconfig, url=server.url, token=token, endpoint=endpoint)
        clusters = len(fleet.cluster_names())
        line = f"hub ready: {server.url}, {clusters} clusters, {fleet.node_count} nodes"
        yield f"{line}, kubeconfig {options.kubeconfig.absolute()}", hub


def _server(options: HubOptions, door: _Door, keys: Keys, tls: ServerTls | None, stack: AsyncExitStack) -> LoopServer:
    """Bound to its port, not yet answering. What must be closed is pushed onto ``stack``."""
    listening = options.listening
    context = None if tls is None else tls.context
    server = LoopServer(
        door.handle,
        keys.authenticator,
        host=listening.address,
        port=options.port,
        tls=context,
        limiter=Limiter(),
        audit=_audit(options, stack),
    )
    stack.push_async_callback(server.stop)
    if tls is not None:
        stack.callback(asyncio.create_task(renewing(tls)).cancel)
    return server


def _audit(options: HubOptions, stack: AsyncExitStack) -> AuditLog | None:
    if not options.audit:
        return None
    log = AuditLog(options.data / AUDIT)
    stack.callback(log.close)
    return log


class _Door:
    """The port is taken before there is a hub behind it."""

    def __init__(self) -> None:
        self.hub: Hub | None = None

    async def handle(self, request: Request, user: User) -> Response:
        if self.hub is None:
            return refused(unavailable("the hub is starting"))
        return await self.hub.server.handle(request, user)


def _private(path: Path) -> Path:
    """Secrets lie in the database: it is its owner's only, whatever folder it is in."""
    with contextlib.suppress(OSError):  # who can't write it is told so where it is opened
        file = os.open(path, os.O_WRONLY | os.O_CREAT, PRIVATE_FILE)
        os.fchmod(file, PRIVATE_FILE)
        os.close(file)
    return path


def _folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    except OSError as error:
        problem = f"can't be made ({error.strerror})"
        raise UserFault("--data", str(path), problem, "Give a folder you may write to.") from None
    return path


def _token_in(folder: Path) -> str:
    """The token that the folder holds, or ''."""
    path = folder / TOKEN
    try:
        return path.read_text("ascii").strip() if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise _token_fault(path, error) from None


def _keep_token(folder: Path, token: str) -> None:
    """Kubeconfigs outlive restarts: the token stays what it was first."""
    path = folder / TOKEN
    try:
        if not path.exists() or not path.read_text("ascii").strip():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE), "w") as file:
                file.write(token + "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise _token_fault(path, error) from None


def _token_fault(path: Path, error: Exception) -> UserFault:
    problem = getattr(error, "strerror", None) or "is not a token"
    return UserFault("--data", str(path), problem, "Give a folder you may write to, or delete that file.")
