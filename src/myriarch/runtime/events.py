"""Kubernetes Events about objects: what ``kubectl describe`` and ``kubectl get events`` show of our
decisions.

Recording is a plain call that never waits and never fails; ``run`` writes in the background. Repeats within
``COALESCE_SECONDS`` raise a count instead of making a new object. Events are a courtesy: when too many are
waiting the oldest is dropped, and one that can't be written is given up.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from myriarch.base.clock import Clock, rfc3339
from myriarch.base.hashing import stable_hash
from myriarch.client.client import Client
from myriarch.client.errors import AlreadyExists, ApiError, NotFound
from myriarch.client.objects import Raw
from myriarch.client.resource import EVENTS

COALESCE_SECONDS: Final = 600.0
WAITING_MAX: Final = 1000
REMEMBERED_MAX: Final = 4096
MESSAGE_CHARACTERS_MAX: Final = 1024
"""The limit of the Kubernetes API."""

DEFAULT_NAMESPACE: Final = "default"
"""Where events about cluster-scoped objects live."""


class EventType(StrEnum):
    NORMAL = "Normal"
    WARNING = "Warning"


@dataclass(frozen=True, slots=True)
class About:
    """The object that an event is about."""

    api_version: str
    kind: str
    name: str
    namespace: str = ""
    uid: str = ""

    def reference(self) -> dict[str, str]:
        """As ``v1.ObjectReference``."""
        given = {
            "apiVersion": self.api_version,
            "kind": self.kind,
            "name": self.name,
            "namespace": self.namespace,
            "uid": self.uid,
        }
        return {key: value for key, value in given.items() if value}


@dataclass(slots=True)
class _Series:
    """Equal events so far."""

    about: About
    type: EventType
    reason: str
    message: str
    name: str
    first: float
    last: float
    count: int = 1
    written: bool = False


_SeriesKey = tuple[About, EventType, str, str]


class EventRecorder:
    """Records in the name of ``component``, a controller or agent."""

    def __init__(self, client: Client, clock: Clock, component: str) -> None:
        self._client = client
        self._clock = clock
        self._component = component
        self._series: OrderedDict[_SeriesKey, _Series] = OrderedDict()
        self._waiting: OrderedDict[str, _Series] = OrderedDict()
        self._more = asyncio.Event()
        self.dropped = 0

    def record(self, about: About, type: EventType, reason: str, message: str) -> None:
        """Note that something happened now. ``reason`` is one CamelCase word."""
        message = message[:MESSAGE_CHARACTERS_MAX]
        key = (about, type, reason, message)
        now = self._clock.now()
        series = self._series.get(key)
        if series is not None and now - series.last <= COALESCE_SECONDS:
            series.count += 1
            series.last = now
        else:
            series = _Series(about, type, reason, message, self._name(key, now), now, now)
            self._series[key] = series
        self._series.move_to_end(key)
        if len(self._series) > REMEMBERED_MAX:
            self._series.popitem(last=False)
        self._enqueue(series)

    async def run(self) -> None:
        """Write what is recorded, until cancelled."""
        while True:
            await self._more.wait()
            await self.flush()

    async def flush(self) -> None:
        """Write what waits."""
        self._more.clear()
        while self._waiting:
            _, series = self._waiting.popitem(last=False)
            try:
                await self._write(series)
            except ApiError:
                self.dropped += 1

    def _enqueue(self, series: _Series) -> None:
        self._waiting[series.name] = series
        if len(self._waiting) > WAITING_MAX:
            self._waiting.popitem(last=False)
            self.dropped += 1
        self._more.set()

    async def _write(self, series: _Series) -> None:
        if series.written:
            try:
                await self._update(series)
                return
            except NotFound:
                pass  # Expired or deleted meanwhile: begin anew.
        try:
            await self._client.create(EVENTS, self._body(series))
        except AlreadyExists:
            await self._update(series)
        series.written = True

    async def _update(self, series: _Series) -> None:
        patch = {"count": series.count, "lastTimestamp": rfc3339(series.last)}
        await self._client.patch(EVENTS, Raw, series.name, patch, namespace=_namespace(series.about))

    def _name(self, key: _SeriesKey, now: float) -> str:
        about, type, reason, message = key
        parts = (self._component, about.kind, about.namespace, about.uid, type, reason, message)
        digest = stable_hash(0, *parts, round(now * 1000))
        return f"{about.name[:200]}.{digest:016x}"

    def _body(self, series: _Series) -> Raw:
        body: dict[str, Any] = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": series.name, "namespace": _namespace(series.about)},
            "involvedObject": series.about.reference(),
            "type": str(series.type),
            "reason": series.reason,
            "message": series.message,
            "source": {"component": self._component},
            "reportingComponent": self._component,
            "reportingInstance": "",
            "firstTimestamp": rfc3339(series.first),
            "lastTimestamp": rfc3339(series.last),
            "count": series.count,
        }
        return body


def _namespace(about: About) -> str:
    """An event lives with its object, so that ``kubectl describe`` finds it."""
    return about.namespace or DEFAULT_NAMESPACE
