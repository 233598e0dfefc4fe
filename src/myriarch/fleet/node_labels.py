"""Labels of simulated nodes, a label at a time: what their Node objects show (``render.py``), as columns.

An agent that counts budgets by a label asks for all nodes at once; rendering their objects would cost far more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from myriarch.fleet.columns import ClusterState
from myriarch.fleet.names import NodeNames
from myriarch.fleet.shapes import GPU_PRODUCTS
from myriarch.fleet.world import World

LABEL_HOSTNAME: Final = "kubernetes.io/hostname"
LABEL_GPU_MODEL: Final = "myriarch.io/gpu-model"
LABEL_GPU_PRODUCT: Final = "nvidia.com/gpu.product"
LABEL_POOL: Final = "myriarch.io/pool"
LABEL_ZONE: Final = "topology.kubernetes.io/zone"
LABEL_REGION: Final = "topology.kubernetes.io/region"
LABEL_INSTANCE_TYPE: Final = "node.kubernetes.io/instance-type"
SAME_FOR_ALL: Final = {"kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}

_STORED = {LABEL_ZONE: "zone", LABEL_POOL: "pool", LABEL_INSTANCE_TYPE: "shape"}


def label_values(world: World, state: ClusterState, key: str) -> list[str | None]:
    """What each node of the cluster has for the label ``key``; None where it has no such label."""
    found = _by_nature(world, state, key)
    for index, labels in state.labels.items():
        found[index] = labels.get(key, found[index])
    return found


def _by_nature(world: World, state: ClusterState, key: str) -> list[str | None]:
    if key in _STORED:
        return _stored(world, state, world.vocabulary.values[_STORED[key]], _STORED[key])
    models = [world.gpu_models.get(name, "") or None for name in world.vocabulary.values["shape"]]
    if key == LABEL_GPU_MODEL:
        return _stored(world, state, models, "shape")
    if key == LABEL_GPU_PRODUCT:
        return _stored(world, state, [GPU_PRODUCTS.get(model or "") for model in models], "shape")
    if key == LABEL_HOSTNAME:
        return list(NodeNames(state.plan.name, range(state.size)))
    value = state.plan.region if key == LABEL_REGION else SAME_FOR_ALL.get(key)
    return [value] * state.size


def _stored(world: World, state: ClusterState, values: Sequence[str | None], column: str) -> list[str | None]:
    return [values[code] for code in state.base[column].tolist()]
