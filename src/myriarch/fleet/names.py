"""Names of nodes, made by rule from the cluster's name and the node's position: nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from myriarch.fleet.draws import Ints

_SEPARATOR = "-n"


def node_name(cluster: str, index: int) -> str:
    """``prod-eu1-0007-n0012``."""
    return f"{cluster}{_SEPARATOR}{index:04d}"


def node_index(cluster: str, name: str) -> int | None:
    """The position that ``name`` stands for, or None where it is no node's name of this cluster."""
    digits = name.removeprefix(cluster + _SEPARATOR)
    if not (digits.isascii() and digits.isdigit()):
        return None
    index = int(digits)
    return index if node_name(cluster, index) == name else None


class NodeNames(Sequence[str]):
    """Names of the nodes at ``indices`` of a cluster, made when asked for."""

    __slots__ = ("_cluster", "_indices")

    def __init__(self, cluster: str, indices: Ints | range) -> None:
        self._cluster = cluster
        self._indices = indices

    def __len__(self) -> int:
        return len(self._indices)

    @overload
    def __getitem__(self, item: int) -> str: ...
    @overload
    def __getitem__(self, item: slice) -> NodeNames: ...
    def __getitem__(self, item: int | slice) -> str | NodeNames:
        if isinstance(item, slice):
            return NodeNames(self._cluster, self._indices[item])
        return node_name(self._cluster, int(self._indices[item]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"NodeNames({list(self)!r})"
