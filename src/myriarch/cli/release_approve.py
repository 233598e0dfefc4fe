"""``myriarch release approve``: a person's yes."""

from __future__ import annotations

import getpass
import re
from typing import Any, Final

import click

from myriarch.api.release import Release
from myriarch.base.errors import UserFault
from myriarch.cli.gate_approval import check_gate_approval
from myriarch.cli.metric_view import check_metric_approval
from myriarch.cli.output import Output, output_option
from myriarch.cli.release_orders import approvals_with, approved, order, require_underway
from myriarch.cli.target import Target, hub_options

_WAITS: Final = re.compile(r"waits for approval '([^']+)'")
"""How the engine words a hold for an approval (``engine/holds.py``)."""

_WAVE: Final = re.compile(r"(?:harm/)?(?P<stage>.+)/(?P<wave>[1-9][0-9]*)")


@click.command()
@click.argument("name")
@click.argument("what", required=False)
@click.option("--by", default="", metavar="NAME", help="Who approves; by default the user of this shell.")
@click.option("--reason", default="", metavar="TEXT", help="Why.")
@hub_options
@output_option()
def approve(name: str, what: str | None, by: str, reason: str, target: Target, output: Output) -> None:
    """Approve what the release NAME waits for, or WHAT beforehand.

    \b
    WHAT is
      STAGE              that a stage begins
      STAGE/WAVE         that a release goes on from a wave (from 1)
      rollback           that a component which is not reversible goes back
      harm/STAGE/WAVE    that the failures of a wave are accepted
      gate/NAME/STAGE/WAVE    that a gate which waits for people is passed
      metric/NAME/STAGE/WAVE  that a silent metric is passed over
    """

    def decide(release: Release) -> dict[str, Any]:
        require_underway(release, "approved")
        wanted = what or awaited(release)
        who = by or getpass.getuser()
        _check(release, wanted, who, reason)
        return {} if approved(release, wanted) else {"approvals": approvals_with(release, wanted, who, reason)}

    order(target, name, decide, "approved", output)


def awaited(release: Release) -> str:
    """What the release waits for. Raises UserFault where it waits for no approval."""
    found = [match[1] for hold in release.status.holds if (match := _WAITS.search(hold))]
    if not found:
        cure = "Say WHAT to approve beforehand: STAGE, STAGE/WAVE or rollback."
        raise UserFault("release", release.name, "it waits for no approval now", cure)
    return found[0]


def _check(release: Release, what: str, by: str, reason: str) -> None:
    """Raises UserFault for what this release can never wait for, as far as its policy is known."""
    policy = release.status.policy
    if policy is None or what == "rollback":
        return
    if what.startswith("gate/"):
        check_gate_approval(policy, what, by, reason)
        return
    if what.startswith("metric/"):
        check_metric_approval(policy, what)
        return
    stages = [stage.name for stage in policy.stages]
    wave = _WAVE.fullmatch(what)
    if what in stages or (wave is not None and wave["stage"] in stages and _has_wave(release, wave)):
        return
    cure = f"Give rollback, a stage ({', '.join(stages)}), STAGE/WAVE with a wave from 1, or gate/NAME/STAGE/WAVE."
    raise UserFault("what", what, "the release never asks for it", cure)


def _has_wave(release: Release, wave: re.Match[str]) -> bool:
    """Stages that grow by a factor have as many waves as the fleet needs."""
    assert release.status.policy is not None
    stage = next(each for each in release.status.policy.stages if each.name == wave["stage"])
    return stage.exponential is not None or int(wave["wave"]) <= max(len(stage.waves), 1)
