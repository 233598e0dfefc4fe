"""Labels as options give them: ``KEY=VALUE``."""

from __future__ import annotations

from collections.abc import Iterable

from myriarch.base.errors import UserFault
from myriarch.imports.labels import is_label


def labels_of(given: Iterable[str], option: str = "--label") -> dict[str, str]:
    """Raises UserFault for what Kubernetes would not take as a label."""
    labels = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not is_label(key, value):
            raise UserFault(option, text, "not a label", "Write KEY=VALUE, such as region=eu-1.")
        labels[key] = value
    return labels
