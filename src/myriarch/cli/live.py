"""A release as it goes: a live picture on a terminal, plain lines elsewhere, JSON lines for programs.

The picture shows stages with their waves as bars, environments with theirs, what the release waits for, and
the last transitions. Plain lines say each transition once, and between them how far it has come.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Final, Protocol, Self, TextIO

import click
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from myriarch.api.policy import Stage
from myriarch.api.release import Phase, Release
from myriarch.cli.output import Output, percent, plain
from myriarch.cli.release_view import entry_line, headline, progress_line
from myriarch.engine.phases import BACKWARD, ENDED, EVERYWHERE

BAR_WIDTH: Final = 30
LAST_ENTRIES: Final = 6
REFRESHES_PER_SECOND: Final = 4


class View(Protocol):
    """Shows one state after another; use as a context."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def show(self, release: Release) -> None: ...


def view_for(output: Output, stream: TextIO) -> View:
    """The view for ``stream``: a picture where it is a terminal."""
    if output is Output.JSON:
        return JsonLines(stream)
    return Picture(stream) if stream.isatty() else Lines(stream)


class Lines:
    """Plain lines, each said once."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._seen: set[str] = set()
        self._last = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.flush()

    def show(self, release: Release) -> None:
        for entry in release.status.timeline:
            line = entry_line(entry)
            if line not in self._seen:
                self._seen.add(line)
                self._say(line)
        line = progress_line(release)
        if line != self._last and release.status.phase not in ENDED:
            self._last = line
            self._say(f"  {line}")

    def _say(self, line: str) -> None:
        click.echo(line, file=self._stream)


class JsonLines(Lines):
    """One JSON object a line: the phase, the place, the reason, the tallies."""

    def show(self, release: Release) -> None:
        line = json.dumps(state(release), ensure_ascii=False)
        if line != self._last:
            self._last = line
            self._say(line)


def state(release: Release) -> dict[str, Any]:
    """What changes as a release goes, without policy and timeline."""
    whole: dict[str, Any] = plain(release.status)
    kept = {key: value for key, value in whole.items() if key not in ("policy", "timeline", "conditions")}
    return {"release": release.name, "namespace": release.metadata.namespace, "phase": "Pending", **kept}


class Picture:
    """A live picture on a terminal; its last state stays."""

    def __init__(self, stream: TextIO) -> None:
        self._live = Live(console=Console(file=stream), refresh_per_second=REFRESHES_PER_SECOND)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def show(self, release: Release) -> None:
        self._live.update(picture(release))


def picture(release: Release) -> RenderableType:
    """The release as one renderable value."""
    spec = release.spec
    title = Text.assemble((release.name, "bold"), f"  {spec.component} to {spec.revision}  ")
    title.append(headline(release), _style(release.status.phase))
    parts: list[RenderableType] = [title, _stages(release), _environments(release)]
    parts += [Text(f"waits: {hold}", "yellow") for hold in release.status.holds]
    if release.status.message:
        parts.append(Text(f"{release.status.reason}: {release.status.message}", _style(release.status.phase)))
    parts += [Text(entry_line(entry), "dim") for entry in release.status.timeline[-LAST_ENTRIES:]]
    return Group(*parts)


def _stages(release: Release) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    for stage, done, waves in _progress(release):
        going_back = release.status.phase in BACKWARD or release.status.phase is Phase.ROLLED_BACK
        style = "red" if going_back else "cyan"
        bar = ProgressBar(
            total=max(waves, 1), completed=done, width=BAR_WIDTH, complete_style=style, finished_style=style
        )
        grid.add_row(f"stage {stage.name}", bar, f"{done}/{waves} waves" if waves else "")
    return grid


def _progress(release: Release) -> Iterator[tuple[Stage, int, int]]:
    """Each stage with its waves done and its waves; 0 where a growing stage hasn't said how many it takes."""
    status = release.status
    begun = status.started_at is not None
    for index, stage in enumerate(status.policy.stages if status.policy else ()):
        known = len(stage.waves) or (1 if stage.exponential is None else 0)
        if begun and index == status.stage:
            waves = status.waves or known
            done = waves if status.phase in EVERYWHERE else status.wave
        else:
            waves, done = known, known if begun and index < status.stage else 0
        yield stage, done, waves


def _environments(release: Release) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    for each in release.status.environments:
        back = each.reverted if release.status.phase in BACKWARD else each.updated
        style = "red" if release.status.phase in BACKWARD else "green"
        bar = ProgressBar(
            total=max(each.nodes, 1), completed=back, width=BAR_WIDTH, complete_style=style, finished_style=style
        )
        counts = f"{each.updated}/{each.nodes} updated, {percent(each.exposure)} exposed"
        troubles = [
            f"{count} {name}"
            for name, count in (
                ("failed", each.failed),
                ("unreachable", each.unreachable),
                ("reverted", each.reverted),
                ("stuck", each.stuck),
            )
            if count
        ]
        grid.add_row(each.environment, bar, counts, Text(", ".join(troubles), "red"))
    return grid


def _bar(done: int, of: int, style: str) -> ProgressBar:
    return ProgressBar(total=max(of, 1), completed=done, width=BAR_WIDTH, complete_style=style, finished_style=style)


def _style(phase: Phase) -> str:
    if phase in EVERYWHERE:
        return "green"
    if phase in ENDED or phase in BACKWARD:
        return "red"
    return "yellow" if phase is Phase.PAUSED else "cyan"
