"""The transport over sockets: one API server reached by HTTP, with pooled connections and streamed watches.

It runs on a loop of real time. Errors name the host and what went wrong, never a header, a token or a query.
Redirects are not followed: they would carry our token elsewhere. Where credentials change while we run
(``credentials.py``), they are asked for before each request, and a request that is refused (401) is sent once more
with a fresh one.
"""

from __future__ import annotations

import os
import ssl
import tempfile
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import aiohttp
from yarl import URL

from myriarch.base.errors import UserFault
from myriarch.client.credentials import Credential, Credentials
from myriarch.client.errors import CERTIFICATE_EXPIRED, CERTIFICATE_NOT_TRUSTED, UNREACHABLE, Unreachable
from myriarch.client.exec_plugin import ProgramCredentials
from myriarch.client.http import Request, Response
from myriarch.client.kubeconfig import Access
from myriarch.client.proxy import LOOPBACK, proxy_of

CONNECTIONS_MAX: Final = 64
CONNECT_SECONDS: Final = 10.0
REQUEST_SECONDS: Final = 60.0

WATCH_SECONDS: Final = 290
"""Asked of the server when the caller doesn't say: a connection that died unnoticed is replaced in this
time.
"""

WATCH_GRACE_SECONDS: Final = 30.0
"""A watch that is open this much longer than asked is dead."""

UNAUTHORIZED: Final = 401

_EXPIRED_CODES: Final = (9, 10)
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL."""

_TRUE: Final = ("true", "1")


class RemoteTransport:
    """Use as ``async with``, or call ``close``. ``credentials`` take the place of those in ``access``."""

    def __init__(self, access: Access, credentials: Credentials | None = None) -> None:
        self._access = access
        if credentials is None and access.program is not None:
            credentials = ProgramCredentials(access.program)
        self._credentials = credentials
        self._shown: tuple[bytes, ssl.SSLContext | bool] | None = None
        self._proxy = proxy_of(access.server, access.proxy_url)
        # A token that the server's URL carries too (kubectl needs it there on plain HTTP) goes in the header.
        server = URL(access.server)
        self._base = server.with_user(None) if access.token and server.user else server
        self._ssl = _tls(access)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection; streams that are open end with Unreachable."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def send(self, request: Request) -> Response:
        """Raises Unreachable when no whole answer came."""
        send = self._watch if request.query.get("watch") in _TRUE else self._ask
        if self._credentials is None:
            return await send(request, Credential(self._access.token))
        answer = await send(request, await self._credentials.credential())
        if answer.status != UNAUTHORIZED:
            return answer
        self._credentials.refused()
        return await send(request, await self._credentials.credential())

    async def _ask(self, request: Request, credential: Credential) -> Response:
        timeout = aiohttp.ClientTimeout(total=REQUEST_SECONDS, sock_connect=CONNECT_SECONDS)
        try:
            async with self._open(request, dict(request.query), timeout, credential) as answer:
                body = await answer.read()
                return Response(answer.status, body, _headers(answer))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._unreachable(error) from None

    async def _watch(self, request: Request, credential: Credential) -> Response:
        query = {"timeoutSeconds": str(WATCH_SECONDS)} | dict(request.query)
        longest = float(query["timeoutSeconds"]) + WATCH_GRACE_SECONDS
        timeout = aiohttp.ClientTimeout(total=longest, sock_connect=CONNECT_SECONDS)
        try:
            answer = await self._open(request, query, timeout, credential)
            if answer.status != 200:
                async with answer:
                    return Response(answer.status, await answer.read(), _headers(answer))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._unreachable(error) from None
        return Response(answer.status, b"", _headers(answer), self._chunks(answer))

    async def _chunks(self, answer: aiohttp.ClientResponse) -> AsyncGenerator[bytes, None]:
        try:
            async for chunk in answer.content.iter_any():
                yield chunk
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._unreachable(error) from None
        finally:
            answer.close()

    def _open(
        self, request: Request, query: dict[str, str], timeout: aiohttp.ClientTimeout, credential: Credential
    ) -> aiohttp.client._RequestContextManager:
        path = self._base.raw_path.rstrip("/") + request.path
        url = self._base.with_path(path, encoded=True).with_query(query)
        return self._opened().request(
            request.method,
            url,
            data=request.body or None,
            headers=self._authorised(dict(request.headers), credential.token),
            timeout=timeout,
            allow_redirects=False,
            ssl=self._tls_as(credential),
            server_hostname=self._access.tls_server_name or None,
            proxy=self._proxy.url if self._proxy else None,
            proxy_headers=self._proxy.headers if self._proxy else None,
        )

    def _tls_as(self, credential: Credential) -> ssl.SSLContext | bool:
        """A context that shows the credential's certificate; made anew only when that changes."""
        if not credential.certificate_pem:
            return self._ssl
        pem = credential.certificate_pem + b"\n" + credential.key_pem
        if self._shown is None or self._shown[0] != pem:
            shown = replace(
                self._access, certificate_pem=credential.certificate_pem, key_pem=credential.key_pem, program=None
            )
            self._shown = (pem, _tls(shown))
        return self._shown[1]

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS_MAX, ssl=self._ssl)
            self._session = aiohttp.ClientSession(connector=connector, read_bufsize=2**18)
        return self._session

    def _authorised(self, headers: dict[str, str], token: str) -> dict[str, str]:
        if self._access.token_file is not None:
            # Read anew each time: mounted tokens are replaced while we run.
            token = _read_token(self._access.token_file)
        if token:
            headers["authorization"] = f"Bearer {token}"
        if self._proxy is not None and self._base.scheme == "http":  # no tunnel: the proxy reads the request itself
            headers.update(self._proxy.headers)
        return headers

    def _unreachable(self, error: BaseException) -> Unreachable:
        problem, reason = _why(error)
        return Unreachable(f"{self._base.host}:{self._base.port}: {problem}", reason)


