"""Built-in type Service. Addresses are a function of the service's uid: nothing routes to them here."""

from __future__ import annotations

import ipaddress
import re
from hashlib import blake2b
from typing import Any

from myriarch.apiserver.builtin.cells import at
from myriarch.apiserver.builtin.tables import kind_schema
from myriarch.apiserver.columns import AGE, NAME, NONE, Column
from myriarch.apiserver.errors import FieldError, invalid_value, required, unsupported
from myriarch.apiserver.kinds import ResourceType

Object = dict[str, Any]

SERVICE_NETWORK = ipaddress.IPv4Network("10.96.0.0/12")
_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_FIRST_NODE_PORT, _NODE_PORTS = 30_000, 2_768
_NAME = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?\Z")
_NAME_RULE = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
    "and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
    "'[a-z]([-a-z0-9]*[a-z0-9])?')"
)
_KEPT = ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")


def _complete(obj: Object, old: Object | None) -> None:
    spec = obj.setdefault("spec", {})
    if not isinstance(spec, dict) or spec.get("type") == "ExternalName":
        return
    if old is not None:
        for field in _KEPT:
            if field not in spec and field in (old.get("spec") or {}):
                spec[field] = old["spec"][field]
    uid = obj["metadata"].get("uid", "")
    spec.setdefault("clusterIP", address_of(uid))
    spec.setdefault("clusterIPs", [spec["clusterIP"]])
    spec.setdefault("ipFamilies", ["IPv4"])
    spec.setdefault("ipFamilyPolicy", "SingleStack")
    spec.setdefault("internalTrafficPolicy", "Cluster")
    _complete_ports(spec, uid)
    if spec.get("sessionAffinity") == "ClientIP":
        spec.setdefault("sessionAffinityConfig", {"clientIP": {"timeoutSeconds": 10_800}})


def _complete_ports(spec: Object, uid: str) -> None:
    outside = spec.get("type") in ("NodePort", "LoadBalancer")
    if outside:
        spec.setdefault("externalTrafficPolicy", "Cluster")
    if spec.get("type") == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)
    for port in spec.get("ports") or ():
        if isinstance(port, dict) and "port" in port:
            port.setdefault("targetPort", port["port"])
            if outside:
                port.setdefault("nodePort", _FIRST_NODE_PORT + _number(f"{uid}/{port['port']}") % _NODE_PORTS)


def address_of(uid: str) -> str:
    """An address of the services' network, told by the uid alone."""
    return str(SERVICE_NETWORK[256 + _number(uid) % (SERVICE_NETWORK.num_addresses - 512)])


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def _errors(obj: Object, old: Object | None) -> list[FieldError]:
    spec, name = obj.get("spec") or {}, obj["metadata"]["name"]
    if not _NAME.match(name):
        return [invalid_value("metadata.name", name, _NAME_RULE)]
    if spec.get("type") not in _TYPES:
        return [unsupported("spec.type", spec.get("type"), _TYPES)]
    errors: list[FieldError] = []
    if spec["type"] == "ExternalName":
        return errors if spec.get("externalName") else [required("spec.externalName")]
    if not spec.get("ports") and spec.get("clusterIP") != "None":
        errors.append(required("spec.ports"))
    for index, port in enumerate(spec.get("ports") or ()):
        if len(spec["ports"]) > 1 and not port.get("name"):
            errors.append(required(f"spec.ports[{index}].name"))
        if not 1 <= port.get("port", 0) <= 65_535:
            problem = "must be between 1 and 65535, inclusive"
            errors.append(invalid_value(f"spec.ports[{index}].port", port.get("port"), problem))
            if type(port.get("targetPort")) is int and not 1 <= port["targetPort"] <= 65_535:
                errors.append(invalid_value(f"spec.ports[{index}].targetPort", port["targetPort"], problem))
    before = at(old, "spec", "clusterIP")
    if before and spec.get("clusterIP") != before:
        errors.append(invalid_value("spec.clusterIPs[0]", spec.get("clusterIPs"), "may not change once set"))
    return errors


def _external(obj: Object, _now: float) -> str:
    kind = at(obj, "spec", "type")
    if kind == "ExternalName":
        return str(at(obj, "spec", "externalName") or NONE)
    given = [each.get("ip") or each.get("hostname", "") for each in at(obj, "status", "loadBalancer", "ingress") or ()]
    given += at(obj, "spec", "externalIPs") or []
    return ",".join(given) or ("<pending>" if kind == "LoadBalancer" else NONE)


def _ports(obj: Object, _now: float) -> str:
    shown = []
    for port in at(obj, "spec", "ports") or ():
        number = f"{port['port']}:{port['nodePort']}" if port.get("nodePort") else f"{port['port']}"
        shown.append(f"{number}/{port.get('protocol', 'TCP')}")
    return ",".join(shown) or NONE


def _selector(obj: Object, _now: float) -> str:
    chosen = at(obj, "spec", "selector") or {}
    return ",".join(f"{key}={value}" for key, value in sorted(chosen.items())) or NONE


SERVICE = ResourceType(
    group="",
    version="v1",
    kind="Service",
    plural="services",
    singular="service",
    namespaced=True,
    short_names=("svc",),
    categories=("all",),
    strategic_merge=True,
    dns_label_name=True,
    subresources=frozenset({"status"}),
    selectable_fields=("spec.clusterIP", "spec.type"),
    prepare=_complete,
    check=_errors,
    initial_status={"loadBalancer": {}},
    columns=(
        NAME,
        Column("Type", description="How the service is reached.", path=".spec.type"),
        Column("Cluster-IP", description="Address inside.", render=lambda o, _now: at(o, "spec", "clusterIP") or NONE),
        Column("External-IP", description="Address outside.", render=_external),
        Column("Port(s)", description="Ports.", render=_ports),
        AGE,
        Column("Selector", description="Which pods answer.", priority=1, render=_selector),
    ),
    schema=kind_schema("Service", "A name and address for a set of pods.", "ServiceSpec", "ServiceStatus"),
)
