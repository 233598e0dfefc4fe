"""After the stories: the demo's hub stays up on real time and answers kubectl, until Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from myriarch.api.cluster import Cluster
from myriarch.apiserver.access.chance import new_token
from myriarch.apiserver.auth import FirstOf, TokenAuth
from myriarch.apiserver.kubeconfig import write_kubeconfig
from myriarch.apiserver.serve import ThreadedServer
from myriarch.base.errors import ProgrammerError
from myriarch.client.client import Client
from myriarch.client.refs import CLUSTERS
from myriarch.hub.hub import Hub
from myriarch.sim.demo.stories import COMPONENT
from myriarch.sim.loop import VirtualTimeLoop

ADMIN: Final = "admin"
REAL_PACE: Final = 1.0
CONTEXTS_MAX: Final = 20
"""A kubeconfig with a context for each of a thousand clusters would be no help."""


async def keep_up(hub: Hub, kubeconfig: Path | None, say: Callable[[str], None]) -> None:
    """Serve ``hub`` over loopback, say how to look around, and return on SIGINT or SIGTERM."""
    loop = asyncio.get_running_loop()
    if not isinstance(loop, VirtualTimeLoop):
        raise ProgrammerError("the demo's hub runs on virtual time")
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    loop.set_pace(REAL_PACE)
    token = new_token()
    contexts = await _worth_a_look(hub.client(ADMIN))
    server = ThreadedServer(
        hub.server.handle, FirstOf((TokenAuth({token: ADMIN}), hub.server.desk.authenticator)), loop
    )
    try:
        server.start()
        with _kubeconfig_at(kubeconfig) as path:
            write_kubeconfig(path, url=server.url, token=token, clusters=contexts)
            say(invitation(path, contexts[0]))
            await _until_stopped(hub, stop)
    finally:
        server.stop()
    say("\nThe hub has stopped.")


def invitation(kubeconfig: Path, cluster: str) -> str:
    """What to type in another terminal."""
    return f"""
The hub stays up, on real time from here on. In another terminal:

  export KUBECONFIG={kubeconfig}
  kubectl get releases,environments,components
  kubectl describe release caught-in-production
  kubectl get clusters
  kubectl --context {cluster} get nodes -L myriarch.io/gpu-model
  myriarch release history caught-in-production
  myriarch clusters describe {cluster}

Ctrl-C ends it."""


async def _until_stopped(hub: Hub, stop: asyncio.Event) -> None:
    stopping = asyncio.ensure_future(stop.wait())
    failing = asyncio.ensure_future(hub.failed())
    await asyncio.wait((stopping, failing), return_when=asyncio.FIRST_COMPLETED)
    for waiting in (stopping, failing):
        waiting.cancel()
    hub.check()


async def _worth_a_look(client: Client) -> list[str]:
    """Clusters that told of failed nodes, then others: the contexts that the kubeconfig gets."""
    clusters = (await client.list(CLUSTERS, Cluster)).items
    struck = [cluster.name for cluster in clusters if _failures(cluster)]
    others = [cluster.name for cluster in clusters if not _failures(cluster)]
    return [*struck, *others][:CONTEXTS_MAX]


def _failures(cluster: Cluster) -> bool:
    status = cluster.component(COMPONENT)
    return status is not None and bool(status.failures)


@contextmanager
def _kubeconfig_at(path: Path | None) -> Iterator[Path]:
    """The path asked for, or one in a folder of its own that vanishes in the end."""
    if path is not None:
        yield path.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="myriarch-demo-") as folder:
        yield Path(folder) / "kubeconfig"
