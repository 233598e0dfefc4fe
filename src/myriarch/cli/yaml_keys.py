"""Keys that stand twice in one mapping of a YAML file: the later silently wins, and somebody meant the other."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from myriarch.base.errors import UserFault

_DEPTH_MAX = 64


def doubled_keys(text: str) -> Iterator[tuple[int, UserFault]]:
    """Each doubled key, with the number (from 0) of its document among those that hold anything. The text must be
    YAML."""
    number = -1
    for node in yaml.compose_all(text, Loader=yaml.SafeLoader):
        if node is None or (isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")):
            continue
        number += 1
        for fault in _below(node, "", 0):
            yield number, fault


def _below(node: yaml.Node, path: str, depth: int) -> Iterator[UserFault]:
    if depth > _DEPTH_MAX:
        return
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _below(item, f"{path}[{index}]", depth + 1)
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
            yield from _below(value, here, depth + 1)
