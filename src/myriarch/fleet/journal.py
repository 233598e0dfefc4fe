"""An append-only file of checked records.

::

    record = length u32 | crc32 of payload u32 | crc32 of the eight bytes before u32 | payload

A process killed in the middle of a write leaves a prefix of a record at the end: a *torn tail*, which was
never acknowledged and is dropped. Anything else that doesn't check is damage, and is refused with the place
and the cure: going on would silently lose what came after. The header has a checksum of its own so that a
damaged length can't pass for a torn tail.

``write`` reaches the operating system before it returns, which is all that surviving kill -9 takes; the disk
is synced at most every SYNC_SECONDS, and whole files before they are renamed into place (``store.py``).
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from pathlib import Path
from zlib import crc32

from myriarch.base.clock import wall_seconds
from myriarch.base.errors import UserFault

SYNC_SECONDS = 1.0
_HEAD = struct.Struct("<II")
_HEAD_CRC = struct.Struct("<I")
HEADER_BYTES = _HEAD.size + _HEAD_CRC.size


class JournalFile:
    """Appends records to one file; opened for appending at ``end``, which cuts off a torn tail."""

    def __init__(self, path: Path, end: int) -> None:
        self.path = path
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        os.ftruncate(self._descriptor, end)
        os.lseek(self._descriptor, end, os.SEEK_SET)
        self.size = end
        self._synced_at = wall_seconds()

    def append(self, payload: bytes) -> None:
        """Write one record. It survives the process when this returns, and the machine a second later."""
        write_all(self._descriptor, frame(payload))
        self.size += HEADER_BYTES + len(payload)
        if wall_seconds() - self._synced_at >= SYNC_SECONDS:
            self.sync()

    def sync(self) -> None:
        os.fdatasync(self._descriptor)
        self._synced_at = wall_seconds()

    def close(self) -> None:
        self.sync()
        os.close(self._descriptor)


def frame(payload: bytes) -> bytes:
    """The record that holds ``payload``."""
    head = _HEAD.pack(len(payload), crc32(payload))
    return head + _HEAD_CRC.pack(crc32(head)) + payload


def write_file(path: Path, payloads: Iterable[bytes]) -> int:
    """Write a whole file of records so that it is there complete or not at all; its size in bytes."""
    temporary = path.with_suffix(".tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    size = 0
    try:
        for payload in payloads:
            record = frame(payload)
            write_all(descriptor, record)
            size += len(record)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    temporary.replace(path)
    _sync_directory(path.parent)
    return size


def read_records(path: Path) -> tuple[list[bytes], int]:
    """All payloads, and where the last whole record ends. Raises UserFault where the file is damaged."""
    content = path.read_bytes()
    payloads: list[bytes] = []
    offset = 0
    while offset < len(content):
        end = _record_end(path, content, offset)
        if end is None:
            break
        payloads.append(content[offset + HEADER_BYTES : end])
        offset = end
    return payloads, offset


def _record_end(path: Path, content: bytes, offset: int) -> int | None:
    """Where the record at ``offset`` ends; None where it is a torn tail."""
    start = offset + HEADER_BYTES
    if start > len(content):
        return None
    head = content[offset : offset + _HEAD.size]
    (head_crc,) = _HEAD_CRC.unpack_from(content, offset + _HEAD.size)
    if crc32(head) != head_crc:
        if not any(content[offset:]):  # zeros are blocks that the machine lost, past the last sync
            return None
        raise damaged(path, offset)
    length, payload_crc = _HEAD.unpack(head)
    end = start + int(length)
    if end > len(content):
        return None
    if crc32(content[start:end]) != payload_crc:
        if end == len(content):
            return None
        raise damaged(path, offset)
    return end


def damaged(path: Path, offset: int) -> UserFault:
    """The fault to raise for a file that was changed or lost bytes under us."""
    return UserFault(
        str(path),
        f"byte {offset}",
        "the fleet's journal is damaged",
        "Restore the directory from a copy, or delete this file to begin the simulated fleet anew.",
    )


def write_all(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
