"""YAML as Kubernetes reads it: a stream of documents in which ``2026-01-05`` and ``12:30`` are strings.

PyYAML's own loader makes dates and base-60 numbers of those, which then don't go back to JSON as written.
"""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

from myriarch.base.errors import UserFault

TEXT_BYTES_MAX: Final = 16 * 1024 * 1024

_INTEGER: Final = re.compile(r"^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?0x[0-9a-fA-F_]+|[-+]?(?:0|[1-9][0-9_]*))$")


class _Loader(yaml.CSafeLoader):
    """The safe loader without dates and with fewer integers."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":int"))]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", _INTEGER, list("-+0123456789"))


def read_documents(text: str, where: str) -> list[Any]:
    """Every document of the stream. Raises UserFault naming ``where`` and the place of the mistake."""
    if len(text) > TEXT_BYTES_MAX:
        raise UserFault(where, len(text), f"more than {TEXT_BYTES_MAX} characters", "Split the bundle.")
    try:
        return [_with_text_keys(document) for document in yaml.load_all(text, Loader=_Loader)]
    except yaml.YAMLError as error:
        # The parser's own text quotes the lines, which may hold a Secret.
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "an unknown place"
        problem = getattr(error, "problem", None) or "not YAML"
        raise UserFault(where, place, problem, "Mend the YAML there.") from None


def _with_text_keys(value: Any) -> Any:
    """JSON has only strings for keys: ``1`` and ``on`` are written as Kubernetes writes them."""
    if isinstance(value, dict):
        return {_text(key): _with_text_keys(inner) for key, inner in value.items()}
    return [_with_text_keys(inner) for inner in value] if isinstance(value, list) else value


def _text(key: Any) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)
