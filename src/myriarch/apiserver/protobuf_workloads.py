"""The fields of workloads' specs in protobuf: of pods what ``kubectl create`` and its like can say."""

from __future__ import annotations

from typing import Final

from myriarch.apiserver.protobuf_fields import META, SELECTOR, Field, Fields

_CONTAINER = {
    1: Field("name"),
    2: Field("image"),
    3: Field("command", "strings"),
    4: Field("args", "strings"),
    5: Field("workingDir"),
    6: Field(
        "ports",
        "messages",
        {1: Field("name"), 2: Field("hostPort", "count"), 3: Field("containerPort", "int"), 4: Field("protocol")},
    ),
    7: Field("env", "messages", {1: Field("name"), 2: Field("value")}),
    8: Field("resources", "message", {1: Field("limits", "quantities"), 2: Field("requests", "quantities")}),
    13: Field("terminationMessagePath"),
    14: Field("imagePullPolicy"),
    20: Field("terminationMessagePolicy"),
}
_POD = {
    2: Field("containers", "messages", _CONTAINER),
    3: Field("restartPolicy"),
    4: Field("terminationGracePeriodSeconds", "int"),
    5: Field("activeDeadlineSeconds", "int"),
    6: Field("dnsPolicy"),
    7: Field("nodeSelector", "map"),
    8: Field("serviceAccountName"),
    9: Field("serviceAccount"),
    19: Field("schedulerName"),
    20: Field("initContainers", "messages", _CONTAINER),
    24: Field("priorityClassName"),
}
_TEMPLATE = Field("template", "message", {1: META, 2: Field("spec", "message", _POD)})
_SELECTOR = Field("selector", "message", SELECTOR)
_ROLLING: Fields = {1: Field("maxUnavailable", "int-or-string"), 2: Field("maxSurge", "int-or-string")}

DEPLOYMENT: Final[Fields] = {
    1: Field("replicas", "int"),
    2: _SELECTOR,
    3: _TEMPLATE,
    4: Field("strategy", "message", {1: Field("type"), 2: Field("rollingUpdate", "message", _ROLLING)}),
    5: Field("minReadySeconds", "count"),
    6: Field("revisionHistoryLimit", "int"),
    7: Field("paused", "flag"),
    9: Field("progressDeadlineSeconds", "int"),
}
JOB: Final[Fields] = {
    1: Field("parallelism", "int"),
    2: Field("completions", "int"),
    3: Field("activeDeadlineSeconds", "int"),
    4: _SELECTOR,
    6: _TEMPLATE,
    7: Field("backoffLimit", "int"),
    8: Field("ttlSecondsAfterFinished", "int"),
    9: Field("completionMode"),
    10: Field("suspend", "bool"),
}
BUDGET: Final[Fields] = {
    1: Field("minAvailable", "int-or-string"),
    2: _SELECTOR,
    3: Field("maxUnavailable", "int-or-string"),
    4: Field("unhealthyPodEvictionPolicy"),
}
_PORT = {
    1: Field("name"),
    2: Field("protocol"),
    3: Field("port", "int"),
    4: Field("targetPort", "int-or-string"),
    5: Field("nodePort", "count"),
    6: Field("appProtocol"),
}
SERVICE: Final[Fields] = {
    1: Field("ports", "messages", _PORT),
    2: Field("selector", "map"),
    3: Field("clusterIP"),
    4: Field("type"),
    5: Field("externalIPs", "strings"),
    7: Field("sessionAffinity"),
    10: Field("externalName"),
    11: Field("externalTrafficPolicy"),
    17: Field("ipFamilyPolicy"),
    18: Field("clusterIPs", "strings"),
    19: Field("ipFamilies", "strings"),
    22: Field("internalTrafficPolicy"),
}