def _why(error: BaseException) -> tuple[str, str]:
    """What to say, and the reason by which it is told from others."""
    if isinstance(error, TimeoutError):
        return "timed out", UNREACHABLE
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        found = error.certificate_error
        if isinstance(found, ssl.SSLCertVerificationError):
            if found.verify_code in _EXPIRED_CODES:
                return f"its certificate is not valid now: {found.verify_message}", CERTIFICATE_EXPIRED
            return f"its certificate is not trusted: {found.verify_message}", CERTIFICATE_NOT_TRUSTED
        return "its certificate is not trusted", CERTIFICATE_NOT_TRUSTED
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return f"the proxy answers {error.status}", UNREACHABLE
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return "the proxy can't be connected to", UNREACHABLE
    if isinstance(error, aiohttp.ClientConnectorError):
        return error.os_error.strerror or "can't be connected to", UNREACHABLE
    return type(error).__name__, UNREACHABLE


def _headers(answer: aiohttp.ClientResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.headers.items()}


def _read_token(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError as error:
        problem = error.strerror or "unreadable"
        raise UserFault("user.tokenFile", str(path), problem, "Give a readable file.") from None


def _tls(access: Access) -> ssl.SSLContext | bool:
    """What to trust and who to be. Raises UserFault for PEM that is none."""
    if access.server.startswith("http://"):
        _refuse_open_secrets(access)
        return True
    context = ssl.create_default_context()
    if access.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    try:
        if access.ca_pem and not access.insecure:
            context = ssl.create_default_context(cadata=access.ca_pem.decode("ascii"))
        if access.certificate_pem:
            _load_certificate(context, access.certificate_pem + b"\n" + access.key_pem)
    except (ssl.SSLError, UnicodeDecodeError, ValueError):
        raise UserFault("kubeconfig", "(hidden)", "a certificate or key is not valid PEM", "Mend it.") from None
    return context


def _refuse_open_secrets(access: Access) -> None:
    """A token goes in the clear only where it does not leave the machine."""
    host = URL(access.server).host or ""
    if (access.token or access.token_file or access.program) and host not in LOOPBACK:
        raise UserFault("cluster.server", access.server, "a token would go unencrypted", "Use https.")


def _load_certificate(context: ssl.SSLContext, pem: bytes) -> None:
    """The ssl module reads key pairs from files only: ours exists for a moment, readable by us alone."""
    descriptor, path = tempfile.mkstemp()
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
        context.load_cert_chain(path)
    finally:
        os.unlink(path)
