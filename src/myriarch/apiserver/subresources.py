"""What each subresource is to discovery: the kind it speaks, its group and version, and its verbs."""

from __future__ import annotations

from dataclasses import dataclass

from myriarch.apiserver.kinds import SUBRESOURCE_VERBS, ResourceType

_STREAM = ("create", "get")
_CREATE = ("create",)


@dataclass(frozen=True, slots=True)
class Subresource:
    """``kind`` empty: the resource's own kind. ``version`` empty: the resource's own group and version."""

    kind: str = ""
    verbs: tuple[str, ...] = SUBRESOURCE_VERBS
    group: str = ""
    version: str = ""

    def gvk(self, rtype: ResourceType) -> dict[str, str]:
        """The group, version and kind of what it speaks."""
        group, version = (self.group, self.version) if self.version else (rtype.group, rtype.version)
        return {"group": group, "version": version, "kind": self.kind or rtype.kind}


SCALE = Subresource("Scale", group="autoscaling", version="v1")
_OWN = Subresource()
_KNOWN = {
    "attach": Subresource("PodAttachOptions", _STREAM),
    "binding": Subresource("Binding", _CREATE),
    "eviction": Subresource("Eviction", _CREATE, "policy", "v1"),
    "exec": Subresource("PodExecOptions", _STREAM),
    "finalize": Subresource(verbs=("update",)),
    "log": Subresource(verbs=("get",)),
    "portforward": Subresource("PodPortForwardOptions", _STREAM),
    "proxy": Subresource("PodProxyOptions", ("create", "delete", "get", "patch", "update")),
    "scale": SCALE,
    "token": Subresource("TokenRequest", _CREATE, "authentication.k8s.io", "v1"),
}


def subresource(name: str) -> Subresource:
    """What the subresource of this name is; one that is not known is a part of the object, like ``status``."""
    return _KNOWN.get(name, _OWN)
