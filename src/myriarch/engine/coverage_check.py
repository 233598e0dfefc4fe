"""What the coverage of a policy must obey: its attributes exist, and a pair is of two different ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from myriarch.api.policy import Coverage
from myriarch.api.strata import CLUSTER_ATTRIBUTES, NODE_ATTRIBUTES, PAIRS_MAX, halves, pair_name
from myriarch.base.errors import UserFault

_PAIR_LENGTH = 2


def coverage_faults(coverage: Coverage, field: str) -> Iterator[UserFault]:
    """Every fault, in the order of the fields."""
    for index, asked in enumerate(coverage.attributes):
        both = halves(asked.attribute)
        if both is None:
            yield from _unknown(asked.attribute, f"{field}.attributes[{index}].attribute")
        elif all(pair_name(pair) != asked.attribute for pair in coverage.pairs):
            cure = f"Name it as a pair too: pairs: [[{both[0]}, {both[1]}]]; the name has its attributes in order."
            yield UserFault(f"{field}.attributes[{index}].attribute", asked.attribute, "is no pair of the policy", cure)
    if len(coverage.pairs) > PAIRS_MAX:
        cure = f"Keep the {PAIRS_MAX} that matter most: every pair multiplies the strata that canaries must meet."
        yield UserFault(f"{field}.pairs", len(coverage.pairs), f"are more than {PAIRS_MAX} pairs", cure)
    known: dict[str, int] = {}
    for index, pair in enumerate(coverage.pairs):
        here = f"{field}.pairs[{index}]"
        yield from _pair_faults(pair, here)
        before = known.setdefault(pair_name(pair), index)
        if before != index:
            yield UserFault(here, list(pair), f"is the same pair as pairs[{before}]", "Name every pair once.")


def _pair_faults(pair: Sequence[str], field: str) -> Iterator[UserFault]:
    if len(pair) != _PAIR_LENGTH:
        problem = f"names {len(pair)} attributes"
        yield UserFault(field, list(pair), problem, "Name two attributes, such as [gpuModel, kernel].")
        return
    if pair[0] == pair[1]:
        cure = "Name two different attributes; values of a single one are covered without asking."
        yield UserFault(field, list(pair), "names the same attribute twice", cure)
    for place, attribute in enumerate(pair):
        yield from _unknown(attribute, f"{field}[{place}]")


def _unknown(attribute: str, field: str) -> Iterator[UserFault]:
    known = NODE_ATTRIBUTES | CLUSTER_ATTRIBUTES
    if attribute not in known:
        cure = f"Choose among {', '.join(sorted(known))}."
        yield UserFault(field, attribute, "is no attribute of nodes or clusters", cure)
