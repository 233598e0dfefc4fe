"""A story is a text file: what is asked (lines that begin with ``>``), and below it what came of it.

``> run 1h`` is a command, ``>   soak: 10m`` (indented) continues it, ``# ...`` explains, an empty line separates.
Everything else is outcome, and is compared, or written anew for review in diffs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
CONTINUED = ">   "


@dataclass(frozen=True, slots=True)
class Command:
    """``words`` of the first line; ``text`` is what continues it, without its marks."""

    words: tuple[str, ...]
    text: str
    line: int


def story_files() -> list[Path]:
    return sorted(FOLDER.glob("*.story"))


def commands_of(text: str) -> list[tuple[list[str], Command | None]]:
    """The story in pieces: lines to keep as they are, and the command that ends each piece (none at the end)."""
    pieces: list[tuple[list[str], Command | None]] = []
    kept: list[str] = []
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if line.startswith(">"):
            kept.append(line)
            more = []
            while number < len(lines) and lines[number].startswith(CONTINUED):
                kept.append(lines[number])
                more.append(lines[number].removeprefix(CONTINUED))
                number += 1
            pieces.append((kept, Command(tuple(line[1:].split()), "\n".join(more), number)))
            kept = []
        elif not line.strip() or line.startswith("#"):
            kept.append(line)
    pieces.append((kept, None))
    return pieces
