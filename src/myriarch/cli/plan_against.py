"""``release plan --against``: two policies on the same release, side by side.

Both are planned over the same clusters, at the same hour, with the same assumption of how long a node takes; so what
differs is the policies' own. What harm a policy finds at its canaries is told for the first wave of the last stage,
because there it matters most.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from myriarch.api.policy import ReleasePolicy
from myriarch.base.durations import format_duration
from myriarch.base.errors import UserFault
from myriarch.cli.connect import Session
from myriarch.cli.output import Column, Table, percent, render
from myriarch.cli.plan_detectable import smallest_text
from myriarch.cli.plan_forecast import about
from myriarch.cli.plan_making import Made, made_of
from myriarch.cli.plan_offline import clusters_of_file
from myriarch.cli.release_wish import Wish, planned, policy_of_file
from myriarch.client.errors import NotFound
from myriarch.client.refs import POLICIES
from myriarch.engine.rules import fleet_rules
from myriarch.policies.shipped import shipped_names, shipped_policy

FILE_ENDINGS: Final = frozenset({".yaml", ".yml", ".json"})
REACHED: Final = (0.01, 0.1, 0.5, 1.0)
"""Shares of the last stage's environment, of which is told when they may be exposed."""


def against_offline(first: Made, wish: Wish, against: str, fleet: Path) -> Made:
    """The plan by the policy ``against`` over the fleet file. Raises UserFault or Faults."""
    policy = _of_file(wish, against) if _is_file(against) else _shipped(against)
    clusters = clusters_of_file(fleet, policy.spec.coverage.pairs)
    return made_of(planned(replace(wish, policy=policy.name), policy, True, clusters), first.ahead)


async def against_online(session: Session, first: Made, wish: Wish, against: str) -> Made:
    """The plan by the policy ``against``: a file, a policy of the hub, or a ready one. Raises UserFault or Faults."""
    if _is_file(against):
        policy = _of_file(wish, against)
    else:
        try:
            policy = await session.client.get(POLICIES, ReleasePolicy, against)
        except NotFound:
            policy = _shipped(against, await session.names(POLICIES))
    checked = planned(replace(wish, policy=policy.name), policy, True, first.checked.clusters)
    return made_of(checked, first.ahead)


def _is_file(against: str) -> bool:
    return Path(against).suffix in FILE_ENDINGS or Path(against).is_file()


def _of_file(wish: Wish, against: str) -> ReleasePolicy:
    return policy_of_file(replace(wish, policy="", policy_file=Path(against)), "--against")


def _shipped(name: str, known: str = "") -> ReleasePolicy:
    """A ready policy. Raises UserFault where there is none of the name."""
    if name in shipped_names():
        return shipped_policy(name)
    hubs = f", a policy of the hub ({known})" if known else ""
    cure = f"Give a file{hubs}, or a ready policy: {', '.join(shipped_names())}."
    raise UserFault("--against", name, "is no policy", cure)


def comparison(one: Made, two: Made) -> list[dict[str, Any]]:
    """Rows of a ``name``, and of either plan a ``value`` and a ``text``."""
    rows = zip(_rows(one), _rows(two), strict=True)
    return [{"name": a[0], "values": [a[1], b[1]], "texts": [a[2], b[2]]} for a, b in rows]


Row = tuple[str, Any, str]


def _rows(made: Made) -> list[Row]:
    document = made.document
    stages = document["stages"]
    last = stages[-1]
    first = last["waves"][0]
    waves = [len(stage["waves"]) for stage in stages]
    asked = document["approvals"]
    expected, worst = document["expectedSeconds"], document["worstSeconds"]
    shares = [_reached(document, share) for share in REACHED]
    return [
        ("stages", len(stages), ", ".join(stage["name"] for stage in stages)),
        ("waves", waves, " + ".join(map(str, waves))),
        ("approvals", asked, str(len(asked))),
        ("gates", [gate["name"] for gate in document["gates"]], str(len(document["gates"]))),
        ("nodes", document["nodes"], f"{document['nodes']} in {document['clusters']} clusters"),
        ("soaks at least", document["minimumSeconds"], format_duration(document["minimumSeconds"])),
        ("expected", expected, about(expected)),
        ("worst", worst, about(worst)),
        ("canaries", first["nodes"], f"{first['nodes']} in {first['clusters']} clusters"),
        ("canaries meet", first["coveredValues"], f"{first['coveredValues']} of {last['values']} values"),
        ("exposed at the first gate", first["exposure"], percent(first["exposure"])),
        ("harm found there if", *_smallest(made)),
        *((f"{percent(share)} exposed after", at, about(at)) for share, at in zip(REACHED, shares, strict=True)),
    ]


def _reached(document: dict[str, Any], share: float) -> float | None:
    """Seconds after which so much of the last stage's environment may be exposed; None: never."""
    for wave in document["stages"][-1]["waves"]:
        if wave["exposure"] >= share:
            after: float | None = wave["beginsAfterSeconds"]
            return after
    return None


def _smallest(made: Made) -> tuple[dict[str, Any], str]:
    """What must fail among the canaries of the last stage before the policy finds harm."""
    stage, policy = made.document["stages"][-1], made.checked.policy.spec
    found = stage.get("smallestTogether")
    if found is not None:
        return found, smallest_text(found)
    rules = fleet_rules(policy)
    nodes = stage["waves"][0]["nodes"]
    needed = max(rules.minimum, math.floor(rules.tolerance.floor(nodes)) + 1)
    share = needed / nodes if 0 < needed <= nodes else None
    return {"failures": needed, "share": share}, "blind" if share is None else f"{needed} fail, {percent(share)}"


def comparison_text(one: Made, two: Made, rows: list[dict[str, Any]]) -> str:
    """The comparison as a table, and what stands in either's way."""
    document = one.document
    head = f"{document['component']} to {document['revision']} under two policies; {document['assumed']['text']}"
    columns = (Column(""), Column(document["policy"]), Column(two.document["policy"]))
    table = render(Table(columns, [[row["name"], *row["texts"]] for row in rows]))
    told = [
        f"{made.document['policy']}: {conflict['message']}"
        for made in (one, two)
        for conflict in made.document["conflicts"]
    ]
    return "\n\n".join([head, table, *(["\n".join(told)] if told else [])])
