"""Whose turn it is to have the one template that a DaemonSet or a MachineDeployment has.

While what was ordered from the template of one revision has not come up, the template must not change: what comes up
would be of another revision. So nodes told to another revision wait, and once nodes wait to go back, none goes forward
to another revision any more. The memory may be lost: what then comes up at the wrong revision is replaced again.
"""

from __future__ import annotations

from myriarch.drivers.mover import Ledger


class TemplateTurn:
    """Nodes whose replacement is awaited, and nodes that wait to go back."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._awaited: dict[str, tuple[str, str]] = {}
        self._back: dict[str, tuple[str, int]] = {}

    def wants(self, node: str, revision: str, *, backward: bool) -> None:
        """The node is told to go to ``revision``."""
        if backward:
            self._back[node] = (revision, self._ledger.order_of(node))
        else:
            self._back.pop(node, None)

    def held(self, node: str, revision: str) -> str:
        """Why the template can't be that of ``revision`` now; '' where it can."""
        self._forget_stale()
        others = sorted(other for other, (wanted, _) in self._awaited.items() if wanted != revision and other != node)
        if others:
            return f"the template is that of {self._awaited[others[0]][0]} until {len(others)} nodes have come up"
        before = sorted(other for other, (wanted, _) in self._back.items() if wanted != revision)
        if before and node not in self._back:
            return f"{len(before)} nodes go back to {self._back[before[0]][0]} first"
        return ""

    def replaced(self, node: str, revision: str, uid: str) -> None:
        """What the node had (``uid``) is taken away to be made anew from the template of ``revision``."""
        self._awaited[node] = (revision, uid)

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

    def ended(self, node: str) -> None:
        """The node's move is over."""
        self._awaited.pop(node, None)
        self._back.pop(node, None)

    def _forget_stale(self) -> None:
        """Nodes that were told otherwise since, or are gone, hold nobody."""
        for node, (_, order) in list(self._back.items()):
            if self._ledger.order_of(node) != order:
                del self._back[node]
        for node in [node for node in self._awaited if not self._ledger.order_of(node)]:
            del self._awaited[node]
