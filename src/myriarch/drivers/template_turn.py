"""Whose turn it is to have the one template that a DaemonSet or a MachineDeployment has.

While what was ordered from the template of one revision has not come up, the template must not change: what comes up
would be of another revision. So nodes told to another revision wait, and once nodes wait to go back, none goes forward
to another revision any more. Whoever gets the turn keeps it until its own is replaced: it takes a while until the
template is seen, and two nodes that go back to different revisions would change it under each other's hands for ever.
The memory may be lost: what then comes up at the wrong revision is replaced again.
"""

from __future__ import annotations

from myriarch.drivers.mover import Ledger


class TemplateTurn:
    """Nodes whose replacement is awaited, nodes that wait to go back, and the node whose turn it is."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._awaited: dict[str, tuple[str, str]] = {}
        self._back: dict[str, tuple[str, int]] = {}
        self._holder: tuple[str, str, int] | None = None

    def wants(self, node: str, revision: str, *, backward: bool) -> None:
        """The node is told to go to ``revision``."""
        if backward:
            self._back[node] = (revision, self._ledger.order_of(node))
        else:
            self._back.pop(node, None)

    def claim(self, node: str, revision: str) -> str:
        """Why the template can't be that of ``revision`` now; '' where it can: then it is the node's turn until what it
        has is replaced, or it gives the turn up."""
        self._forget_stale()
        others = sorted(other for other, (wanted, _) in self._awaited.items() if wanted != revision and other != node)
        if others:
            return f"the template is that of {self._awaited[others[0]][0]} until {len(others)} nodes have come up"
        before = sorted(other for other, (wanted, _) in self._back.items() if wanted != revision)
        if before and node not in self._back:
            return f"{len(before)} nodes go back to {self._back[before[0]][0]} first"
        if self._holder is not None:
            holder, wanted, _ = self._holder
            outranked = node in self._back and holder not in self._back
            if wanted != revision and holder != node and not outranked:
                return f"the template becomes that of {wanted} for {holder} first"
        if self._holder is None or self._holder[1] != revision:
            self._holder = (node, revision, self._ledger.order_of(node))
        return ""

    def give_up(self, node: str) -> None:
        """There is nothing to replace."""
        if self._holder is not None and self._holder[0] == node:
            self._holder = None

    def replaced(self, node: str, revision: str, uid: str) -> None:
        """What the node had (``uid``) is taken away to be made anew from the template of ``revision``."""
        self._awaited[node] = (revision, uid)
        self.give_up(node)

    def awaits(self, node: str, uid: str) -> bool:
        """Whether what will replace the node's old one is still to come; ``uid`` is what is there now, '' nothing."""
        awaited = self._awaited.get(node)
        if awaited is None:
            return False
        if uid and uid != awaited[1]:
            del self._awaited[node]
            return False
        return True

    def came(self, node: str) -> None:
        """The replacement is there."""
        self._awaited.pop(node, None)
        self.give_up(node)

    def ended(self, node: str) -> None:
        """The node's move is over."""
        self.came(node)
        self._back.pop(node, None)

    def _forget_stale(self) -> None:
        """Nodes that were told otherwise since, or are gone, hold nobody."""
        for node, (_, order) in list(self._back.items()):
            if self._ledger.order_of(node) != order:
                del self._back[node]
        for node in [node for node in self._awaited if not self._ledger.order_of(node)]:
            del self._awaited[node]
        if self._holder is not None and self._ledger.order_of(self._holder[0]) != self._holder[2]:
            self._holder = None
