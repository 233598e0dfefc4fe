"""The answer to "which release did this, if any?", with every number that a person needs to check it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from myriarch.engine.population import Floats


class Ruling(StrEnum):
    """What is ruled of one release, or of all."""

    BLAMED = "Blamed"
    CLEARED = "Cleared"
    UNDECIDED = "Undecided"


@dataclass(frozen=True, slots=True)
class Ambient:
    """Failures that no release is blamed for: an outage of ``name`` (a domain), from ``start`` (Unix seconds)."""

    name: str
    when: str
    start: float
    incidents: int
    nodes: int
    gain: float


@dataclass(frozen=True, slots=True, eq=False)
class Charge:
    """What speaks for and against one release.

    ``score``: the gain in log-likelihood over the background (see ``suspects.py``) by what nothing else explains
    better. ``votes`` and ``expected`` float64[w]: by window since arrival, over all failures. ``reached`` and
    ``unreached`` are (incidents, votes, node-hours) where the release had come and where it had not; ``vetoes`` say
    why it can't be, ``rivals`` who explains the same failures as well. ``reached_nodes``: all failed nodes where
    it had come; ``left``: those of them that neither another release nor an outage explains.
    """

    release: str
    ruling: Ruling
    score: float
    when: str
    votes: Floats
    expected: Floats
    incidents: int
    nodes: int
    reached: tuple[int, float, float]
    unreached: tuple[int, float, float]
    vetoes: tuple[str, ...]
    rivals: tuple[str, ...]
    reached_nodes: int = 0
    left: int = 0

    @property
    def sentence(self) -> str:
        """The ruling with its numbers, in words."""
        match self.ruling:
            case Ruling.BLAMED:
                text = (
                    f"{self.release} is to blame: {self.nodes} failed nodes in {self.incidents} incidents {self.when}"
                )
                return f"{text}; {self._rates}; score {self.score:.0f}"
            case Ruling.UNDECIDED:
                return f"{self.release} may be to blame, as well as {', '.join(self.rivals)}; {self._rates}"
            case Ruling.CLEARED:
                return f"{self.release} is not to blame: {'; '.join((*self.vetoes, self._rates))}"

    @property
    def _rates(self) -> str:
        came, _, hours = self.reached
        missed, _, other_hours = self.unreached
        text = f"{came} incidents in {hours:.0f} node-hours where it had come, "
        return text + (f"{missed} in {other_hours:.0f} where it had not" if other_hours else "which is everywhere")


@dataclass(frozen=True, slots=True)
class CauseVerdict:
    """``ruling``: Blamed where at least one release is, Undecided where one may be, Cleared (of all) where none is.

    ``charges``: one a release, the likeliest first. ``ambient``: outages that explain failures, largest first.
    ``left``: incidents that nothing explains, ``background`` how many votes would be expected of it.
    """

    ruling: Ruling
    charges: tuple[Charge, ...]
    ambient: tuple[Ambient, ...]
    incidents: int
    left: int
    background: float

    @property
    def blamed(self) -> tuple[str, ...]:
        """Names of the releases to blame."""
        return tuple(charge.release for charge in self.charges if charge.ruling is Ruling.BLAMED)

    @property
    def sentence(self) -> str:
        """The whole answer in words."""
        parts = [charge.sentence for charge in self.charges if charge.ruling is not Ruling.CLEARED]
        parts += [f"{a.name}: {_struck(a.nodes, a.incidents)} {a.when}" for a in self.ambient]
        if self.ruling is Ruling.CLEARED:
            what = "an outage elsewhere" if self.ambient else "no more than the background"
            parts.insert(0, f"no release is to blame: {what}")
        if self.left:
            parts.append(f"{self.left} incidents are ordinary (expected: {self.background:.1f} votes)")
        return "; ".join(parts)


def _struck(nodes: int, incidents: int) -> str:
    return f"{nodes} failed nodes in {incidents} incidents"
