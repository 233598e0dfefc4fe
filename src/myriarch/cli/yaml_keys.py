"""What a YAML file says beside the objects that are read from it: keys that stand twice, and aliases without end.

Of two keys in one mapping the later silently wins, and somebody meant the other. Aliases that hold aliases make a file
of a few lines as large as one likes, and one that holds itself has no end: both are refused before anything is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import yaml

from myriarch.base.errors import UserFault

NODES_MAX: Final = 1_000_000
"""Values of a file with every alias written out."""

DEPTH_MAX: Final = 64
_NULL: Final = ":null"


def doubled_keys(text: str, name: str) -> list[tuple[int, UserFault]]:
    """Each doubled key, with the number (from 0) of its document among those that hold anything. ``name`` is that of
    the file. Raises UserFault where it is no YAML, nested too deeply, or too large with its aliases written out."""
    found: list[tuple[int, UserFault]] = []
    number = -1
    for node in _nodes(text, name):
        if node is None or (isinstance(node, yaml.ScalarNode) and node.tag.endswith(_NULL)):
            continue
        number += 1
        if _size(node, {}, 0, name) > NODES_MAX:
            cure = "Write fewer aliases."
            raise UserFault(name, NODES_MAX, "has more values than that with its aliases written out", cure)
        found += [(number, fault) for fault in _below(node, "")]
    return found


def _nodes(text: str, name: str) -> list[yaml.Node]:
    try:
        return list(yaml.compose_all(text, Loader=yaml.SafeLoader))
    except RecursionError:
        raise _too_deep(name) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "an unknown place"
        problem = f"is not YAML: {getattr(error, 'problem', None) or 'malformed'}"
        raise UserFault(name, place, problem, "Mend the YAML there.") from None


def _size(node: yaml.Node, known: dict[int, int], depth: int, name: str) -> int:
    """Values in and below ``node``; what is below an alias is counted once and added as often as it is meant."""
    if depth > DEPTH_MAX:  # a node that holds itself ends here too
        raise _too_deep(name)
    if id(node) not in known:
        below = node.value if isinstance(node, yaml.SequenceNode) else ()
        if isinstance(node, yaml.MappingNode):
            below = [each for pair in node.value for each in pair]
        known[id(node)] = 1 + sum(_size(each, known, depth + 1, name) for each in below)
    return known[id(node)]


def _too_deep(name: str) -> UserFault:
    return UserFault(name, DEPTH_MAX, "is nested deeper than that, or holds itself", "Write it flatter.")


def _below(node: yaml.Node, path: str) -> Iterator[UserFault]:
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _below(item, f"{path}[{index}]")
    elif isinstance(node, yaml.MappingNode):
        lines: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            here = f"{path}.{key.value}" if path else key.value
            line = key.start_mark.line + 1
            if key.value in lines:
                yield UserFault(here, f"line {line}", f"stands in line {lines[key.value]} too", "Keep one of them.")
            lines.setdefault(key.value, line)
            yield from _below(value, here)
