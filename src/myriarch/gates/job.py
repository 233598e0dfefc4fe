"""Gates that a Job answers: made like a suspended one that stands ready, its success or failure is the verdict.

A Job is named by the question, so that the same question, asked again after a crash, finds the Job that runs already.
It has a deadline, few retries, and is deleted by the cluster a day after its end. What it is asked about stands in its
environment. Who may write policies decides which Job runs, who may write to the namespace of gates what it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from myriarch.api.gates import GATES_NAMESPACE, JobGate, Verdict
from myriarch.client.client import Client
from myriarch.client.errors import AlreadyExists, Forbidden, NotFound
from myriarch.client.objects import Raw
from myriarch.client.resource import ResourceRef
from myriarch.gates.question import Answer, Question, silence

JOBS: Final = ResourceRef("batch", "v1", "jobs", namespaced=True)
FIELD_MANAGER: Final = "myriarch-gates"
GATE_LABEL: Final = "gates.myriarch.io/gate"
RELEASE_ANNOTATION: Final = "gates.myriarch.io/release"
PLACE_ANNOTATION: Final = "gates.myriarch.io/place"
KEPT_SECONDS: Final = 86_400
BACKOFF_LIMIT_MAX: Final = 5
CLUSTERS_MAX_CHARS: Final = 16_384
_NAME_CHARS: Final = 40
_OWN_LABELS: Final = frozenset(
    {"controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name"}
)


async def ask_job(gate: JobGate, otherwise: Verdict, question: Question, client: Client, seconds: float) -> Answer:
    """The verdict of the question's Job; Hold while it runs. It is made where it is not there yet."""
    name = f"gate-{question.gate[:_NAME_CHARS].rstrip('-')}-{question.identity}"
    where = f"Job {GATES_NAMESPACE}/{name}"
    try:
        job = await client.get(JOBS, Raw, name, GATES_NAMESPACE)
    except NotFound:
        return await _begin(gate, question, client, name, seconds)
    except Forbidden:
        return silence(f"{where}: the controllers may not read it. Bind a role that lets them")
    if _condition(job, "Complete") is not None:
        return Answer(Verdict.PASS, f"{where} succeeded")
    failed = _condition(job, "Failed")
    if failed is not None:
        why = failed.get("message") or failed.get("reason") or "failed"
        return Answer(otherwise, f"{where} failed: {why}. See: kubectl -n {GATES_NAMESPACE} logs job/{name}")
    return silence(f"{where} runs")


async def _begin(gate: JobGate, question: Question, client: Client, name: str, seconds: float) -> Answer:
    template = f"Job {GATES_NAMESPACE}/{gate.template}"
    try:
        found = await client.get(JOBS, Raw, gate.template, GATES_NAMESPACE)
    except NotFound:
        return silence(f"{template}, the template, does not exist: create it with spec.suspend: true")
    if (found.get("spec") or {}).get("suspend") is not True:
        return silence(f"{template} is no template: it is not suspended")
    try:
        await client.create(JOBS, _job(found["spec"], question, name, seconds), field_manager=FIELD_MANAGER)
    except AlreadyExists:
        return silence(f"Job {GATES_NAMESPACE}/{name} runs")
    except Forbidden:
        return silence(f"{template}: the controllers may not make Jobs. Bind a role that lets them")
    return silence(f"Job {GATES_NAMESPACE}/{name} begins")


def _job(template: Mapping[str, Any], question: Question, name: str, seconds: float) -> Raw:
    pod = template["template"]
    metadata = pod.get("metadata") or {}
    labels = {key: value for key, value in (metadata.get("labels") or {}).items() if key not in _OWN_LABELS}
    return {
        "apiVersion": JOBS.api_version,
        "kind": "Job",
        "metadata": {
            "name": name,
            "namespace": GATES_NAMESPACE,
            "labels": {GATE_LABEL: question.gate},
            "annotations": {RELEASE_ANNOTATION: question.release, PLACE_ANNOTATION: question.place},
        },
        "spec": {
            "backoffLimit": min(int(template.get("backoffLimit", 0)), BACKOFF_LIMIT_MAX),
            "activeDeadlineSeconds": max(1, round(seconds)),
            "ttlSecondsAfterFinished": KEPT_SECONDS,
            "template": {
                "metadata": {**metadata, "labels": {**labels, GATE_LABEL: question.gate}},
                "spec": _told(pod.get("spec") or {}, question),
            },
        },
    }


def _told(spec: Mapping[str, Any], question: Question) -> Raw:
    """The pod's spec, with what it is asked about in every container's environment."""
    clusters = " ".join(question.clusters)
    values = {
        "MYRIARCH_GATE": question.gate,
        "MYRIARCH_QUESTION": question.identity,
        "MYRIARCH_RELEASE": question.release,
        "MYRIARCH_COMPONENT": question.component,
        "MYRIARCH_REVISION": question.revision,
        "MYRIARCH_PREVIOUS": " ".join(question.previous),
        "MYRIARCH_STAGE": question.stage,
        "MYRIARCH_WAVE": str(question.wave),
        "MYRIARCH_CLUSTER_COUNT": str(len(question.clusters)),
        "MYRIARCH_CLUSTERS": clusters if len(clusters) <= CLUSTERS_MAX_CHARS else "",
    }
    ours = [{"name": key, "value": value} for key, value in values.items()]
    containers = [
        {**each, "env": [*(old for old in each.get("env") or [] if old.get("name") not in values), *ours]}
        for each in spec.get("containers") or []
    ]
    restart = spec.get("restartPolicy")
    return {**spec, "restartPolicy": restart if restart == "OnFailure" else "Never", "containers": containers}


def _condition(job: Raw, kind: str) -> Mapping[str, Any] | None:
    conditions = (job.get("status") or {}).get("conditions") or []
    return next((each for each in conditions if each.get("type") == kind and each.get("status") == "True"), None)
