"""The journal on disk: one SQLite file, written in batches that are synced before ``write`` returns.

Write-ahead log, ``synchronous=FULL`` (the log is synced at every commit) and an exclusive lock: one hub per
file. The file carries an application id, so that a foreign database is refused and never written to.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from myriarch.apiserver.journal import Batch, Loaded
from myriarch.apiserver.record import Bucket, Key, Record
from myriarch.base.errors import UserFault

APPLICATION_ID = 0x4D797269  # "Myri"
SCHEMA_VERSION = 1
CHECKPOINT_PAGES = 4_000

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
  cluster TEXT NOT NULL, resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
  version INTEGER NOT NULL, data BLOB NOT NULL,
  PRIMARY KEY (cluster, resource, namespace, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
"""
_PUT = "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?)"
_REMOVE = "DELETE FROM objects WHERE cluster = ? AND resource = ? AND namespace = ? AND name = ?"
_ROWS = "SELECT cluster, resource, namespace, name, version, data FROM objects"


class SqliteJournal:
    """Opens or makes the file. Raises UserFault where it is damaged, foreign, in use or out of reach."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._db = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as problem:
            raise self._unreachable(problem) from None
        try:
            self._prepare()
        except sqlite3.Error as problem:
            self._db.close()
            raise self._fault(problem) from None
        except UserFault:
            self._db.close()
            raise

    def _prepare(self) -> None:
        self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
        self._check_owner()
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
        verdict = self._db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
        self._db.executescript(_SCHEMA)
        self._db.execute(f"PRAGMA application_id={APPLICATION_ID}")
        self._db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")

    def _check_owner(self) -> None:
        owner = self._db.execute("PRAGMA application_id").fetchone()[0]
        tables = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if owner != APPLICATION_ID and (owner or tables):
            raise UserFault("data", str(self._path), "this SQLite file is not a Myriarch hub's", "Give another folder.")
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if owner == APPLICATION_ID and version != SCHEMA_VERSION:
            problem = f"the file has format {version}, this program reads {SCHEMA_VERSION}"
            raise UserFault("data", str(self._path), problem, "Use the version of Myriarch that wrote it.")

    def load(self) -> Loaded:
        try:
            meta = dict(self._db.execute("SELECT name, value FROM meta").fetchall())
            return Loaded(list(self._rows()), meta)
        except sqlite3.Error as problem:
            self._db.close()
            raise self._fault(problem) from None

    def _rows(self) -> Iterator[Record]:
        buckets: dict[tuple[str, str], Bucket] = {}
        for cluster, resource, namespace, name, version, data in self._db.execute(_ROWS):
            bucket = buckets.setdefault((cluster, resource), Bucket(cluster, resource))
            yield Record(Key(bucket, namespace, name), version, data)

    def write(self, batch: Batch) -> None:
        puts = [(*key.bucket, *key[1:], r.version, r.data) for key, r in batch.objects.items() if r is not None]
        removed = [(*key.bucket, *key[1:]) for key, record in batch.objects.items() if record is None]
        db = self._db
        db.execute("BEGIN IMMEDIATE")
        try:
            if puts:
                db.executemany(_PUT, puts)
            if removed:
                db.executemany(_REMOVE, removed)
            self._write_meta(batch)
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise

    def _write_meta(self, batch: Batch) -> None:
        for name, value in batch.meta.items():
            if value is None:
                self._db.execute("DELETE FROM meta WHERE name = ?", (name,))
            else:
                self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def close(self) -> None:
        """Folds the log into the file where that is possible; nothing is lost where it is not."""
        self._db.close()

    def _unreachable(self, problem: sqlite3.Error) -> UserFault:
        return UserFault(
            "data", str(self._path), f"the file can't be opened ({problem})", "Give a folder you may write to."
        )

    def _fault(self, problem: sqlite3.Error) -> UserFault:
        text = str(problem)
        if "locked" in text or "busy" in text:
            return UserFault(
                "data", str(self._path), "another process has this file open", "Stop that hub, or give another folder."
            )
        if "unable to open" in text or "readonly" in text:
            return self._unreachable(problem)
        cure = "Restore the file from a backup, or move it away to start with an empty hub."
        return UserFault("data", str(self._path), f"the database is damaged ({' '.join(text.split())})", cure)
