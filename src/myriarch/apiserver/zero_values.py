"""What an object of a built-in kind says even where nobody said it, as Kubernetes' servers write it.

Their kinds are structures: some fields are written out empty (``spec: {}``, ``status: {}``), and since an object has
them before anybody writes, nobody owns them; what lies below is owned. Some fields are the server's to give (a
service's address, a pod's priority): nobody owns those either, unless the creator stated them.

Custom resources have no such fields. Used by ``handlers_write.py``.
"""

from __future__ import annotations

from typing import Any, Final

Object = dict[str, Any]

_TEMPLATE: Final[Object] = {"metadata": {}, "spec": {"containers": []}}
_NODE_INFO: Final = (
    "machineID",
    "systemUUID",
    "bootID",
    "kernelVersion",
    "osImage",
    "containerRuntimeVersion",
    "kubeletVersion",
    "kubeProxyVersion",
    "operatingSystem",
    "architecture",
)
_NODE_STATUS: Final[Object] = {
    "daemonEndpoints": {"kubeletEndpoint": {"Port": 0}},
    "nodeInfo": dict.fromkeys(_NODE_INFO, ""),
}
_DAEMON_STATUS: Final[Object] = {
    "currentNumberScheduled": 0,
    "numberMisscheduled": 0,
    "desiredNumberScheduled": 0,
    "numberReady": 0,
}
_BUDGET_STATUS: Final[Object] = {
    "disruptionsAllowed": 0,
    "currentHealthy": 0,
    "desiredHealthy": 0,
    "expectedPods": 0,
}
_ROLE_REF: Final[Object] = {"apiGroup": "", "kind": "", "name": ""}

_ZERO: Final[dict[str, Object]] = {
    "Namespace": {"spec": {}, "status": {}},
    "Node": {"spec": {}, "status": _NODE_STATUS},
    "Pod": {"spec": {"containers": []}, "status": {}},
    "Service": {"spec": {}, "status": {"loadBalancer": {}}},
    "Lease": {"spec": {}},
    "Deployment": {"spec": {"selector": [], "template": _TEMPLATE, "strategy": {}}, "status": {}},
    "DaemonSet": {"spec": {"selector": [], "template": _TEMPLATE, "updateStrategy": {}}, "status": _DAEMON_STATUS},
    "ReplicaSet": {"spec": {"selector": [], "template": _TEMPLATE}, "status": {"replicas": 0}},
    "Job": {"spec": {"template": _TEMPLATE}, "status": {}},
    "PodDisruptionBudget": {"spec": {}, "status": _BUDGET_STATUS},
    "Role": {"rules": []},
    "ClusterRole": {"rules": []},
    "RoleBinding": {"roleRef": _ROLE_REF},
    "ClusterRoleBinding": {"roleRef": _ROLE_REF},
}
_GIVEN_BY_SERVER: Final[dict[str, tuple[str, ...]]] = {
    "Namespace": ("finalizers",),
    "Pod": ("preemptionPolicy", "priority", "serviceAccount", "serviceAccountName", "tolerations"),
    "Service": ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"),
}
_DATA: Final = ("data", "binaryData", "stringData", "subjects")
_NOTHING: Final[Object] = {}


def zero_of(kind: str) -> Object:
    """The object before anybody wrote to it. Lists in it only say that nobody owns the list itself."""
    return _ZERO.get(kind, _NOTHING)


def drop_empty(obj: Object) -> None:
    """Kubernetes doesn't write out maps of data that hold nothing."""
    for name in _DATA:
        if name in obj and not obj[name]:
            del obj[name]


def fill(obj: Object, zero: Object) -> None:
    """Write out the fields of ``zero`` that ``obj`` lacks; lists stay away."""
    for name, value in zero.items():
        if isinstance(value, dict):
            if obj.get(name) is None:
                obj[name] = {}
            if isinstance(obj[name], dict):
                fill(obj[name], value)
        elif value != [] and name not in obj:
            obj[name] = value


def ownable(kind: str, obj: Object, stated: frozenset[str]) -> Object:
    """A new object without what the server gave to its spec; ``stated`` are the fields of the creator's spec."""
    given = [name for name in _GIVEN_BY_SERVER.get(kind, ()) if name not in stated]
    if not given or not isinstance(obj.get("spec"), dict):
        return obj
    return {**obj, "spec": {name: value for name, value in obj["spec"].items() if name not in given}}
