"""A covering wave that may move all nodes of a small cluster leaves none of them out of what is judged."""

from __future__ import annotations

from tests.hub.house import NODES, House, play, small_spec

from myriarch.api.policy import Coverage, FailureRule, ReleasePolicySpec, Stage, Wave
from myriarch.api.release import Phase

COVERED = ReleasePolicySpec(
    stages=[Stage(name="prod", environment="prod", soak="10m", waves=[Wave(clusters="cover", nodes="cover"), Wave()])],
    coverage=Coverage(per_value=2),
    nodes=NODES,
    failure=FailureRule(tolerance="10%"),
)


def test_a_release_that_succeeded_has_judged_every_node() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        release = await house.phase("r", Phase.SUCCEEDED)
        (tally,) = release.status.environments
        assert (tally.begun, tally.updated) == (tally.nodes, tally.nodes)

    play(story, policy=COVERED, spec=small_spec(60, 6))
