"""The objects of every logical cluster, in memory, in one order of versions.

One event loop writes; nothing is locked. A write is made against ``head`` (what the last writer left) and
is synchronous, so a handler that reads and writes without awaiting in between is atomic. With a journal,
the writes of one turn of the loop, and those that arrive while the disk is busy, go to it as one batch;
``get``, lists and watchers see a write only once it is synced, and so does the client, because handlers
await ``committed()`` before they answer. Without a journal a write is visible at once.

``resourceVersion`` is one counter for everything. Versions are also handed out for things that aren't
stored (rendered nodes), so a ceiling is journalled ahead of the counter: after a crash it goes on from
there and never repeats a version.

A disk that fails stops the store: what was not acknowledged is given up, and every later write is refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from myriarch.apiserver.history import History
from myriarch.apiserver.journal import Batch, Journal
from myriarch.apiserver.record import Bucket, Change, Key, Record
from myriarch.apiserver.shelf import Place, Shelf
from myriarch.base.errors import Terminal

VERSION_BLOCK = 100_000
VERSION_CEILING = "store.version-ceiling"
FIRST_VERSION = 1

Listener = Callable[[Change], None]


class JournalFailed(Terminal):
    """The disk refused a write; nothing can be acknowledged any more."""


class Store:
    """``inline``: sync on the loop at the end of its turn, for loops on which no thread may be waited for."""

    def __init__(self, journal: Journal | None = None, *, inline: bool = False) -> None:
        self._journal = journal
        self._inline = inline
        self._shelves: dict[Bucket, Shelf] = {}
        self._meta: dict[str, bytes] = {}
        self._listeners: list[Listener] = []
        self._pending: dict[Key, Record | None] = {}
        self._changes: list[Change] = []
        self._batch = Batch()
        self._waiters: list[asyncio.Future[None]] = []
        self._flushing: asyncio.Task[None] | asyncio.Handle | None = None
        self._failure: JournalFailed | None = None
        self._thread = ThreadPoolExecutor(1, "myriarch-journal") if journal and not inline else None
        self._version = self._visible = FIRST_VERSION
        self._ceiling = 0
        self._floor = FIRST_VERSION
        if journal is not None:
            self._load(journal)

    def _load(self, journal: Journal) -> None:
        loaded = journal.load()
        self._meta = dict(loaded.meta)
        by_bucket: dict[Bucket, dict[Place, Record]] = {}
        newest = FIRST_VERSION
        for record in loaded.records:
            by_bucket.setdefault(record.key.bucket, {})[record.key[1:]] = record
            newest = max(newest, record.version)
        ceiling = int(self._meta.get(VERSION_CEILING, b"0"))
        self._version = self._visible = self._floor = max(newest, ceiling)
        self._ceiling = self._version + VERSION_BLOCK
        journal.write(Batch(meta={VERSION_CEILING: str(self._ceiling).encode()}))
        for bucket, records in by_bucket.items():
            shelf = self._shelf(bucket)
            shelf.records = records
            shelf.order = sorted(records)

    # -- reading ---------------------------------------------------------------------------------------

    @property
    def version(self) -> int:
        """Every committed change has at most this version, every later one a higher."""
        return self._visible if self._pending else self._version

    @property
    def next_version(self) -> int:
        """What ``allot`` will hand out next."""
        return self._version + 1

    def get(self, key: Key) -> Record | None:
        """The object as committed."""
        shelf = self._shelves.get(key.bucket)
        return shelf.records.get(key[1:]) if shelf else None

    def head(self, key: Key) -> Record | None:
        """The object as the last writer left it, perhaps not yet committed: what a write builds on."""
        if key in self._pending:
            return self._pending[key]
        return self.get(key)

    def heads(self, bucket: Bucket, namespace: str) -> list[Record]:
        """Every object of the namespace as the last writers left it, in order of name."""
        shelf = self._shelf(bucket)
        found = {place: shelf.records[place] for place in shelf.places(namespace, None)}
        for key, record in self._pending.items():
            if key.bucket == bucket and key.namespace == namespace:
                found.pop(key[1:], None)
                if record is not None:
                    found[key[1:]] = record
        return [found[place] for place in sorted(found)]

    def all_heads(self, bucket: Bucket) -> list[Record]:
        """Every object of the bucket as the last writers left it, in order."""
        shelf = self._shelf(bucket)
        found = {place: shelf.records[place] for place in shelf.order}
        for key, record in self._pending.items():
            if key.bucket == bucket:
                found.pop(key[1:], None)
                if record is not None:
                    found[key[1:]] = record
        return [found[place] for place in sorted(found)]

    def everything(self) -> Iterator[Record]:
        """Every committed object of every logical cluster. Don't write while it runs."""
        for shelf in self._shelves.values():
            yield from shelf.records.values()

    def clusters_with(self, resource: str) -> list[str]:
        """The logical clusters that hold objects of a resource."""
        buckets = [bucket for bucket, shelf in self._shelves.items() if shelf.records]
        buckets += [key.bucket for key in self._pending]
        return sorted({bucket.cluster for bucket in buckets if bucket.resource == resource})

    def records(
        self, bucket: Bucket, namespace: str | None, after: Place | None = None, at_version: int | None = None
    ) -> Iterator[Record]:
        """Committed objects in order; as they were at ``at_version``, where given. Raises history.Expired."""
        version = None if at_version is None or at_version >= self.version else at_version
        return self._shelf(bucket).read(namespace, after, version)

    def is_empty(self, bucket: Bucket) -> bool:
        shelf = self._shelves.get(bucket)
        return shelf is None or not shelf.records

    def changes_since(self, bucket: Bucket, version: int) -> list[Change]:
        """Raises history.Expired."""
        return self._shelf(bucket).history.since(version)

    def subscribe(self, listener: Listener) -> None:
        """``listener`` is called with each committed change, in order, on the loop."""
        self._listeners.append(listener)

    # -- writing ---------------------------------------------------------------------------------------

    def allot(self) -> int:
        """The next version. Whoever takes one for an object must write it before anyone else takes one."""
        self._check()
        self._version += 1
        if self._journal is not None and self._version + VERSION_BLOCK // 2 > self._ceiling:
            self._ceiling = self._version + VERSION_BLOCK
            self.put_meta(VERSION_CEILING, str(self._ceiling).encode())
        return self._version

    def put(self, record: Record) -> None:
        """Add or replace the object; ``record.version`` is the version allotted last."""
        previous = self.head(record.key)
        self._write(record.key, record, Change("ADDED" if previous is None else "MODIFIED", record, previous))

    def remove(self, key: Key, version: int) -> Record:
        """Take the object away; returns it as it last was, stamped with ``version``. Raises KeyError."""
        previous = self.head(key)
        if previous is None:
            raise KeyError(key)
        last = previous.at_version(version)
        self._write(key, None, Change("DELETED", last, previous))
        return last

    def _write(self, key: Key, record: Record | None, change: Change) -> None:
        self._check()
        if self._journal is None:
            self._visible = change.version
            self._publish(change)
            return
        self._pending[key] = record
        self._changes.append(change)
        self._batch.objects[key] = record
        self._schedule()

    def get_meta(self, name: str) -> bytes | None:
        """A small value of the hub's own (the fleet's file, the clock); as last put."""
        return self._meta.get(name)

    def put_meta(self, name: str, value: bytes | None) -> None:
        """None removes. Durable once ``committed()`` returns."""
        if value is None:
            self._meta.pop(name, None)
        else:
            self._meta[name] = value
        if self._journal is not None:
            self._batch.meta[name] = value
            self._schedule()

    async def committed(self) -> None:
        """Return once every write made so far is synced. Raises JournalFailed."""
        self._check()
        if self._flushing is None and not self._batch:
            return
        self._schedule()
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await waiter

    async def close(self) -> None:
        """Sync what is left and let the disk go."""
        if self._journal is None:
            return
        if self._failure is None:
            self.put_meta(VERSION_CEILING, str(self._version).encode())
            await self.committed()
        if self._thread is not None:
            self._thread.shutdown()
        self._failure = JournalFailed("the store is closed")
        self._journal.close()

    # -- committing ------------------------------------------------------------------------------------

    def _schedule(self) -> None:
        if self._flushing is not None:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # before the loop runs: the first writer inside it, or close, takes this along
            return
        if self._inline:
            self._flushing = loop.call_soon(self._flush_inline)
        else:
            self._flushing = loop.create_task(self._flush())

    def _flush_inline(self) -> None:
        batch, changes, waiters = self._take()
        try:
            self._journal_write(batch)
        except Exception as problem:
            self._fail(problem, waiters)
        else:
            self._done(changes, waiters)
        self._flushing = None
        if self._batch or self._waiters:
            self._schedule()

    async def _flush(self) -> None:
        loop = asyncio.get_running_loop()
        while self._batch or self._waiters:
            batch, changes, waiters = self._take()
            try:
                if batch:
                    await loop.run_in_executor(self._thread, self._journal_write, batch)
            except Exception as problem:
                self._fail(problem, waiters)
                break
            self._done(changes, waiters)
        self._flushing = None

    def _take(self) -> tuple[Batch, list[Change], list[asyncio.Future[None]]]:
        taken = self._batch, self._changes, self._waiters
        self._batch, self._changes, self._waiters = Batch(), [], []
        return taken

    def _journal_write(self, batch: Batch) -> None:
        if self._journal is not None and batch:
            self._journal.write(batch)

    def _done(self, changes: list[Change], waiters: list[asyncio.Future[None]]) -> None:
        for change in changes:
            self._visible = change.version
            self._publish(change)
        for change in changes:
            if change.record.key not in self._batch.objects:
                self._pending.pop(change.record.key, None)
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    def _fail(self, problem: Exception, waiters: list[asyncio.Future[None]]) -> None:
        self._failure = JournalFailed(f"the journal can't be written: {problem}")
        self._pending.clear()
        _, _, later = self._take()
        for waiter in (*waiters, *later):
            if not waiter.done():
                waiter.set_exception(self._failure)

    def _publish(self, change: Change) -> None:
        record = change.record
        shelf = self._shelf(record.key.bucket)
        shelf.set(record.key[1:], None if change.type == "DELETED" else record)
        shelf.history.append(change)
        for listener in self._listeners:
            listener(change)

    def _shelf(self, bucket: Bucket) -> Shelf:
        shelf = self._shelves.get(bucket)
        if shelf is None:
            shelf = self._shelves[bucket] = Shelf(History(self._floor))
        return shelf

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure
