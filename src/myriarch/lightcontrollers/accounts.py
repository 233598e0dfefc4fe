"""Every namespace has an account named ``default``, for what runs in it and says no other.

With a certificate authority, every namespace also has the ConfigMap by which what runs there knows the server. Either
comes back when it is deleted, the certificate when it is changed, and both go with their namespace.
"""

from __future__ import annotations

from myriarch.lightcontrollers.world import ACCOUNT, CONFIG_MAP, NAMESPACE, Kind, Object, Task, World

DEFAULT = "default"
ROOT_CA = "kube-root-ca.crt"
CA_KEY = "ca.crt"


class Accounts:
    """``ca_pem`` is empty where the server speaks no TLS."""

    def __init__(self, world: World, ca_pem: str = "") -> None:
        self._world = world
        self._wanted: list[tuple[Kind, str, Object]] = [(ACCOUNT, DEFAULT, {})]
        if ca_pem:
            self._wanted.append((CONFIG_MAP, ROOT_CA, {"data": {CA_KEY: ca_pem}}))

    def task_of(self, resource: str, cluster: str, namespace: str, name: str) -> Task | None:
        """What a change of this object calls for."""
        if resource == NAMESPACE.storage:
            return Task(NAMESPACE.kind, cluster, "", name)
        if any(name == wanted and resource == kind.storage for kind, wanted, _ in self._wanted):
            return Task(NAMESPACE.kind, cluster, "", namespace)
        return None

    async def look(self, cluster: str, _namespace: str, name: str) -> None:
        """Make what a namespace lacks."""
        namespace = self._world.get(NAMESPACE, cluster, "", name)
        if namespace is None or namespace["metadata"].get("deletionTimestamp"):
            return
        for kind, wanted, content in self._wanted:
            found = self._world.get(kind, cluster, name, wanted)
            if found is None:
                obj = {"metadata": {"name": wanted, "namespace": name}, **content}
                await self._world.create(kind, cluster, obj)
            elif any(found.get(field) != value for field, value in content.items()):
                await self._world.patch(kind, cluster, found, content)
