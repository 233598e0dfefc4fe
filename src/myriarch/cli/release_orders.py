"""Changing a release that may change at the same time: read, decide, write only if it is still the same.

What an order means is for the engine to say; here is only how it gets into the spec, and which orders make
no sense in which phase.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable
from typing import Any, Final

import msgspec

from myriarch.api.release import Approval, Order, Phase, Release
from myriarch.base.clock import real_now, rfc3339
from myriarch.base.errors import UserFault
from myriarch.cli.connect import Session, ask
from myriarch.cli.exits import Failed
from myriarch.cli.output import Output, emit
from myriarch.cli.target import Target
from myriarch.client.client import PatchKind
from myriarch.client.errors import Conflict
from myriarch.client.refs import RELEASES
from myriarch.engine.phases import ENDED

TRIES_MAX: Final = 10
FIELD_MANAGER: Final = "myriarch-cli"

Decide = Callable[[Release], dict[str, Any]]
"""The new values of spec fields; empty where the release is as wanted already. Raises UserFault."""


def order(target: Target, name: str, decide: Decide, done: str, output: Output) -> None:
    """Change the release and say so: ``done`` is a participle, such as ``paused``."""
    changed, release = ask(target, lambda session: change(session, name, decide))
    said = done if changed else f"{done} already"
    emit(output, release, lambda: f"release/{name} {said}")


async def change(session: Session, name: str, decide: Decide) -> tuple[bool, Release]:
    """Whether there was anything to change, and the release as it is now."""
    for _ in range(TRIES_MAX):
        release = await session.find(RELEASES, Release, name, "release")
        spec = decide(release)
        if not spec:
            return False, release
        version = {"resourceVersion": release.metadata.resource_version}
        try:
            return True, await session.client.patch(
                RELEASES,
                Release,
                name,
                {"metadata": version, "spec": spec},
                namespace=session.namespace,
                patch_kind=PatchKind.MERGE,
                field_manager=FIELD_MANAGER,
            )
        except Conflict:
            continue
    raise Failed(f"release/{name} changed {TRIES_MAX} times under our hands. Try again")


def require_underway(release: Release, verb: str) -> None:
    """Raises UserFault where the release has ended."""
    phase = release.status.phase
    if phase in ENDED:
        problem = f"the release has ended ({phase}) and can't be {verb}"
        raise UserFault("release", release.name, problem, "See 'myriarch release status' for those underway.")


def ordered(release: Release, wanted: Order) -> dict[str, Any]:
    """The spec that gives an order; empty where it is given already."""
    return {} if release.spec.order == wanted else {"order": str(wanted)}


def approvals_with(release: Release, what: str, by: str, reason: str) -> list[Any]:
    """The release's approvals and one more."""
    mine = Approval(what=what, by=by or getpass.getuser(), at=rfc3339(real_now()), reason=reason)
    kept: list[Any] = msgspec.to_builtins(release.spec.approvals)
    return [*kept, msgspec.to_builtins(mine)]


def approved(release: Release, what: str) -> bool:
    return any(approval.what == what for approval in release.spec.approvals)


def harm_approval_of(release: Release) -> str:
    """The approval that lets it go on after a pause by harm; empty where it isn't in one."""
    status = release.status
    if status.phase is not Phase.PAUSED or status.reason not in ("Harm", "WaveRolledBack"):
        return ""
    return f"harm/{status.stage_name}/{status.wave + 1}"
