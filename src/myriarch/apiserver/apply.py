"""Server-side apply and the ownership of fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from myriarch.apiserver.patch import merge_patch
from myriarch.apiserver.schema import Schema
from myriarch.base.errors import MyriarchError


class ApplyConflict(MyriarchError):
    """Other managers own what the apply would change. ``conflicts``: (manager, dotted path)."""

    def __init__(self, conflicts: Sequence[tuple[str, str]]) -> None:
        self.conflicts = tuple(conflicts)
        super().__init__(f"Apply failed with {len(self.conflicts)} conflict")


def apply(
    live: dict[str, Any] | None,
    applied: dict[str, Any],
    *,
    manager: str,
    force: bool,
    schema: Schema,
    subresource: str,
    now_text: str,
    reset: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """The object after ``manager`` applies ``applied``. ``reset``: top-level fields it can't touch here."""
    return merge_patch(live or {}, applied)  # type: ignore[no-any-return]


def update_managed(
    live: dict[str, Any] | None,
    new: dict[str, Any],
    *,
    manager: str,
    operation: str = "Update",
    subresource: str,
    now_text: str,
    schema: Schema,
) -> None:
    """Set ``new``'s managedFields for a PUT, POST or PATCH that turned ``live`` into ``new``."""
