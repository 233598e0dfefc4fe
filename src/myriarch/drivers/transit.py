"""Nodes in transit: their Machine is deleted by our order, and the one that takes its place isn't there yet.

Another machine is another Node, with another name, so the order that is written on a Node would be lost with it. So
before a Machine is deleted its order is written into an annotation of the MachineDeployment; when a new Machine has
its Node, that one inherits the order: it counts as the node that began the attempt, and a revert finds what it was
before. Which of several new machines stands in for which old one means nothing: they are alike.

A machine can only be an heir if it was made after the old one was deleted. That is told by the API server's own
times: later than the newest of the machines that were there, or as late and none of those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from myriarch.drivers.machine_objects import Machine

ENTRIES_MAX: Final = 500
"""An annotation holds 256 KiB; an entry takes less than 500 bytes."""


class Entry(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One node in transit. ``order``: as it was written on the Node. ``revision``: what the new machine is made from.
    ``newest``: when the newest machine that was there was made, and ``peers`` the uids of those made then. ``heir``:
    the node that stands in for it."""

    order: str
    revision: str
    newest: str = ""
    peers: tuple[str, ...] = ()
    heir: str = ""


_DECODER: Final = msgspec.json.Decoder(dict[str, Entry])


class Transit:
    """The nodes of one MachineDeployment in transit, by name."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    def __contains__(self, node: str) -> bool:
        return node in self._entries

    def get(self, node: str) -> Entry | None:
        return self._entries.get(node)

    def entries(self) -> Iterator[tuple[str, Entry]]:
        return iter(list(self._entries.items()))

    @property
    def is_full(self) -> bool:
        return len(self._entries) >= ENTRIES_MAX

    def load(self, text: str) -> None:
        """What was written before; what can't be read counts as nothing."""
        try:
            self._entries = _DECODER.decode(text) if text else {}
        except msgspec.DecodeError:
            self._entries = {}

    def text(self) -> str | None:
        """To be written; None where there is nothing."""
        return msgspec.json.encode(self._entries).decode() if self._entries else None

    def depart(self, node: str, order: str, revision: str, there: Iterable[Machine]) -> None:
        """The node's machine is to be deleted while these machines are there."""
        machines = list(there)
        newest = max((machine.born for machine in machines), default="")
        peers = sorted(machine.metadata.uid or "" for machine in machines if machine.born == newest)
        self._entries[node] = Entry(order, revision, newest, tuple(peers))

    def rewrite(self, node: str, order: str) -> bool:
        """Keep the node's newest order; whether it is another than the one kept."""
        entry = self._entries[node]
        self._entries[node] = msgspec.structs.replace(entry, order=order)
        return entry.order != order

    def name_heir(self, node: str, heir: str) -> None:
        self._entries[node] = msgspec.structs.replace(self._entries[node], heir=heir)

    def arrive(self, node: str) -> None:
        """Its heir has its order."""
        self._entries.pop(node, None)

    def may_inherit(self, machine: Machine) -> bool:
        """Whether the machine may stand in for any node in transit."""
        return any(not entry.heir and is_heir(machine, entry) for entry in self._entries.values())


def is_heir(machine: Machine, entry: Entry) -> bool:
    """Whether the machine was made after the entry's was deleted."""
    later = machine.born > entry.newest
    return later or (machine.born == entry.newest and (machine.metadata.uid or "") not in entry.peers)
