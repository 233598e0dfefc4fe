"""Labels as options give them, ``KEY=VALUE``, and names of clusters as arguments give them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from myriarch.base.errors import UserFault
from myriarch.imports.labels import is_label
from myriarch.imports.naming import name_of

_NAME: Final = re.compile(r"(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")


def labels_of(given: Iterable[str], option: str = "--label") -> dict[str, str]:
    """Raises UserFault for what Kubernetes would not take as a label."""
    labels = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not is_label(key, value):
            raise UserFault(option, text, "not a label", "Write KEY=VALUE, such as region=eu-1.")
        labels[key] = value
    return labels


def cluster_name(given: str) -> str:
    """The same. Raises UserFault for what Kubernetes would not take as a name."""
    if not _NAME.fullmatch(given):
        sound = name_of(given)
        likely = f", such as {sound}" if sound else ""
        raise UserFault("name", given, "not a name", f"Write small letters, digits and '-'{likely}.")
    return given
