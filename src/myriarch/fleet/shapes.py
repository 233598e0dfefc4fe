"""Node shapes: how much machine a node is, and how many of each a real fleet holds.

The default counts are those of a production cluster with 1,523 nodes (Alibaba's public trace
cluster-trace-gpu-v2023): facts about real hardware mixes, so that a simulated fleet is as uneven as a real
one. Anything about *which* node has which shape is in ``build.py``.
"""

from __future__ import annotations

import msgspec

#: count, CPU milli, memory MiB, GPUs, GPU model
_DEFAULT_ROWS: tuple[tuple[int, int, int, int, str], ...] = (
    (549, 96000, 393216, 8, "G2"),
    (387, 104000, 524288, 2, "T4"),
    (129, 32000, 262144, 0, ""),
    (107, 16000, 122880, 2, "P100"),
    (59, 96000, 524288, 0, ""),
    (39, 128000, 786432, 8, "G3"),
    (30, 96000, 393216, 0, ""),
    (28, 32000, 131072, 4, "V100M16"),
    (23, 32000, 131072, 0, ""),
    (22, 64000, 524288, 0, ""),
    (22, 64000, 262144, 2, "P100"),
    (21, 96000, 786432, 8, "V100M32"),
    (20, 104000, 524288, 0, ""),
    (19, 8000, 32768, 1, "V100M16"),
    (17, 96000, 393216, 4, "T4"),
    (10, 32000, 65536, 0, ""),
    (9, 48000, 376832, 4, "V100M32"),
    (8, 64000, 262144, 0, ""),
    (7, 64000, 262144, 8, "V100M16"),
    (4, 64000, 131072, 0, ""),
    (3, 8000, 61440, 1, "P100"),
    (3, 104000, 786432, 0, ""),
    (2, 8000, 61440, 2, "P100"),
    (2, 128000, 1048576, 1, "A10"),
    (1, 96000, 786432, 0, ""),
    (1, 82000, 344064, 8, "V100M16"),
    (1, 104000, 196608, 0, ""),
)

#: What NVIDIA's feature discovery calls the models; others are anonymous in the trace.
GPU_PRODUCTS = {
    "T4": "Tesla-T4",
    "P100": "Tesla-P100-PCIE-16GB",
    "V100M16": "Tesla-V100-SXM2-16GB",
    "V100M32": "Tesla-V100-SXM2-32GB",
    "A10": "NVIDIA-A10",
}

_MIB_PER_GIB = 1024
_MEMORY_RICH_GIB_PER_CORE = 6.0


class Shape(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename="camel",
    forbid_unknown_fields=True,
    omit_defaults=True,
):
    """One kind of machine. ``count`` is its weight when nodes are drawn; ``gpu_model`` is empty without GPU."""

    name: str
    cpu_milli: int
    memory_mib: int
    gpus: int = 0
    gpu_model: str = ""
    count: float = 1.0
    pool: str = ""

    @property
    def pool_name(self) -> str:
        """The node pool that machines of this shape are bought into."""
        if self.pool:
            return self.pool
        if self.gpus:
            return f"gpu-{self.gpu_model.lower()}"
        gib_per_core = self.memory_mib / _MIB_PER_GIB / (self.cpu_milli / 1000)
        return "memory" if gib_per_core >= _MEMORY_RICH_GIB_PER_CORE else "general"


def shape_name(cpu_milli: int, memory_mib: int, gpus: int, gpu_model: str) -> str:
    """An instance-type like name, for example ``c96-m384-g8-G2``: cores, GiB, GPUs, model."""
    base = f"c{_short(cpu_milli / 1000)}-m{_short(memory_mib / _MIB_PER_GIB)}"
    return f"{base}-g{gpus}-{gpu_model}" if gpus else base


def make_shape(cpu_milli: int, memory_mib: int, gpus: int, gpu_model: str, count: float) -> Shape:
    """A shape under its rule-made name; a model without GPUs is dropped."""
    model = (gpu_model or "unknown") if gpus else ""
    return Shape(
        name=shape_name(cpu_milli, memory_mib, gpus, model),
        cpu_milli=cpu_milli,
        memory_mib=memory_mib,
        gpus=gpus,
        gpu_model=model,
        count=count,
    )


def default_shapes() -> tuple[Shape, ...]:
    """The 27 shapes of the real inventory, most frequent first."""
    return tuple(make_shape(cpu, memory, gpus, model, count) for count, cpu, memory, gpus, model in _DEFAULT_ROWS)


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
