"""Plain requests to an API server, for tests that set the stage: blocking, JSON in and out, no retries.

What is tested goes through the project's own client or a foreign one; this one only prepares and looks.
"""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 30.0
CONTENT_TYPES = {"PATCH": "application/merge-patch+json"}


class RequestFailed(Exception):
    """The server answered with an error: its code, and the body as it came."""

    def __init__(self, request: str, code: int, body: str) -> None:
        super().__init__(f"{request}: {code} {body}")
        self.code = code


class Rest:
    """One user's view of one server. A connection a request: a server that is killed leaves nothing stale."""

    def __init__(self, url: str, context: ssl.SSLContext | None = None, token: str = "") -> None:
        self._place = urlsplit(url)
        self._context = context
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def ask(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        """(status code, body). Raises OSError when there is no answer."""
        connection = self._connection()
        kind = {"Content-Type": CONTENT_TYPES.get(method, "application/json")}
        try:
            content = None if body is None else json.dumps(body)
            connection.request(method, path, content, {**kind, **self._headers, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()

    def get(self, path: str) -> Any:
        return self._json("GET", path)

    def create(self, path: str, body: object) -> Any:
        return self._json("POST", path, body)

    def merge(self, path: str, body: object) -> Any:
        """A merge patch."""
        return self._json("PATCH", path, body)

    def delete(self, path: str) -> Any:
        return self._json("DELETE", path)

    def is_ok(self, path: str) -> bool:
        """Whether it answers 200; no answer at all is False."""
        try:
            return self.ask("GET", path)[0] == http.client.OK
        except OSError:
            return False

    def _json(self, method: str, path: str, body: object = None) -> Any:
        """The body of a 2xx answer. Raises RequestFailed for any other."""
        code, text = self.ask(method, path, body)
        if code >= http.client.MULTIPLE_CHOICES:
            raise RequestFailed(f"{method} {path}", code, text)
        return json.loads(text)

    def _connection(self) -> http.client.HTTPConnection:
        host, port = str(self._place.hostname), self._place.port
        if self._place.scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_SECONDS, context=self._context)
        return http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
