"""What spans the parts of a scenario: names that must exist, policies that must be sound, times that must fit."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from myriarch.base.errors import UserFault
from myriarch.engine.policy_check import policy_faults
from myriarch.engine.windows import window_faults
from myriarch.fleet.behaviour import check_behaviour
from myriarch.sim.plot import behaviour_of
from myriarch.sim.scenario import ActionPart, Deed, FleetChoice, ReleasePart, Scenario


def check_scenario(scenario: Scenario, folder: Path) -> None:
    """Raises UserFault for the first fault. Relative files are looked for in ``folder``."""
    spec = scenario.spec
    _check_fleet(spec.fleet, folder)
    components = _unique("spec.components", [part.name for part in spec.components])
    _unique("spec.revisions", [f"{part.component}/{part.name}" for part in spec.revisions])
    policies = _unique("spec.policies", [part.name for part in spec.policies])
    releases = _unique("spec.releases", [part.name for part in spec.releases])
    _unique("spec.freezeWindows", [part.name for part in spec.freeze_windows])
    for index, revision in enumerate(spec.revisions):
        path = f"spec.revisions[{index}]"
        _known(f"{path}.component", revision.component, components, "component")
        check_behaviour(behaviour_of(revision), path)
    for index, policy in enumerate(spec.policies):
        for fault in policy_faults(policy.spec, f"spec.policies[{index}].spec"):
            raise fault
    _check_revision_names(scenario)
    for index, release in enumerate(spec.releases):
        _check_release(f"spec.releases[{index}]", release, scenario, components, policies)
    for index, window in enumerate(spec.freeze_windows):
        for fault in window_faults(window.spec):
            raise UserFault(f"spec.freezeWindows[{index}].{fault.field}", fault.value, fault.problem, fault.cure)
    for index, struck in enumerate(spec.faults):
        struck.check(f"spec.faults[{index}]")
    for index, expectation in enumerate(spec.expectations):
        _known(f"spec.expectations[{index}].release", expectation.release, releases, "release")


def _check_fleet(fleet: FleetChoice, folder: Path) -> None:
    given = [name for name in ("default", "uniform", "file", "spec") if getattr(fleet, name) is not None]
    if len(given) != 1:
        cure = "Give exactly one of default, uniform, file and spec."
        raise UserFault("spec.fleet", ", ".join(given) or None, f"names {len(given)} fleets", cure)
    if fleet.file is not None and not (folder / fleet.file).is_file():
        raise UserFault("spec.fleet.file", fleet.file, "no such file", "Name a fleet file, relative to the scenario.")


def _check_revision_names(scenario: Scenario) -> None:
    """Revision objects are named alike over all components."""
    owners: dict[str, str] = {}
    for index, component in enumerate(scenario.spec.components):
        path = f"spec.components[{index}].initialRevision"
        _one_owner(path, component.initial_revision, component.name, owners)
    for index, revision in enumerate(scenario.spec.revisions):
        _one_owner(f"spec.revisions[{index}].name", revision.name, revision.component, owners)


def _one_owner(path: str, revision: str, component: str, owners: dict[str, str]) -> None:
    if owners.setdefault(revision, component) != component:
        cure = "Give revisions of different components different names."
        raise UserFault(path, revision, f"is a revision of {owners[revision]} too", cure)


def _check_release(
    path: str, release: ReleasePart, scenario: Scenario, components: list[str], policies: list[str]
) -> None:
    _known(f"{path}.component", release.component, components, "component")
    _known(f"{path}.policy", release.policy, policies, "policy")
    component = next(part for part in scenario.spec.components if part.name == release.component)
    known = [part.name for part in scenario.spec.revisions if part.component == release.component]
    _known(f"{path}.revision", release.revision, [*known, component.initial_revision], "revision of the component")
    if release.follows is not None:
        others = [part.name for part in scenario.spec.releases if part.name != release.name]
        _known(f"{path}.follows.release", release.follows.release, others, "other release")
    for index, action in enumerate(release.actions):
        _check_action(f"{path}.actions[{index}]", action)


def _check_action(path: str, action: ActionPart) -> None:
    if (action.at is None) == (action.when is None):
        raise UserFault(f"{path}.at", action.at, "stands beside 'when', or neither is given", "Give 'at' or 'when'.")
    if action.wave and action.when is None:
        raise UserFault(f"{path}.wave", action.wave, "needs 'when'", "Say in which phase.")
    if action.do is Deed.APPROVE and not action.what:
        raise UserFault(f"{path}.what", action.what, "is empty", "Say what is approved, such as 'prod' or 'prod/2'.")


def _unique(path: str, names: Iterable[str]) -> list[str]:
    seen: list[str] = []
    for index, name in enumerate(names):
        if name in seen:
            raise UserFault(f"{path}[{index}].name", name, "is there already", "Give each a name of its own.")
        seen.append(name)
    return seen


def _known(path: str, name: str, known: list[str], what: str) -> None:
    if name not in known:
        raise UserFault(path, name, f"no such {what} in the scenario", f"Use one of: {', '.join(known) or 'none'}.")
