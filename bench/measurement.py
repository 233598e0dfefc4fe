"""What every benchmark gives: one measured value, and what it is compared with."""

from __future__ import annotations

import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measurement:
    """``ratio`` says how many times better than the peer the value is (above 1 is better); None without a peer.

    ``peer`` says what the peer is and where its value comes from: the same run, a published figure, or an aim.
    """

    name: str
    value: float
    unit: str
    command: str
    peer: str = ""
    peer_value: float | None = None
    higher_is_better: bool = False

    @property
    def ratio(self) -> float | None:
        if self.peer_value is None or not self.value or not self.peer_value:
            return None
        return self.value / self.peer_value if self.higher_is_better else self.peer_value / self.value

    def as_dict(self) -> dict[str, object]:
        """The entry of the JSON list."""
        ratio = self.ratio
        return {
            "name": self.name,
            "value": round(self.value, 6),
            "unit": self.unit,
            "peer": self.peer,
            "peerValue": self.peer_value,
            "ratio": None if ratio is None else round(ratio, 3),
            "command": self.command,
        }


def progress(text: str) -> None:
    """To stderr: stdout carries the result alone."""
    print(text, file=sys.stderr, flush=True)
