"""Reading ``kubectl get nodes -o json``: one file a cluster, real attributes of real nodes.

What is read of a node: capacity (cpu, memory, nvidia.com/gpu), the instance type, GPU product, zone and
region labels, its pool by the labels of the usual providers, osImage, kernelVersion, kubeletVersion and the
scheme of providerID. Like nodes become one group with a count.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import msgspec

from myriarch.base.errors import UserFault
from myriarch.fleet.load import read_text
from myriarch.fleet.shapes import GPU_PRODUCTS

_LIST_KINDS = ("NodeList", "List")
_GPU = "nvidia.com/gpu"
_INSTANCE_LABELS = ("node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type")
_GPU_LABELS = ("myriarch.io/gpu-model", "nvidia.com/gpu.product")
_ZONE_LABELS = ("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone")
_REGION_LABELS = ("topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region")
_POOL_LABELS = (
    "myriarch.io/pool",
    "cloud.google.com/gke-nodepool",
    "eks.amazonaws.com/nodegroup",
    "kubernetes.azure.com/agentpool",
    "agentpool",
)
_SUFFIXES = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50}
_SUFFIXES |= {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15, "": 1}
_QUANTITY = re.compile(r"(?P<number>[0-9.]+(?:[eE][+-]?[0-9]+)?)(?P<suffix>m|Ki|Mi|Gi|Ti|Pi|k|M|G|T|P|)")
_MODEL_OF_PRODUCT = {product: model for model, product in GPU_PRODUCTS.items()}


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """One real node, in the fleet's words; empty where the node doesn't say."""

    instance_type: str
    cpu_milli: int
    memory_mib: int
    gpus: int
    gpu_model: str
    os: str
    kernel: str
    zone: str
    region: str
    pool: str
    kubernetes_minor: str
    provider: str


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """One file's nodes, like ones counted, in order of first appearance."""

    name: str
    nodes: Mapping[NodeFacts, int]


def read_nodes(path: Path) -> ClusterFacts:
    """The nodes in a file. Raises UserFault with file and JSON path for what can't be used."""
    try:
        document = msgspec.json.decode(read_text(path))
    except msgspec.DecodeError as error:
        cure = "Save the output of: kubectl get nodes -o json"
        raise UserFault(str(path), "JSON", f"unreadable: {error}", cure) from error
    kind = document.get("kind") if isinstance(document, dict) else None
    if kind not in _LIST_KINDS:
        cure = "Save the output of: kubectl get nodes -o json"
        raise UserFault(f"{path}: $.kind", kind, "not a NodeList or List", cure)
    items = document.get("items")
    if not isinstance(items, list) or not items:
        raise UserFault(f"{path}: $.items", items, "no nodes", "Export a cluster that has nodes.")
    facts = [_node(_Reader(item, f"{path}: $.items[{number}]")) for number, item in enumerate(items)]
    return ClusterFacts(_cluster_name(path), Counter(facts))


class _Reader:
    """Looks up paths in one node, and says where when something is wrong."""

    def __init__(self, node: Any, place: str) -> None:
        self.node = node
        self.place = place
        if not isinstance(node, dict) or node.get("kind", "Node") != "Node":
            kind = node.get("kind") if isinstance(node, dict) else node
            raise UserFault(f"{place}.kind", kind, "not a Node", "Export nodes only.")

    def section(self, *path: str) -> Mapping[str, Any]:
        found = self.node
        for number, name in enumerate(path, 1):
            found = found.get(name, {}) if found is not None else {}
            if not isinstance(found, dict | None):
                where = ".".join((self.place, *path[:number]))
                raise UserFault(where, found, "not a mapping", "Export the nodes again.")
        return found or {}

    def label(self, names: tuple[str, ...]) -> str:
        labels = self.section("metadata", "labels")
        return str(next((labels[name] for name in names if labels.get(name)), ""))

    def quantity(self, name: str, *, required: bool) -> Decimal:
        value = self.section("status", "capacity").get(name)
        if value is None and not required:
            return Decimal(0)
        found = _QUANTITY.fullmatch(str(value))
        where = f"{self.place}.status.capacity['{name}']"
        try:
            if found is None:
                raise InvalidOperation
            number = Decimal(found["number"])
        except InvalidOperation:
            raise UserFault(where, value, "not a quantity", 'Write it like "96" or "384Gi".') from None
        scaled = number / 1000 if found["suffix"] == "m" else number * _SUFFIXES[found["suffix"]]
        if required and scaled <= 0:
            raise UserFault(where, value, "not above zero", "Export the node when it has joined.")
        return scaled


def _node(reader: _Reader) -> NodeFacts:
    info = reader.section("status", "nodeInfo")
    gpus = int(reader.quantity(_GPU, required=False))
    product = reader.label(_GPU_LABELS)
    version = re.match(r"v?(\d+\.\d+)", str(info.get("kubeletVersion", "")))
    scheme, separator, _ = str(reader.section("spec").get("providerID") or "").partition("://")
    return NodeFacts(
        instance_type=reader.label(_INSTANCE_LABELS),
        cpu_milli=max(1, int(reader.quantity("cpu", required=True) * 1000)),
        memory_mib=max(1, int(reader.quantity("memory", required=True)) // 2**20),
        gpus=gpus,
        gpu_model=(_MODEL_OF_PRODUCT.get(product, product) or "unknown") if gpus else "",
        os=str(info.get("osImage") or ""),
        kernel=str(info.get("kernelVersion") or ""),
        zone=reader.label(_ZONE_LABELS),
        region=reader.label(_REGION_LABELS),
        pool=reader.label(_POOL_LABELS),
        kubernetes_minor=version[1] if version else "",
        provider=scheme if separator else "",
    )


def _cluster_name(path: Path) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")[:54].strip("-")
    if not name:
        raise UserFault("file", str(path), "no cluster name in it", "Name the file after the cluster.")
    return name
