"""Subresources of pods: ``binding`` puts one on a node, ``eviction`` takes one off where its budgets allow it.

What would reach into a running container (exec, attach, port-forward, logs) is refused at once: the pods of
simulated clusters run no processes.
"""

from __future__ import annotations

from typing import Any

from myriarch.apiserver.builtin.cells import at
from myriarch.apiserver.builtin.policy import POD_DISRUPTION_BUDGET
from myriarch.apiserver.call import Call, Reply, as_object
from myriarch.apiserver.core import Core
from myriarch.apiserver.handlers_delete import check_preconditions, read_options
from myriarch.apiserver.handlers_write import Object, live
from myriarch.apiserver.label_selectors import selects
from myriarch.apiserver.negotiate import JSON_HEADERS
from myriarch.apiserver.record import Bucket, Record, encode
from myriarch.apiserver.registry import storage_name
from myriarch.apiserver.removal import remove
from myriarch.apiserver.status import ApiError, bad_request, conflict, success
from myriarch.base.clock import rfc3339
from myriarch.client.http import Response

_OVER = ("Failed", "Succeeded")
_CREATED = 201


def refuse_stream(core: Core, call: Call) -> Reply:
    """Raises ApiError 501, 404 where there is no such pod, or 400 where it is on no node yet."""
    _, obj = live(core, call)
    if call.subresource != "log" and not at(obj, "spec", "nodeName"):
        raise bad_request(f"pod {call.name} does not have a host assigned")
    problem = f"{call.subresource} is not served: the pods of this cluster are simulated and run no processes"
    details = {"name": call.name, "kind": "pods"}
    raise ApiError(501, "NotImplemented", problem, details)


def bind(core: Core, call: Call) -> Reply:
    """POST of a Binding: the pod belongs to the node from now on."""
    body = call.body_object()
    node = at(body, "target", "name")
    if not node:
        raise bad_request("target.name: Required value")
    record, pod = live(core, call)
    if at(pod, "spec", "nodeName"):
        problem = f'pod {call.name} is already assigned to node "{pod["spec"]["nodeName"]}"'
        raise conflict("pods/binding", "", call.name, problem)
    if pod["metadata"].get("deletionTimestamp"):
        raise conflict("pods/binding", "", call.name, f"pod {call.name} is being deleted, cannot be assigned to a host")
    pod["spec"]["nodeName"] = node
    condition = {"type": "PodScheduled", "status": "True", "lastTransitionTime": rfc3339(core.clock.now())}
    set_condition(pod, condition)
    if not call.dry_run:
        core.stored.save(call.type, record.key, pod)
    return _made()


def evict(core: Core, call: Call) -> Reply:
    """POST of an Eviction: the pod is deleted, unless a budget of disruptions is used up (429)."""
    eviction = call.body_object()
    options = read_options(call, as_object(eviction.get("deleteOptions") or {}))
    record, pod = live(core, call)
    check_preconditions(call, options.preconditions, record, pod)
    if not _at_will(pod):
        _spend(core, call, pod)
    if not (call.dry_run or options.dry_run):
        remove(core, call.type, record, options.manner)
    return _made()


def _at_will(pod: Object) -> bool:
    """Whether no budget is asked: the pod is over, on its way out, or nowhere yet."""
    phase = at(pod, "status", "phase")
    return phase in (*_OVER, "Pending") or bool(pod["metadata"].get("deletionTimestamp"))


def _spend(core: Core, call: Call, pod: Object) -> None:
    """Take one disruption from the pod's budget. Raises ApiError 429, or 500 where it has several budgets."""
    labels = pod["metadata"].get("labels") or {}
    bucket = Bucket(call.cluster, storage_name(POD_DISRUPTION_BUDGET))
    found = [
        (record, budget)
        for record in core.store.heads(bucket, call.namespace)
        if selects(at(budget := record.decode(), "spec", "selector"), labels, empty=True)
    ]
    if len(found) > 1:
        problem = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
        raise ApiError(500, "", problem)
    for record, budget in found:
        _spend_one(core, call, record, budget)


def _spend_one(core: Core, call: Call, record: Record, budget: Object) -> None:
    name, status = record.key.name, budget.get("status") or {}
    if status.get("observedGeneration", 0) < budget["metadata"].get("generation", 1):
        raise _too_many(name, f"The disruption budget {name} is still being processed by the server.", wait_seconds=10)
    allowed = status.get("disruptionsAllowed", 0)
    if allowed <= 0:
        text = (
            f"The disruption budget {name} needs {status.get('desiredHealthy', 0)} healthy pods and has "
            f"{status.get('currentHealthy', 0)} currently"
        )
        raise _too_many(name, text)
    if call.dry_run:
        return
    disrupted = {**(status.get("disruptedPods") or {}), call.name: rfc3339(core.clock.now())}
    budget["status"] = {**status, "disruptionsAllowed": allowed - 1, "disruptedPods": disrupted}
    core.stored.save(POD_DISRUPTION_BUDGET, record.key, budget)


def _too_many(name: str, text: str, *, wait_seconds: int = 0) -> ApiError:
    details: dict[str, Any] = {"causes": [{"reason": "DisruptionBudget", "message": text}]}
    if wait_seconds:
        details["retryAfterSeconds"] = wait_seconds
    message = "Cannot evict pod as it would violate the pod's disruption budget."
    return ApiError(429, "TooManyRequests", message, details)


def set_condition(obj: Object, condition: Object) -> None:
    """Put a condition in the place of the one of its type."""
    status = obj.setdefault("status", {})
    others = [each for each in status.get("conditions") or () if each.get("type") != condition["type"]]
    status["conditions"] = [*others, condition]


def _made() -> Reply:
    status = {**success(name="", group="", plural=""), "code": _CREATED}
    status.pop("details", None)
    return Reply(Response(_CREATED, encode(status), JSON_HEADERS), wait=True)
