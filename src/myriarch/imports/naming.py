"""Names of clusters, made of what a source calls them: the same every time, and safe for every object named so."""

from __future__ import annotations

import re
from typing import Final

from myriarch.base.hashing import stable_hash

NAME_CHARACTERS_MAX: Final = 63
_HASH_CHARACTERS: Final = 8


def name_of(title: str, prefix: str = "") -> str:
    """Lower case letters, digits and single '-' and '.'; '' where nothing of that kind is in ``title``.

    A name that is too long is cut and ends in a hash of the whole, so that two of them stay two.
    """
    plain = re.sub(r"[^a-z0-9.]+", "-", title.lower())
    plain = re.sub(r"[-.]*\.[-.]*", ".", plain).strip("-.")
    if not plain:
        return ""
    name = prefix + plain
    if len(name) <= NAME_CHARACTERS_MAX:
        return name
    ending = f"{stable_hash(0, 'import', prefix, title):016x}"[:_HASH_CHARACTERS]
    return f"{name[: NAME_CHARACTERS_MAX - _HASH_CHARACTERS - 1].rstrip('-.')}-{ending}"
