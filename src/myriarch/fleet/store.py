"""What a fleet keeps on disk, so that a restart finds every node where it was.

A directory holds one file ``fleet-NNNNNN.journal``: a header (the spec, the start), then batches. A batch is
what one call changed: the rows as bytes, the registry of components where it grew, partitions and labels.
Each call is one record, so that it is there wholly or not at all. When the file has grown, the next
generation is written beside it with each cluster's whole state as its first batches, and takes over by
rename: a snapshot is a journal without history, and one reader serves both.

Draws depend on keys and times only (``draws.py``), so nothing of chance needs saving.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np

from myriarch.base.errors import UserFault
from myriarch.fleet.behaviour import Behaviour
from myriarch.fleet.columns import BASE_DTYPE, COMPONENT_DTYPE, ClusterState
from myriarch.fleet.draws import Ints
from myriarch.fleet.journal import JournalFile, damaged, read_records, write_file
from myriarch.fleet.plan import Rows
from myriarch.fleet.spec import FleetSpec
from myriarch.fleet.world import World

#: Changes with every change of the layout; a file of another layout is refused.
LAYOUT = f"1 {BASE_DTYPE.descr} {COMPONENT_DTYPE.descr}"
ROTATE_BYTES = 64 * 1024 * 1024
_PATTERN = "fleet-*.journal"
_BASE_TABLE = -1


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """First record of a file. ``whole`` is how many batches were written before the file took over."""

    layout: str
    spec: FleetSpec
    start: float
    whole: int


class ComponentRecord(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    base: int
    revisions: list[str]
    behaviours: dict[int, Behaviour]


class Registry(msgspec.Struct, frozen=True, kw_only=True):
    """What codes in rows stand for."""

    vocabulary: dict[str, list[str]]
    components: list[ComponentRecord]


class RowChange(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """Rows of one table of one cluster; without indices, all rows. ``table`` is -1 or a component number."""

    cluster: int
    table: int
    indices: bytes | None
    rows: bytes


class ClusterChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a cluster has besides rows."""

    cluster: int
    partitioned: bool
    labels: dict[int, dict[str, str]]


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """One call's changes."""

    now: float
    registry: Registry | None = None
    rows: list[RowChange] = []
    clusters: list[ClusterChange] = []


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """What a directory holds."""

    path: Path
    header: Header
    batches: list[Batch]
    end: int


class Store:
    """Collects changes of rows and commits them as one record."""

    def __init__(self, directory: Path, spec: FleetSpec, start: float, saved: Saved | None) -> None:
        self._spec, self._start = spec, start
        self._version = -1
        self._rows: list[tuple[ClusterState, Ints]] = []
        self._clusters: list[ClusterState] = []
        if saved is None:
            path = directory / "fleet-000001.journal"
            end = write_file(path, [msgspec.msgpack.encode(self._header(0))])
        else:
            path, end = saved.path, saved.end
        self._file = JournalFile(path, end)
        self._rotate_at = end + ROTATE_BYTES

    def note(self, state: ClusterState, indices: Ints) -> None:
        """Rows of all tables at ``indices`` may have changed."""
        self._rows.append((state, indices))

    def note_cluster(self, state: ClusterState) -> None:
        """The partition or labels of a cluster changed."""
        self._clusters.append(state)

    def commit(self, world: World, now: float, states: Sequence[ClusterState]) -> None:
        """Write what was noted as one record, and begin a new generation where the file has grown."""
        registry = _registry(world) if world.version != self._version else None
        if registry is None and not self._rows and not self._clusters:
            return
        batch = Batch(
            now=now,
            registry=registry,
            rows=[change for state, indices in self._rows for change in _row_changes(state, indices)],
            clusters=[_cluster_change(state) for state in self._clusters],
        )
        self._file.append(msgspec.msgpack.encode(batch))
        self._version = world.version
        self._rows.clear()
        self._clusters.clear()
        if self._file.size > self._rotate_at:
            self.rotate(world, now, states)

    def rotate(self, world: World, now: float, states: Sequence[ClusterState]) -> None:
        """Write the whole state as the next generation, switch to it, and drop the old one."""
        old = self._file
        path = old.path.with_name(f"fleet-{_generation(old.path) + 1:06d}.journal")
        whole: list[Header | Batch] = [self._header(len(states) + 1), Batch(now=now, registry=_registry(world))]
        payloads = (msgspec.msgpack.encode(record) for record in _chain(whole, now, states))
        end = write_file(path, payloads)
        self._file = JournalFile(path, end)
        self._rotate_at = end + max(ROTATE_BYTES, 2 * end)
        self._version = world.version
        old.close()
        old.path.unlink()

    def close(self) -> None:
        self._file.close()

    def _header(self, whole: int) -> Header:
        return Header(layout=LAYOUT, spec=self._spec, start=self._start, whole=whole)


