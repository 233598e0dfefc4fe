"""The answer to "what do the failed nodes have in common?", with every number that a person needs to check it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from myriarch.engine.population import Value


class Spread(StrEnum):
    """How failures lie over the attributes."""

    CONCENTRATED = "Concentrated"
    EVEN = "Even"
    TOO_FEW = "TooFew"


@dataclass(frozen=True, slots=True)
class Explanation:
    """One or two values, and those that always come ``together`` with them: the data can't tell them apart.

    Counts are of nodes: with the values, and ``elsewhere`` among those that no earlier explanation covers; ``chance``
    is the p-value, ``q`` the expected share of false ones were all as weak as this blamed; ``weight`` is the natural
    logarithm of how many times likelier this is than that all nodes are struck alike; ``rivals`` are nearly as likely.
    """

    values: tuple[Value, ...]
    together: tuple[Value, ...]
    updated: int
    failed: int
    control: int
    control_failed: int
    elsewhere_updated: int
    elsewhere_failed: int
    chance: float
    q: float
    weight: float
    rivals: tuple[str, ...] = ()

    @property
    def rate(self) -> float:
        """Share of the updated nodes with the values that failed."""
        return self.failed / max(self.updated, 1)

    @property
    def elsewhere_rate(self) -> float:
        """Share of the other updated nodes that failed."""
        return self.elsewhere_failed / max(self.elsewhere_updated, 1)

    @property
    def name(self) -> str:
        """The values, as people read them."""
        return " and ".join(str(value) for value in self.values)

    @property
    def sentence(self) -> str:
        """Counts, rates, ratio and q-value in words."""
        text = self.name
        if self.together:
            text += f" (always together with {', '.join(str(value) for value in self.together)})"
        text += f": {self.failed} of {self.updated} updated nodes failed ({percent(self.rate)})"
        text += f", elsewhere {self.elsewhere_failed} of {self.elsewhere_updated}"
        if self.elsewhere_failed:
            text += f" ({percent(self.elsewhere_rate)}): {self.rate / self.elsewhere_rate:.3g} times as often"
        if self.control:
            text += f"; not updated there: {self.control_failed} of {self.control}"
        text += f"; {q_text(self.q)}"
        return text + (f"; nearly as likely: {', '.join(self.rivals)}" if self.rivals else "")


@dataclass(frozen=True, slots=True)
class Attribution:
    """``explanations`` are blamed, each for failures that those before leave over. ``suspects`` are the candidates
    that fit best, strongest first, blamed or not: where failures are too few they are all there is to go by.

    ``left_updated``, ``left_failed`` are what no explanation covers; ``level`` bounds the false discoveries.
    """

    spread: Spread
    explanations: tuple[Explanation, ...]
    suspects: tuple[Explanation, ...]
    updated: int
    failed: int
    left_updated: int
    left_failed: int
    level: float

    @property
    def first(self) -> Explanation | None:
        """The best answer that there is, blamed or only suspected."""
        return next(iter((*self.explanations, *self.suspects)), None)

    @property
    def sentence(self) -> str:
        """The whole answer in words."""
        match self.spread:
            case Spread.CONCENTRATED:
                text = "; then ".join(explanation.sentence for explanation in self.explanations)
                if self.left_failed:
                    text += f"; explained by no attribute: {self.left_failed} of {self.left_updated}"
                return text
            case Spread.EVEN:
                return f"no attribute: {self.failed} failures of {self.updated} updated nodes are spread evenly"
            case Spread.TOO_FEW:
                text = f"too few failures to tell ({self.failed} of {self.updated} updated nodes)"
                if self.suspects:
                    text += f"; first suspect: {self.suspects[0].sentence}"
                return text


def percent(share: float) -> str:
    """``share`` (0 to 1) with two digits that count."""
    return f"{100 * share:.0f}%" if share >= 0.1 else f"{100 * share:.2g}%"


def q_text(q: float) -> str:
    """A q-value; what is too small for a number is said to be."""
    return f"q = {q:.2g}" if q >= LEAST_SHOWN else f"q < {LEAST_SHOWN:.0g}"


LEAST_SHOWN = 1e-99
