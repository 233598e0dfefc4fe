"""All clusters as columns: the units of the fleet level.

A row is a cluster; rows are kept up to date one by one as Cluster objects change, so that a decision over ten
thousand clusters reads arrays, not objects. Rows of clusters that left are kept, not ``present``, until their
name returns. What depends on a release (grants, progress) is in ``controllers/release/columns.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from myriarch.api.cluster import Cluster, Mode
from myriarch.api.meta import LabelSelector
from myriarch.api.strata import (
    CLUSTER_ATTRIBUTES,
    CLUSTER_LABELS,
    CONTROL_PLANE_MINOR,
    ENVIRONMENT,
    NODE_MINOR,
    SIZE_CLASS,
    minor_of,
    size_class,
)
from myriarch.base.clock import parse_rfc3339
from myriarch.base.conditions import CONNECTED
from myriarch.base.hashing import hash_names, mix, stable_hash
from myriarch.controllers.standing_columns import StandingColumns
from myriarch.controllers.strike_log import StrikeLog
from myriarch.engine.outages import Standings
from myriarch.engine.pairs import with_pairs
from myriarch.engine.partition import LabelColumn, label_column
from myriarch.engine.population import Bools, Floats, Hashes, Ints, Population, Value

_FIRST_ROWS = 64
_FIRST_VALUES = 64


class FleetTable:
    """``topology`` grows with every change of membership, node counts, labels or strata."""

    def __init__(self) -> None:
        self.clusters: list[Cluster] = []
        self.topology = 0
        self.values: list[Value] = []
        self._row_of: dict[str, int] = {}
        self._column_of: dict[Value, int] = {}
        self._present = np.zeros(_FIRST_ROWS, np.bool_)
        self._weight = np.zeros(_FIRST_ROWS, np.int64)
        self._silent_since = np.full(_FIRST_ROWS, np.inf)
        self._heard_since = np.zeros(_FIRST_ROWS)
        self._standings = StandingColumns(_FIRST_ROWS)
        self.strikes = StrikeLog()
        self._strata = np.zeros((_FIRST_ROWS, _FIRST_VALUES), np.int32)
        self._environment = np.zeros(_FIRST_ROWS, np.int16)
        self._environments: dict[str, int] = {}
        self._hashes: dict[int, Hashes] = {}
        self._stratum = np.zeros(_FIRST_ROWS, np.uint64)

    @classmethod
    def of(cls, clusters: Iterable[Cluster]) -> FleetTable:
        """A table of ``clusters``, once."""
        table = cls()
        for cluster in clusters:
            table.set(cluster)
        return table

    @property
    def size(self) -> int:
        return len(self.clusters)

    @property
    def present(self) -> Bools:
        """bool[n]: clusters that are there and managed."""
        return self._present[: self.size]

    @property
    def weight(self) -> Ints:
        """int64[n]: nodes of each."""
        return self._weight[: self.size]

    @property
    def silent_since(self) -> Floats:
        """float64[n]: since when a cluster is not connected (Unix seconds; infinite where it is)."""
        return self._silent_since[: self.size]

    @property
    def heard_since(self) -> Floats:
        """float64[n]: since when a cluster is connected (Unix seconds; 0 where it is not, or where nobody says)."""
        return self._heard_since[: self.size]

    @property
    def standings(self) -> Standings:
        """Which clusters are out as a whole, by what their agents tell."""
        return self._standings.first(self.size)

    @property
    def strata(self) -> Ints:
        """int64[n, v]: nodes with each value."""
        return self._strata[: self.size, : len(self.values)].astype(np.int64)

    def set(self, cluster: Cluster) -> int:
        """Add or update a cluster; its row."""
        row = self._row_of.get(cluster.name)
        before = None
        if row is None:
            row = self._new_row(cluster)
        else:
            before = self.clusters[row]
            self.clusters[row] = cluster
        managed = cluster.spec.mode is Mode.MANAGE and cluster.metadata.deletion_timestamp is None
        self._silent_since[row], self._heard_since[row] = silent_since(cluster), heard_since(cluster)
        self._standings.set(row, cluster, self._heard_since[row])
        self.strikes.set(row, cluster)
        environments = self._environments
        self._environment[row] = environments.setdefault(cluster.spec.environment, len(environments))
        if before is None or self._topology_changed(row, before, cluster, managed):
            self.topology += 1
            self._present[row] = managed
            self._weight[row] = cluster.status.nodes
            self._set_strata(row, cluster)
        return row

    def remove(self, name: str) -> int:
        """A cluster left; its row."""
        row = self._row_of[name]
        self._present[row] = False
        self.topology += 1
        return row

    def population(self, seed: int, pairs: Sequence[Sequence[str]] = ()) -> Population:
        """The units in the order that ``seed`` draws; also with the joint values of ``pairs`` of attributes."""
        hashes = self._hashes.get(seed)
        names = [cluster.name for cluster in self.clusters]
        if hashes is None or len(hashes) != len(names):
            hashes = hash_names(seed, names)
            self._hashes = {seed: hashes} if len(self._hashes) > _SEEDS_KEPT else {**self._hashes, seed: hashes}
        spans_all = np.full(self.size, -1, np.int64)
        stratum = mix(self._stratum[: self.size] ^ np.uint64(stable_hash(seed, "strata")))
        values = tuple(self.values)
        weight = self.weight.copy()
        plain = Population(
            hashes, weight, self.strata, values, spans_all, names, stratum=stratum, shared=CLUSTER_ATTRIBUTES
        )
        return with_pairs(plain, pairs)

    def labels(self, keys: Sequence[str]) -> dict[str, LabelColumn]:
        """The named labels of the clusters; None is the value of clusters without the label."""
        every = [cluster.metadata.labels for cluster in self.clusters]
        return {key: label_column([labels.get(key) for labels in every]) for key in keys}

    def matching(self, environment: str | None, selector: LabelSelector | None) -> Bools:
        """bool[n]: clusters of ``environment`` (any where None) that ``selector`` (all where None) chooses."""
        here = np.ones(self.size, np.bool_) if environment is None else self._in_environment(environment)
        if selector is not None:
            for row in np.flatnonzero(here):
                here[row] = selector.matches(self.clusters[int(row)].metadata.labels)
        return here

    def environments(self, chosen: Bools) -> list[str]:
        """Names of the environments of the ``chosen`` clusters, sorted."""
        return sorted(name for name in self._environments if (chosen & self._in_environment(name)).any())

    def _in_environment(self, name: str) -> Bools:
        code = self._environments.get(name, -1)
        here: Bools = self._environment[: self.size] == code
        return here

    def _topology_changed(self, row: int, before: Cluster, cluster: Cluster, managed: bool) -> bool:
        return (
            bool(self._present[row]) != managed
            or before.status.nodes != cluster.status.nodes
            or before.metadata.labels != cluster.metadata.labels
            or before.status.strata != cluster.status.strata
            or before.status.kubernetes_version != cluster.status.kubernetes_version
        )

    def _new_row(self, cluster: Cluster) -> int:
        row = self.size
        if row == len(self._present):
            self._present = np.concatenate([self._present, np.zeros(row, np.bool_)])
            self._environment = np.concatenate([self._environment, np.zeros(row, np.int16)])
            self._weight = np.concatenate([self._weight, np.zeros(row, np.int64)])
            self._silent_since = np.concatenate([self._silent_since, np.full(row, np.inf)])
            self._heard_since = np.concatenate([self._heard_since, np.zeros(row)])
            self._standings.grow()
            self._strata = np.concatenate([self._strata, np.zeros_like(self._strata)])
            self._stratum = np.concatenate([self._stratum, np.zeros(row, np.uint64)])
        self.clusters.append(cluster)
        self._row_of[cluster.name] = row
        return row

    def _set_strata(self, row: int, cluster: Cluster) -> None:
        self._strata[row] = 0
        for attribute, counts in cluster.status.strata.items():
            for value, count in counts.items():
                column = self._column(Value(attribute, value))  # may replace the matrix by a wider one
                self._strata[row, column] = count
        shared = shared_values(cluster)
        for attribute, found in shared.items():
            column = self._column(Value(attribute, found))
            self._strata[row, column] = cluster.status.nodes
        self._stratum[row] = stable_hash(0, *(part for pair in shared.items() for part in pair))

    def _column(self, value: Value) -> int:
        column = self._column_of.get(value)
        if column is None:
            column = self._column_of[value] = len(self.values)
            self.values.append(value)
            if column == self._strata.shape[1]:
                self._strata = np.concatenate([self._strata, np.zeros_like(self._strata)], axis=1)
        return column


_SEEDS_KEPT = 8


def shared_values(cluster: Cluster) -> dict[str, str]:
    """The attributes that all nodes of the cluster share. One that nobody gave a size class has that of its nodes."""
    labels = cluster.metadata.labels
    found = {ENVIRONMENT: cluster.spec.environment}
    found |= {name: labels[label] for name, label in CLUSTER_LABELS.items() if labels.get(label)}
    if cluster.status.nodes:
        found.setdefault(SIZE_CLASS, size_class(cluster.status.nodes))
    minor = minor_of(cluster.status.kubernetes_version)
    if minor and set(cluster.status.strata.get(NODE_MINOR, {})) - {minor}:
        found[CONTROL_PLANE_MINOR] = minor
    return found


def silent_since(cluster: Cluster) -> float:
    """Since when the cluster is not connected (Unix seconds); infinite where it is, or where nobody says."""
    for condition in cluster.status.conditions:
        if condition.type == CONNECTED.type and condition.status != "True":
            return parse_rfc3339(condition.last_transition_time) if condition.last_transition_time else 0.0
    return float("inf")


def heard_since(cluster: Cluster) -> float:
    """Since when the cluster is connected (Unix seconds); 0 where it is not, or where nobody says."""
    for condition in cluster.status.conditions:
        if condition.type == CONNECTED.type and condition.status == "True":
            return parse_rfc3339(condition.last_transition_time) if condition.last_transition_time else 0.0
    return 0.0