def read_saved(directory: Path) -> Saved | None:
    """What ``directory`` holds; None where it holds no fleet. Raises UserFault for a damaged or foreign file."""
    files = sorted(directory.glob(_PATTERN))
    if not files:
        return None
    path = files[-1]
    payloads, end = read_records(path)
    if not payloads:
        raise damaged(path, 0)
    header = _decode_header(path, payloads[0])
    if len(payloads) <= header.whole:
        raise damaged(path, end)
    decoder = msgspec.msgpack.Decoder(Batch)
    saved = Saved(path=path, header=header, batches=[decoder.decode(each) for each in payloads[1:]], end=end)
    for older in files[:-1]:
        older.unlink()  # a generation that was taken over just before a crash
    return saved


def _decode_header(path: Path, payload: bytes) -> Header:
    layout = msgspec.msgpack.decode(payload).get("layout")
    if layout != LAYOUT:
        raise UserFault(
            str(path),
            str(layout)[:20],
            "written by another version with another layout",
            "Use that version, or delete the file to begin the simulated fleet anew.",
        )
    return msgspec.msgpack.decode(payload, type=Header)


def restore(batch: Batch, world: World, states: Sequence[ClusterState]) -> None:
    """Apply one batch to a fleet that was built from the same spec."""
    if batch.registry is not None:
        _restore_registry(batch.registry, world)
    for change in batch.rows:
        state = states[change.cluster]
        if change.table == _BASE_TABLE:
            rows = np.frombuffer(change.rows, dtype=BASE_DTYPE)
            state.base = _merged(state.base, change.indices, rows)
        else:
            base = world.by_number[change.table].base_revision
            rows = np.frombuffer(change.rows, dtype=COMPONENT_DTYPE)
            part = state.part(change.table, base)
            state.parts[change.table] = _merged(part, change.indices, rows)
    for fact in batch.clusters:
        states[fact.cluster].partitioned = fact.partitioned
        states[fact.cluster].labels = fact.labels


def _merged(table: Rows, indices: bytes | None, rows: Rows) -> Rows:
    if indices is None:
        return rows.copy()
    positions = np.frombuffer(indices, dtype=np.uint32)
    if len(positions) and positions[-1] >= len(table):
        table = np.concatenate([table, np.zeros(int(positions[-1]) + 1 - len(table), dtype=table.dtype)])
    table[positions] = rows
    return table


def _row_changes(state: ClusterState, indices: Ints | None) -> Iterator[RowChange]:
    positions = None if indices is None else indices.astype(np.uint32).tobytes()
    for table, rows in enumerate([state.base, *state.parts], _BASE_TABLE):
        if rows is not None:
            chosen = rows if indices is None else rows[indices]
            yield RowChange(cluster=state.index, table=table, indices=positions, rows=chosen.tobytes())


def _cluster_change(state: ClusterState) -> ClusterChange:
    return ClusterChange(cluster=state.index, partitioned=state.partitioned, labels=state.labels)


def _chain(first: Sequence[Header | Batch], now: float, states: Sequence[ClusterState]) -> Iterator[Header | Batch]:
    yield from first
    for state in states:
        yield Batch(now=now, rows=list(_row_changes(state, None)), clusters=[_cluster_change(state)])


def _registry(world: World) -> Registry:
    components = [
        ComponentRecord(name=each.name, base=each.base_revision, revisions=each.revisions, behaviours=each.behaviours)
        for each in world.by_number
    ]
    return Registry(vocabulary=world.vocabulary.values, components=components)


def _restore_registry(registry: Registry, world: World) -> None:
    for attribute, values in registry.vocabulary.items():
        world.vocabulary.codes(attribute, values)
    for record in registry.components:
        component = world.component(record.name)
        for name in record.revisions:
            world.revision(component, name)
        component.base_revision = record.base
        for code, behaviour in record.behaviours.items():
            world.set_behaviour(record.name, record.revisions[code], behaviour)


def _generation(path: Path) -> int:
    return int(path.stem.removeprefix("fleet-"))
