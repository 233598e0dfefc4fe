"""Making a plan: over a hub as it is now, or over a fleet file.

What a plan holds is put together here of its parts: sizes (``plan_view``), gates and changes (``plan_gates``), strata
(``plan_strata``), times and conflicts (``plan_forecast``). The command shows one, or compares two.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from myriarch.api.component import Component
from myriarch.api.freezewindow import FreezeWindow
from myriarch.api.release import Release
from myriarch.base.clock import real_now
from myriarch.cli.connect import Session
from myriarch.cli.freeze_conflicts import freeze_warnings
from myriarch.cli.plan_assumed import Known, of_file, of_history, said
from myriarch.cli.plan_dependencies import dependency_warnings
from myriarch.cli.plan_forecast import Ahead, add_forecast
from myriarch.cli.plan_gates import changes_document, gates_document
from myriarch.cli.plan_offline import clusters_of_file
from myriarch.cli.plan_strata import pair_warnings, strata_warnings
from myriarch.cli.plan_unfit import unfit_warnings
from myriarch.cli.plan_view import plan_document
from myriarch.cli.release_wish import Checked, Wish, check, planned, policy_of_file
from myriarch.client.errors import Forbidden
from myriarch.client.refs import COMPONENTS, FREEZE_WINDOWS, RELEASES
from myriarch.engine.forecast import WaveForecast

NAMED_VALUES = 5


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A plan: as checked, with what was known of the time to come; as a document, and what is expected of its waves."""

    checked: Checked
    ahead: Ahead
    document: dict[str, Any]
    waves: tuple[WaveForecast, ...]


def plan_offline(wish: Wish, fleet: Path, node_update: str) -> Made:
    """Over a fleet file, beginning now. Raises UserFault or Faults."""
    policy = policy_of_file(wish)
    checked = planned(wish, policy, True, clusters_of_file(fleet, policy.spec.coverage.pairs))
    known = said(node_update) if node_update else of_file(fleet)
    return made_of(checked, Ahead(known, (), real_now()))


async def plan_online(session: Session, wish: Wish, node_update: str) -> Made:
    """Over the clusters of the hub, beginning now. Raises UserFault or Faults."""
    checked = await check(session, wish)
    windows = (await session.client.list(FREEZE_WINDOWS, FreezeWindow)).items
    known = said(node_update) if node_update else await _history(session, checked)
    made = made_of(checked, Ahead(known, windows, real_now()))
    made.document["changes"] = await changes_document(session, checked)
    made.document["warnings"] += await dependency_warnings(session, checked)
    made.document["warnings"] += freeze_warnings(windows, made.document, wish.component, real_now())
    return made


async def _history(session: Session, checked: Checked) -> Known:
    """As earlier releases went, as far as the user may see them."""
    component = await session.find(COMPONENTS, Component, checked.spec.component, "--component")
    try:
        releases = (await session.client.list(RELEASES, Release)).items
    except Forbidden:
        releases = (await session.client.list(RELEASES, Release, session.namespace)).items
    return of_history(component, releases, checked.clusters)


def made_of(checked: Checked, ahead: Ahead) -> Made:
    """The plan of what was checked."""
    spec = checked.spec
    about = {"component": spec.component, "revision": spec.revision, "policy": spec.policy, "seed": spec.seed}
    about |= {"pace": list(checked.pace)}
    document = {**about, **plan_document(checked.plan, checked.clusters, checked.policy.spec), "warnings": []}
    document["warnings"] = _warnings(document) + pair_warnings(checked.clusters, checked.policy.spec.coverage)
    document["warnings"] += unfit_warnings(checked.plan, checked.policy.spec)
    document["gates"] = gates_document(checked.policy.spec)
    waves = add_forecast(document, checked, ahead)
    return Made(checked, ahead, document, waves)


def _warnings(document: dict[str, Any]) -> list[str]:
    """Blind spots: a first wave that doesn't meet every value there is."""
    found = []
    for stage in document["stages"]:
        blind = stage["waves"][0]["uncovered"]
        if blind:
            named = ", ".join(blind[:NAMED_VALUES]) + (", …" if len(blind) > NAMED_VALUES else "")
            found.append(f"the first wave of stage {stage['name']} doesn't meet {len(blind)} values: {named}")
        found += strata_warnings(stage)
    return found
