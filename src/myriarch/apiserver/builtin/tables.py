"""The structures of all built-in kinds, read once, and the schema of a whole kind made of them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from myriarch.apiserver.builtin.definition_shapes import DEFINITIONS
from myriarch.apiserver.builtin.pod_shapes import POD
from myriarch.apiserver.builtin.shapes import Shapes
from myriarch.apiserver.builtin.volume_shapes import VOLUMES
from myriarch.apiserver.builtin.workload_shapes import WORKLOADS
from myriarch.apiserver.kinds import whole_schema


@lru_cache(maxsize=1)
def shapes() -> Shapes:
    return Shapes(POD, VOLUMES, WORKLOADS, DEFINITIONS)


def kind_schema(
    kind: str, about: str, /, spec: str = "", status: str = "", required: tuple[str, ...] = (), **more: Any
) -> dict[str, Any]:
    """The schema of a kind with these structures for ``spec`` and ``status``, and ``more`` fields beside them."""
    known = shapes()
    parts = (("spec", spec, "What is wanted."), ("status", status, "What is seen."))
    properties = {name: known.described(shape, text) for name, shape, text in parts if shape}
    extra = {"required": list(required)} if required else {}
    return whole_schema(kind, about, {**properties, **more}, **extra)
