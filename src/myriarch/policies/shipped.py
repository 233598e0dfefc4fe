"""The ready policies that ship in the package, read from the YAML files beside this one.

A file's name is its policy's name. Its opening comment is written for people: the first sentence says what the policy
is for, the rest what it costs and how long it takes. Nothing here judges a policy: that is ``engine/policy_check.py``.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec
import yaml

from myriarch.api.policy import ReleasePolicy
from myriarch.base.errors import UserFault

SUFFIX: Final = ".yaml"
_SENTENCE: Final = re.compile(r"^(.*?\.)(?:\s|$)")


@cache
def shipped_names() -> tuple[str, ...]:
    """Names of the ready policies, in order."""
    found = (entry.name for entry in files(__package__).iterdir())
    return tuple(sorted(name.removesuffix(SUFFIX) for name in found if name.endswith(SUFFIX)))


@cache
def shipped_text(name: str) -> str:
    """The file of a ready policy, with its comments. Raises UserFault where there is none of that name."""
    if name not in shipped_names():
        cure = f"Give one of: {', '.join(shipped_names())}."
        raise UserFault("NAME", name, "there is no such ready policy", cure)
    return (files(__package__) / f"{name}{SUFFIX}").read_text("utf-8")


def shipped_policy(name: str) -> ReleasePolicy:
    """A ready policy. Raises UserFault where there is none of that name."""
    return msgspec.convert(yaml.safe_load(shipped_text(name)), ReleasePolicy)


def purpose(text: str) -> str:
    """What a policy's file says that it is for: the first sentence of its opening comment."""
    lines: list[str] = []
    for line in text.splitlines():
        if not line.startswith("#") or not line.strip("# "):
            break
        lines.append(line.lstrip("#").strip())
    said = _SENTENCE.match(" ".join(lines))
    return said[1] if said else ""
