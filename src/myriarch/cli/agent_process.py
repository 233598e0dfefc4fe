"""The process behind ``myriarch agent``: finds the two API servers, its credential, and stops at a signal.

Whatever may fail because of the user comes first: the kubeconfigs, the state folder, the bootstrap token.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import msgspec

from myriarch.agent.credential import ADDRESS, AgentCredentials, join_cure
from myriarch.agent.pull import PullAgent, PullSetup
from myriarch.agent.state import FolderState, SecretState, State
from myriarch.base.clock import RealClock
from myriarch.base.errors import Retryable, UserFault
from myriarch.client.client import Client
from myriarch.client.in_cluster import in_cluster_access
from myriarch.client.kubeconfig import Access, load_kubeconfig
from myriarch.client.remote import RemoteTransport

EXCHANGE_AGAIN_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class AgentOptions:
    """As given; None where it wasn't."""

    cluster: str
    bootstrap: Path | None
    kubeconfig: Path | None
    context: str
    state: Path | None
    allow_exec: bool


class _Address(msgspec.Struct):
    """Where the hub is, as the bootstrap kubeconfig said."""

    server: str
    ca_pem: str = ""
    tls_server_name: str = ""
    proxy_url: str = ""


async def run_agent(options: AgentOptions, say: Callable[[str], None]) -> None:
    """Work until SIGTERM or SIGINT. ``say`` gets lines for the log."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        setup = await _setup(options, stack, say)
        agent = PullAgent(setup, RealClock(), say)
        say(f"agent of {options.cluster}: working")
        working = asyncio.create_task(agent.run())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            working.cancel()
            [ended, _] = await asyncio.gather(working, stopping, return_exceptions=True)
        if isinstance(ended, Exception):
            raise ended


async def _setup(options: AgentOptions, stack: AsyncExitStack, say: Callable[[str], None]) -> PullSetup:
    member_access = _member_access(options)
    bootstrap = load_kubeconfig(options.bootstrap) if options.bootstrap else None
    member = await stack.enter_async_context(RemoteTransport(member_access))
    state = _state(options, member)
    credentials = AgentCredentials(options.cluster, state)
    known = await credentials.load()
    address = await _address(state, bootstrap, options.cluster)
    hub = await stack.enter_async_context(RemoteTransport(address, credentials))
    if not known:
        await _first_credential(options, credentials, bootstrap, Client(hub), say)
    holder = f"{socket.gethostname()}-{os.getpid()}"
    return PullSetup(options.cluster, hub, member, state, credentials, holder)


def _member_access(options: AgentOptions) -> Access:
    if options.kubeconfig is not None:
        return load_kubeconfig(options.kubeconfig, options.context, allow_exec=options.allow_exec)
    return in_cluster_access()


def _state(options: AgentOptions, member: RemoteTransport) -> State:
    if options.state is not None:
        return FolderState(options.state)
    if options.kubeconfig is None:
        return SecretState(Client(member))
    home = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return FolderState(home / "myriarch" / "agents" / options.cluster)


async def _address(state: State, bootstrap: Access | None, cluster: str) -> Access:
    """Where the hub is. A bootstrap kubeconfig counts more than what is kept: the hub may have moved."""
    if bootstrap is not None:
        kept = _Address(bootstrap.server, bootstrap.ca_pem.decode(), bootstrap.tls_server_name, bootstrap.proxy_url)
        await state.write(ADDRESS, msgspec.json.encode(kept))
        return replace(bootstrap, token="", token_file=None)
    text = await state.read(ADDRESS)
    if text is None:
        problem = "this agent has not joined a hub yet"
        raise UserFault("--bootstrap", "", problem, join_cure(cluster))
    kept = msgspec.json.decode(text, type=_Address)
    return Access(kept.server, kept.ca_pem.encode(), tls_server_name=kept.tls_server_name, proxy_url=kept.proxy_url)


async def _first_credential(
    options: AgentOptions,
    credentials: AgentCredentials,
    bootstrap: Access | None,
    hub: Client,
    say: Callable[[str], None],
) -> None:
    if bootstrap is None:
        problem = "the agent's own credential has expired, or was never given"
        raise UserFault("--bootstrap", "", problem, join_cure(options.cluster))
    async with RemoteTransport(bootstrap) as transport:
        await _patiently(lambda: credentials.exchange(Client(transport), str(options.bootstrap)), say)
    await _patiently(lambda: credentials.spend_bootstrap(hub), say)
    say("the bootstrap token has been exchanged for the agent's own credential")


async def _patiently(work: Callable[[], Awaitable[None]], say: Callable[[str], None]) -> None:
    """Until the hub answers."""
    while True:
        try:
            return await work()
        except Retryable as error:
            say(f"the hub: {error}; trying again")
            await asyncio.sleep(EXCHANGE_AGAIN_SECONDS)
