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
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from myriarch.agent.credential import ADDRESS, AgentCredentials, join_cure
from myriarch.agent.pull import PullAgent, PullSetup
from myriarch.agent.state import SYSTEM_NAMESPACE, FolderState, SecretState, State
from myriarch.apiserver.access.chance import new_id
from myriarch.base.clock import RealClock
from myriarch.base.errors import Retryable, UserFault
from myriarch.client.client import Client
from myriarch.client.in_cluster import in_cluster_access
from myriarch.client.kubeconfig import Access, load_kubeconfig
from myriarch.client.remote import RemoteTransport

EXCHANGE_AGAIN_SECONDS: Final = 5.0
LOCK_AGAIN_SECONDS: Final = 1.0
HOLDER_DIGITS: Final = 8


@dataclass(frozen=True, slots=True)
class AgentOptions:
    """As given; None where it wasn't."""

    cluster: str
    bootstrap: Path | None
    kubeconfig: Path | None
    context: str
    state: Path | None
    allow_exec: bool


class _Joined(msgspec.Struct, frozen=True):
    """Where the hub is, as the bootstrap kubeconfig said; the cluster whose agent this is, and its name as holder of
    the Lease."""

    server: str
    ca_pem: str = ""
    tls_server_name: str = ""
    proxy_url: str = ""
    cluster: str = ""
    holder: str = ""


async def run_agent(options: AgentOptions, say: Callable[[str], None]) -> None:
    """Work until SIGTERM or SIGINT. ``say`` gets lines for the log."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    working = asyncio.create_task(_work(options, say))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        working.cancel()
        [ended, _] = await asyncio.gather(working, stopping, return_exceptions=True)
    if isinstance(ended, Exception):
        raise ended
    say("stopped")


async def _work(options: AgentOptions, say: Callable[[str], None]) -> None:
    async with AsyncExitStack() as stack:
        setup = await _setup(options, stack, say)
        while True:  # each time that another agent has taken over
            await PullAgent(setup, RealClock(), say).run()


async def _setup(options: AgentOptions, stack: AsyncExitStack, say: Callable[[str], None]) -> PullSetup:
    member_access = _member_access(options)
    bootstrap = load_kubeconfig(options.bootstrap) if options.bootstrap else None
    member = await stack.enter_async_context(RemoteTransport(member_access))
    state = _state(options, member)
    if isinstance(state, FolderState):
        await _lock(state, options, say)
        stack.callback(state.unlock)
    credentials = AgentCredentials(options.cluster, state)
    joined = await _joined(state, bootstrap, options)
    known = await credentials.load()
    hub = await stack.enter_async_context(RemoteTransport(_address(joined), credentials))
    if not known:
        await _first_credential(options, credentials, bootstrap, Client(hub), say)
    # Secrets are shared by all pods of the agent, so there the pod's name tells them apart.
    holder = joined.holder if state.private else socket.gethostname()
    return PullSetup(options.cluster, hub, member, state, credentials, holder)


async def _lock(state: FolderState, options: AgentOptions, say: Callable[[str], None]) -> None:
    if state.lock():
        return
    say(f"another agent of {options.cluster} has the folder {_folder(options)}: waiting until it stops")
    while True:
        await asyncio.sleep(LOCK_AGAIN_SECONDS)
        if state.lock():
            return


def _member_access(options: AgentOptions) -> Access:
    if options.kubeconfig is not None:
        return load_kubeconfig(options.kubeconfig, options.context, allow_exec=options.allow_exec)
    return in_cluster_access()


def _state(options: AgentOptions, member: RemoteTransport) -> State:
    if options.state is not None:
        return FolderState(options.state)
    if options.kubeconfig is None:
        return SecretState(Client(member))
    return FolderState(_folder(options))


def _folder(options: AgentOptions) -> Path:
    home = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return options.state or home / "myriarch" / "agents" / options.cluster


async def _joined(state: State, bootstrap: Access | None, options: AgentOptions) -> _Joined:
    """What is kept. A bootstrap kubeconfig counts more: the hub may have moved."""
    text = await state.read(ADDRESS)
    try:
        kept = msgspec.json.decode(text, type=_Joined) if text else None
    except msgspec.DecodeError:
        kept = None
    if kept is not None and kept.cluster not in ("", options.cluster):
        problem = (
            f"it is kept there what the agent of {kept.cluster} needs, and this is to be that of {options.cluster}"
        )
        raise UserFault("--state", str(_folder(options)), problem, "Give each cluster's agent a folder of its own.")
    if kept is None and bootstrap is None:
        problem = f"this agent has not joined a hub yet: {_where(options)} holds nothing of it"
        cure = f"{join_cure(options.cluster)} If it has joined, give the --state that it had then."
        raise UserFault("--bootstrap", "", problem, cure)
    found = kept or _Joined("")
    if bootstrap is not None:
        found = msgspec.structs.replace(
            found, server=bootstrap.server, ca_pem=bootstrap.ca_pem.decode(),
            tls_server_name=bootstrap.tls_server_name, proxy_url=bootstrap.proxy_url,
        )  # fmt: skip
    holder = found.holder or f"{socket.gethostname()}-{new_id()[:HOLDER_DIGITS]}"
    found = msgspec.structs.replace(found, cluster=options.cluster, holder=holder)
    if found != kept:
        await state.write(ADDRESS, msgspec.json.encode(found))
    return found


def _where(options: AgentOptions) -> str:
    in_pod = options.kubeconfig is None and options.state is None
    return f"the namespace {SYSTEM_NAMESPACE}" if in_pod else f"the folder {_folder(options)}"


def _address(kept: _Joined) -> Access:
    """The hub without any credential: not even that of the bootstrap kubeconfig, whatever it is."""
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
