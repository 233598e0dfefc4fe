"""The gate of the server: everything that is asked of a request before a handler sees it.

In order, as in Kubernetes: does the credential count in this logical cluster, is a service account still the one
that the token was made for, may the user be impersonated, is the request allowed. Privileged callers (controllers
of the same process, the hub's admin) pass with one look at a flag; the server doesn't call here for them at all.
"""

from __future__ import annotations

from myriarch.apiserver.access.attributes import Attributes, attributes_of
from myriarch.apiserver.access.bootstrap import initial_objects
from myriarch.apiserver.access.impersonation import asked_rights, impersonated
from myriarch.apiserver.access.rbac import Decision, Rbac
from myriarch.apiserver.access.rbac_index import GROUP as RBAC_GROUP
from myriarch.apiserver.access.rbac_rules import Rule
from myriarch.apiserver.access.user import ANONYMOUS, EVERYWHERE, User, account_of
from myriarch.apiserver.core import Core
from myriarch.apiserver.record import Bucket, Key
from myriarch.apiserver.routes import HUB, DocumentRoute, ResourceRoute
from myriarch.apiserver.status import unauthorized
from myriarch.base.clock import rfc3339
from myriarch.client.http import Request

AUTHORIZATION_GROUP = "authorization.k8s.io"
_LOOKS_AT_ROLES = (RBAC_GROUP, AUTHORIZATION_GROUP)
_MASTER = Decision(True)


class Access:
    def __init__(self, core: Core) -> None:
        self._core = core
        self._rbac = Rbac(core.store)
        self._prepared: set[str] = set()

    def needs_roles(self, user: User, route: ResourceRoute | DocumentRoute) -> bool:
        """Whether the initial roles must be there before this request is looked at."""
        if route.cluster in self._prepared or user is ANONYMOUS:
            return False
        return not user.privileged or (isinstance(route, ResourceRoute) and route.group in _LOOKS_AT_ROLES)

    def prepare(self, cluster: str) -> None:
        """Make the initial roles and bindings that are missing. Decisions see them once the store has synced."""
        core = self._core
        self._prepared.add(cluster)
        for resource, obj in initial_objects(hub=cluster == HUB):
            plural = resource.partition(".")[0]
            rtype = core.registry.find(cluster, RBAC_GROUP, "v1", plural)
            key = Key(Bucket(cluster, resource), "", obj["metadata"]["name"])
            if rtype is None or core.store.head(key) is not None:
                continue
            obj["metadata"]["uid"] = core.uids.uid(core.store.next_version)
            obj["metadata"]["creationTimestamp"] = rfc3339(core.clock.now())
            core.stored.save(rtype, key, obj)

    def admit(self, user: User, route: ResourceRoute | DocumentRoute, request: Request) -> User:
        """The user that the request counts for from here on. Raises ApiError 401 or 403."""
        if user is ANONYMOUS and isinstance(route, DocumentRoute):
            return user  # the doorway lets nobody else be anonymous than who asks for health or version
        self.authenticate(user, route.cluster)
        if user.wants is not None:
            user = self._impersonated(user, route.cluster)
        self.require(attributes_of(user, route, request))
        return user

    def authenticate(self, user: User, cluster: str) -> None:
        """Raises ApiError 401 where the credential doesn't count in the cluster, or no longer does."""
        if user.realm not in (EVERYWHERE, cluster):
            raise unauthorized()
        account = account_of(user.name) if user.account_uid else None
        if account is not None and self.account_uid(cluster, *account) != user.account_uid:
            raise unauthorized()

    def account_uid(self, cluster: str, namespace: str, name: str) -> str | None:
        """The uid of a service account; None where there is none."""
        record = self._core.store.head(Key(Bucket(cluster, "serviceaccounts"), namespace, name))
        if record is None:
            return None
        uid: str = record.decode()["metadata"]["uid"]
        return uid

    def _impersonated(self, user: User, cluster: str) -> User:
        for wanted in asked_rights(user, cluster):
            self.require(wanted)
        return impersonated(user)

    def require(self, wanted: Attributes) -> None:
        """Raises ApiError 403."""
        decision = self.decide(wanted)
        if not decision.allowed:
            raise wanted.refusal(decision.reason)

    def decide(self, wanted: Attributes) -> Decision:
        return _MASTER if wanted.user.master else self._rbac.decide(wanted)

    def rules(self, user: User, cluster: str, namespace: str) -> list[Rule]:
        """Every rule that the user holds in the namespace; of a master, those of the role that says so."""
        return self._rbac.rules(user, cluster, namespace)

    @property
    def rbac(self) -> Rbac:
        return self._rbac
