"""OpenAPI v3 of what is served."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from myriarch.apiserver.kinds import ResourceType


def openapi_v3_index(types: Sequence[ResourceType]) -> dict[str, Any]:
    """The body of ``/openapi/v3``."""
    return {"paths": {}}


def openapi_v3_group(types: Sequence[ResourceType], group: str, version: str) -> dict[str, Any]:
    """The body of ``/openapi/v3/api/v1`` and ``/openapi/v3/apis/GROUP/VERSION``."""
    return {}
