"""Labels as options give them: ``KEY=VALUE``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from myriarch.base.errors import UserFault

_KEY: Final = re.compile(r"([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_VALUE: Final = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")


def labels_of(given: Iterable[str], option: str = "--label") -> dict[str, str]:
    """Raises UserFault for what Kubernetes would not take as a label."""
    labels = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not _KEY.fullmatch(key) or not _VALUE.fullmatch(value):
            raise UserFault(option, text, "not a label", "Write KEY=VALUE, such as region=eu-1.")
        labels[key] = value
    return labels
