"""The demo as it goes: a live picture on a terminal, a line a transition elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import Final, Protocol, Self, TextIO

import click
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from myriarch.api.release import Phase, Release, TimelineEntry
from myriarch.base.clock import parse_rfc3339
from myriarch.base.durations import format_duration
from myriarch.cli.live import REFRESHES_PER_SECOND, picture
from myriarch.cli.output import percent
from myriarch.engine.phases import ENDED
from myriarch.sim.demo.policy import wave_name
from myriarch.sim.demo.result import FleetSize, StoryResult
from myriarch.sim.demo.stories import COMPONENT, Story
from myriarch.sim.demo.teller import Audience

TOLD: Final = frozenset({Phase.ADVANCING, Phase.SOAKING, Phase.ROLLING_BACK, *ENDED})
"""Phases worth a line; a gate is passed at once where nobody need approve."""


class Seats(Audience, Protocol):
    """An audience to be used as a context, so that the terminal is left as it was found."""

    def closing(self) -> None:
        """Nothing more is told."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def seats_at(stream: TextIO) -> Seats:
    """A picture where ``stream`` is a terminal, else lines."""
    return Picture(stream) if stream.isatty() else Lines(stream)


class Lines:
    """Plain lines: each story, and each transition of its release with how far it had come."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._told = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.flush()

    def opening(self, fleet: FleetSize, policy: str) -> None:
        self._say(opening_line(fleet, policy))

    def story(self, story: Story) -> None:
        self._told = 0
        self._say(story_line(story))

    def state(self, story: Story, release: Release) -> None:
        timeline = release.status.timeline
        for entry in timeline[self._told :]:
            if entry.phase in TOLD:
                self._say(f"  {entry_line(release, entry)}")
        self._told = len(timeline)

    def ended(self, story: Story, result: StoryResult) -> None:
        self._say(f"  {result_line(result)}")

    def closing(self) -> None:
        self._say("")

    def _say(self, text: str) -> None:
        click.echo(text, file=self._stream)
        self._stream.flush()


class Picture:
    """A live picture: the stories told so far, a line each, and the present one with its bars."""

    def __init__(self, stream: TextIO) -> None:
        self._live = Live(console=Console(file=stream), refresh_per_second=REFRESHES_PER_SECOND)
        self._lines: list[Text] = []

    def __enter__(self) -> Self:
        self._live.start()
        self._lines = [Text("Building the fleet and starting the hub …", "dim")]
        self._show()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing()

    def opening(self, fleet: FleetSize, policy: str) -> None:
        self._lines = [Text(opening_line(fleet, policy))]
        self._show()

    def story(self, story: Story) -> None:
        self._lines.append(Text(story_line(story), "bold"))
        self._show()

    def state(self, story: Story, release: Release) -> None:
        self._show(picture(release))

    def ended(self, story: Story, result: StoryResult) -> None:
        self._lines.append(Text(f"  {result_line(result)}", "green" if result.as_told else "red"))
        self._show()

    def closing(self) -> None:
        self._live.stop()

    def _show(self, *below: RenderableType) -> None:
        self._live.update(Group(*self._lines, *below))


def opening_line(fleet: FleetSize, policy: str) -> str:
    return (
        f"A hub with {fleet.clusters} simulated clusters, {fleet.nodes} nodes of real shapes, in a simulated and a "
        f"production environment. Policy {policy}."
    )


def story_line(story: Story) -> str:
    return f"{story.name}: {story.title} ({COMPONENT} {story.revision})"


def result_line(result: StoryResult) -> str:
    """``Succeeded after 2d7h of virtual time (9.1 s), 100% of production exposed``, and what is amiss."""
    lasted = format_duration(round(result.virtual_seconds / 60) * 60)
    text = f"{result.phase} after {lasted} of virtual time ({result.wall_seconds:.1f} s)"
    text += f", {percent(result.production_exposure)} of production exposed"
    return text if result.as_told else f"{text}: not as it should have ended"


def entry_line(release: Release, entry: TimelineEntry) -> str:
    """A transition: when after the start, to what, where, how far it had come, and why it turned back."""
    status = release.status
    begun_at = parse_rfc3339(status.started_at) if status.started_at else parse_rfc3339(entry.at)
    after = format_duration(round((parse_rfc3339(entry.at) - begun_at) / 60) * 60)
    place = f"{entry.stage}, wave {wave_name(status.policy, entry.stage, entry.wave)}"
    counts = "; ".join(
        f"{each.environment} {each.begun}/{each.nodes} begun" + (f", {each.failed} failed" if each.failed else "")
        for each in status.environments
        if each.begun
    )
    line = f"+{after:<9} {entry.phase:<12} {place:<28} {counts}".rstrip()
    return f"{line}\n{'':13}{entry.message}" if entry.phase is Phase.ROLLING_BACK else line
