"""Listening on a socket: uvicorn, in the hub's loop or in a thread of its own; beyond loopback with TLS only.

Sockets always run on real time. A hub whose loop runs virtual time therefore serves from a thread with an
ordinary loop (``ThreadedServer``), which hands each request to the hub's loop and the answer back
(``bridge.py``); otherwise both share one loop (``LoopServer``). Either binds before it returns, so a port
that is taken is reported to whoever started it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import ssl
import threading
from asyncio import sslproto
from collections.abc import Iterator

import uvicorn

from myriarch.apiserver.access.audit import AuditLog
from myriarch.apiserver.access.doorway import Doorway
from myriarch.apiserver.access.limits import Limiter
from myriarch.apiserver.asgi import AsgiApp, Handle
from myriarch.apiserver.auth import Authenticator
from myriarch.apiserver.bridge import bridged
from myriarch.apiserver.protocol import GuardedProtocol
from myriarch.base.errors import UserFault

LOOPBACK = "127.0.0.1"
BACKLOG = 1_024
KEEP_ALIVE_SECONDS = 120
GRACE_SECONDS = 1
START_SECONDS = 10.0
STOP_SECONDS = 5.0
TLS_BUFFER_BYTES = 32 * 1024
"""Each TLS connection keeps a buffer of this size; a record has 16 KiB at most, and a thousand agents watch."""

_HERE = {"0.0.0.0": LOOPBACK, "::": "::1"}  # noqa: S104 (nothing is bound by this)

sslproto.SSLProtocol.max_size = TLS_BUFFER_BYTES  # 256 KiB otherwise, in this whole process


def bind(host: str, port: int, *, tls: bool = False) -> socket.socket:
    """A listening socket. Raises UserFault where the host is no address, the port is taken, or it lies beyond
    loopback and there is no TLS."""
    address = LOOPBACK if host == "localhost" else host
    if not tls and not is_loopback(address):
        problem = "without TLS the embedded server listens on loopback only"
        raise UserFault("host", host, problem, f"Turn TLS on, or use {LOOPBACK} and a tunnel.")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # asyncio turns Nagle's delay off only where the protocol is named.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as problem:
        listener.close()
        cure = "Give another port with --port, or 0 for any free one."
        raise UserFault("port", port, f"can't listen on {address} ({problem})", cure) from None
    listener.setblocking(False)
    return listener


def is_loopback(address: str) -> bool:
    """Whether nobody beyond this machine can reach it."""
    try:
        return ipaddress.ip_address(LOOPBACK if address == "localhost" else address).is_loopback
    except ValueError:
        return False


def url_of(listener: socket.socket, *, tls: bool = False) -> str:
    """Where this machine reaches it."""
    host, port = listener.getsockname()[:2]
    host = _HERE.get(host, host)
    scheme = "https" if tls else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


class _Uvicorn(uvicorn.Server):
    """Leaves signals to the hub, and tells when it is ready."""

    def __init__(self, app: AsgiApp, tls: ssl.SSLContext | None) -> None:
        config = uvicorn.Config(
            app,
            http=GuardedProtocol,
            ssl_context_factory=None if tls is None else lambda _config, _default: tls,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
            backlog=BACKLOG,
        )
        super().__init__(config)
        self.app = app
        self.ready = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.ready.set()

    def finish(self) -> None:
        self.should_exit = True
        self.app.end_streams()


class LoopServer:
    """Serves in the running loop."""

    def __init__(
        self,
        handle: Handle,
        auth: Authenticator,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        limiter: Limiter | None = None,
        audit: AuditLog | None = None,
    ) -> None:
        self._listener = bind(host, port, tls=tls is not None)
        self.url = url_of(self._listener, tls=tls is not None)
        self._tls = tls
        self._app = AsgiApp(handle, Doorway(auth, limiter, audit))
        self._uvicorn: _Uvicorn | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Return once requests are answered."""
        self._uvicorn = _Uvicorn(self._app, self._tls)
        self._task = asyncio.create_task(self._uvicorn.serve(sockets=[self._listener]))
        await self._uvicorn.ready.wait()

    async def stop(self) -> None:
        """Cut the watches, let requests in hand finish, and close."""
        if self._uvicorn is not None and self._task is not None:
            self._uvicorn.finish()
            await self._task
        self._listener.close()


class ThreadedServer:
    """Serves from a thread of its own; requests are handled on ``hub_loop``."""

    def __init__(
        self,
        handle: Handle,
        auth: Authenticator,
        hub_loop: asyncio.AbstractEventLoop,
        *,
        host: str = LOOPBACK,
        port: int = 0,
    ) -> None:
        self._listener = bind(host, port)
        self.url = url_of(self._listener)
        self._app = AsgiApp(bridged(handle, hub_loop), Doorway(auth))
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._uvicorn: _Uvicorn | None = None
        self._thread = threading.Thread(target=self._run, name="myriarch-http", daemon=True)

    def start(self) -> None:
        """Return once the thread listens. Doesn't need the hub's loop to run."""
        self._thread.start()
        if not self._ready.wait(START_SECONDS):
            raise RuntimeError("the HTTP thread did not start")

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._uvicorn = _Uvicorn(self._app, None)
        serving = asyncio.create_task(self._uvicorn.serve(sockets=[self._listener]))
        await self._uvicorn.ready.wait()
        self._ready.set()
        await serving

    def stop(self) -> None:
        """Cut the watches and close; waits for the thread, a few seconds at most."""
        if self._loop is not None and self._uvicorn is not None and self._thread.is_alive():
            with contextlib.suppress(RuntimeError):  # the loop ended by itself
                self._loop.call_soon_threadsafe(self._uvicorn.finish)
            self._thread.join(STOP_SECONDS)
        self._listener.close()
