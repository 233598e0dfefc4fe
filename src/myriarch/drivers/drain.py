"""Emptying a node: its pods are evicted, so that PodDisruptionBudgets are honoured; nothing is deleted instead.

``spec.payload.drain`` has: ``enabled`` (true), ``timeout`` (10m), ``deleteEmptyDirData`` (false: a pod that keeps
data on the node stops the drain), ``force`` (false: a pod that nobody would make anew stops it), ``gracePeriod`` (the
pods' own). Mirror pods, pods of DaemonSets, pods that have ended and pods of our own Jobs stay.

A pod that a budget protects is asked for again and again until the time is up; then the node is Stuck, with the
budget's name, and is asked for now and then all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from myriarch.base.clock import Clock
from myriarch.client.client import Client
from myriarch.client.errors import ApiError, Cause, Forbidden, NotFound, TooManyRequests
from myriarch.client.objects import Raw
from myriarch.drivers.mover import Progress, Stuck, Waiting
from myriarch.drivers.payload_fields import WHERE, Fields, flag, mapping, only, seconds
from myriarch.drivers.pods import PODS, Pod

COMPONENT_LABEL: Final = "myriarch.io/component"
"""On Jobs of ours and their pods."""

FIELDS: Final = ("enabled", "timeout", "deleteEmptyDirData", "force", "gracePeriod")
TIMEOUT_SECONDS: Final = 600.0
AGAIN_SECONDS: Final = 5.0
"""A protected pod is asked for again after so long, and one on its way out looked at."""

_MIRROR: Final = "kubernetes.io/config.mirror"
_BUDGET: Final = "DisruptionBudget"
_NAMESPACE_ENDS: Final = "NamespaceTerminating"


@dataclass(frozen=True, slots=True)
class DrainRules:
    """``spec.payload.drain``, read. ``grace_seconds`` is None where the pods' own holds."""

    enabled: bool = True
    timeout_seconds: float = TIMEOUT_SECONDS
    delete_empty_dir_data: bool = False
    force: bool = False
    grace_seconds: float | None = None


def drain_rules(payload: Fields) -> DrainRules:
    """Raises UserFault where a field is unsound."""
    if "drain" not in payload:
        return DrainRules()
    where = f"{WHERE}.drain"
    drain = mapping(payload, "drain", WHERE, cure=f"Give some of {', '.join(FIELDS)}, or leave it out.")
    only(drain, FIELDS, where)
    return DrainRules(
        enabled=flag(drain, "enabled", where, True),
        timeout_seconds=seconds(drain, "timeout", where, TIMEOUT_SECONDS),
        delete_empty_dir_data=flag(drain, "deleteEmptyDirData", where),
        force=flag(drain, "force", where),
        grace_seconds=seconds(drain, "gracePeriod", where, 0.0) if "gracePeriod" in drain else None,
    )


class Drainer:
    """Empties nodes of one cluster."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    async def drain(self, node: str, rules: DrainRules, since: float) -> Progress | None:
        """One step: None once the node is empty. ``since``: when it was begun (Unix seconds)."""
        listing = await self._client.list(PODS, Pod, field_selector=f"spec.nodeName={node}")
        pods = [pod for pod in listing.items if _must_go(pod)]
        if not pods:
            return None
        refused = [why for pod in pods if not pod.ending and (why := _refusal(pod, rules))]
        if refused:
            return Stuck(refused[0])
        protected = [why for pod in pods if not pod.ending and (why := await self._evict(pod, rules))]
        late = self._clock.now() - since >= rules.timeout_seconds
        if protected:
            reason = f"the drain is held up: {protected[0]}"
            return Stuck(reason) if late else Waiting(reason, AGAIN_SECONDS)
        reason = f"{len(pods)} pods leave the node, {pods[0].full_name} among them"
        return Stuck(reason) if late else Waiting(reason, AGAIN_SECONDS)

    async def _evict(self, pod: Pod, rules: DrainRules) -> str:
        """Ask for the eviction; why it is refused by a budget, or ''."""
        meta = pod.metadata
        options: dict[str, Any] = {"preconditions": {"uid": meta.uid}}
        if rules.grace_seconds is not None:
            options["gracePeriodSeconds"] = round(rules.grace_seconds)
        body: Raw = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": meta.name, "namespace": meta.namespace},
            "deleteOptions": options,
        }
        try:
            await self._client.create_under(PODS, meta.name, "eviction", body, namespace=meta.namespace or "")
        except NotFound:
            return ""  # gone by itself
        except TooManyRequests as error:
            budget = _budget(error)
            if budget is None:
                raise  # the server is busy
            return f"pod {pod.full_name}: {budget}"
        except Forbidden as error:
            if not any(cause.reason == _NAMESPACE_ENDS for cause in _causes(error)):
                raise
            return ""  # it goes with its namespace
        return ""


def _must_go(pod: Pod) -> bool:
    if pod.over or _MIRROR in pod.metadata.annotations or COMPONENT_LABEL in pod.metadata.labels:
        return False
    return not any(owner.controller and owner.kind == "DaemonSet" for owner in pod.metadata.owner_references)


def _refusal(pod: Pod, rules: DrainRules) -> str:
    """Why the rules don't let the pod be evicted, with the cure; or ''."""
    if not rules.delete_empty_dir_data and any("emptyDir" in volume for volume in pod.spec.volumes):
        cure = "Set spec.payload.drain.deleteEmptyDirData: true to lose it, or move the pod"
        return f"pod {pod.full_name} keeps data on the node (emptyDir). {cure}"
    if not rules.force and not any(owner.controller for owner in pod.metadata.owner_references):
        cure = "Set spec.payload.drain.force: true to lose it, or delete the pod"
        return f"pod {pod.full_name} would not be made anew: nothing controls it. {cure}"
    return ""


def _budget(error: TooManyRequests) -> str | None:
    """What the API server says of the budget that forbids it; None where the refusal is not for a budget."""
    return next((cause.message or str(error) for cause in _causes(error) if cause.reason == _BUDGET), None)


def _causes(error: ApiError) -> tuple[Cause, ...]:
    return error.status.details.causes if error.status.details else ()
