"""One stored object at one version, and one change of it.

Objects are kept as the JSON bytes that go out on the wire: a GET hands them over as they are, lists and
watch events splice them, and only who must change an object decodes it. A ``Change`` is what watchers and
the history see: the record as it became, and the one that it replaced.

How records are kept is in ``store.py``; how changes are remembered, in ``history.py``.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, cast

import msgspec

ChangeType = Literal["ADDED", "MODIFIED", "DELETED"]


class Bucket(NamedTuple):
    """All objects of one resource in one logical cluster. ``resource`` is ``configmaps``, ``releases.myriarch.io``."""

    cluster: str
    resource: str


class Key(NamedTuple):
    """``namespace`` is empty for objects of the whole cluster."""

    bucket: Bucket
    namespace: str
    name: str


class _Labelled(msgspec.Struct):
    labels: dict[str, str] | None = None


class _Head(msgspec.Struct):
    metadata: _Labelled


_HEAD = msgspec.json.Decoder(_Head)
_ANY = msgspec.json.Decoder()
_ENCODER = msgspec.json.Encoder()


class Record:
    """``data`` is the whole object as JSON, its ``metadata.resourceVersion`` equal to ``version``."""

    __slots__ = ("_labels", "data", "key", "version")

    def __init__(self, key: Key, version: int, data: bytes) -> None:
        self.key = key
        self.version = version
        self.data = data
        self._labels: dict[str, str] | None = None

    def decode(self) -> dict[str, Any]:
        """A fresh object: the caller may change it."""
        return decode(self.data)

    @property
    def labels(self) -> dict[str, str]:
        """The labels, found without decoding the rest. Not to be changed."""
        if self._labels is None:
            self._labels = _HEAD.decode(self.data).metadata.labels or {}
        return self._labels

    def at_version(self, version: int) -> Record:
        """The same object stamped with a later version, as DELETED events carry it."""
        obj = self.decode()
        obj["metadata"]["resourceVersion"] = str(version)
        return Record(self.key, version, encode(obj))


class Change:
    """``record`` is the object as it became (for DELETED: as it last was, stamped with this version)."""

    __slots__ = ("_line", "previous", "record", "type")

    def __init__(self, type: ChangeType, record: Record, previous: Record | None) -> None:
        self.type: ChangeType = type
        self.record = record
        self.previous = previous
        self._line: bytes | None = None

    @property
    def version(self) -> int:
        return self.record.version

    @property
    def size_bytes(self) -> int:
        return len(self.record.data)

    @property
    def line(self) -> bytes:
        """The watch event as one line of JSON, made once however many watch."""
        if self._line is None:
            self._line = event_line(self.type, self.record.data)
        return self._line


def event_line(type: str, data: bytes) -> bytes:
    return b'{"type":"%s","object":%s}\n' % (type.encode(), data)


def encode(obj: Any) -> bytes:
    return _ENCODER.encode(obj)


def decode(data: bytes) -> dict[str, Any]:
    return cast(dict[str, Any], _ANY.decode(data))
