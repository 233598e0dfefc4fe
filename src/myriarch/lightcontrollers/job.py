"""Jobs: pods until enough of them have succeeded, or too many have failed."""

from __future__ import annotations

from myriarch.lightcontrollers.pods import is_active, is_ready, new_pod, phase
from myriarch.lightcontrollers.world import JOB, POD, Object, World, condition

_OVER = ("Complete", "Failed")


class Jobs:
    def __init__(self, world: World) -> None:
        self._world = world

    async def look(self, cluster: str, namespace: str, name: str) -> float | None:
        job = self._world.get(JOB, cluster, namespace, name)
        if job is None or job["metadata"].get("deletionTimestamp"):
            return None
        if _is_over(job):
            return await self._expire(cluster, job)
        spec = job["spec"]
        pods = self._world.owned(POD, job, cluster)
        active = [pod for pod in pods if is_active(pod)]
        done = sum(1 for pod in pods if phase(pod) == "Succeeded")
        failed = sum(1 for pod in pods if phase(pod) == "Failed")
        wanted = spec.get("completions")
        enough = done >= wanted if wanted is not None else done > 0 and not active
        if failed > spec.get("backoffLimit", 6):
            verdict = "Failed"
        else:
            verdict = "Complete" if enough else ""
        room = 0 if verdict or spec.get("suspend") else spec.get("parallelism", 1) - len(active)
        if wanted is not None:
            room = min(room, wanted - done - len(active))
        elif done:
            room = 0
        for _ in range(room):
            await self._world.create(POD, cluster, new_pod(JOB, job))
        stopped = active if verdict or spec.get("suspend") else []
        for pod in stopped:
            await self._world.delete(POD, cluster, pod)
        running = 0 if stopped else len(active) + max(room, 0)
        await self._report(cluster, namespace, name, (running, done, failed), verdict)
        return None

    async def _report(
        self, cluster: str, namespace: str, name: str, counts: tuple[int, int, int], verdict: str
    ) -> None:
        job = self._world.get(JOB, cluster, namespace, name)
        if job is None:
            return
        active, done, failed = counts
        now, before = self._world.now_text(), job.get("status") or {}
        ready = sum(1 for pod in self._world.owned(POD, job, cluster) if is_active(pod) and is_ready(pod))
        status: Object = {"startTime": before.get("startTime", now), "ready": ready, "terminating": 0}
        status["uncountedTerminatedPods"] = {}
        status |= {key: n for key, n in (("active", active), ("succeeded", done), ("failed", failed)) if n}
        if verdict == "Complete":
            text = "Reached expected number of succeeded pods"
            status["completionTime"] = now
            kinds = ("SuccessCriteriaMet", "Complete")
            status["conditions"] = [condition(k, True, "CompletionsReached", text, now, job) for k in kinds]
        elif verdict:
            text = "Job has reached the specified backoff limit"
            kinds = ("FailureTarget", "Failed")
            status["conditions"] = [condition(k, True, "BackoffLimitExceeded", text, now, job) for k in kinds]
        elif job["spec"].get("suspend"):
            del status["startTime"]
            status["conditions"] = [condition("Suspended", True, "JobSuspended", "Job suspended", now, job)]
        await self._world.patch_status(JOB, cluster, job, status)

    async def _expire(self, cluster: str, job: Object) -> float | None:
        """Delete what is long over, where it says after how long."""
        limit = job["spec"].get("ttlSecondsAfterFinished")
        if limit is None:
            return None
        ended = next(c["lastTransitionTime"] for c in job["status"]["conditions"] if c["type"] in _OVER)
        wait = float(limit) - self._world.since(ended)
        if wait > 0:
            return wait
        await self._world.delete(JOB, cluster, job)
        return None


def _is_over(job: Object) -> bool:
    conditions = (job.get("status") or {}).get("conditions") or ()
    return any(c["type"] in _OVER and c["status"] == "True" for c in conditions)
