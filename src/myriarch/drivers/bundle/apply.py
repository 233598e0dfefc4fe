"""Server-side apply of a bundle's objects: check all first, then apply stage by stage.

The check is a dry run of everything, so that nothing is half applied when one object is refused. Left out of it are
objects that can't be checked yet, because their kind or namespace comes with the bundle. What exists already and
isn't the bundle's is taken only as far as ``adopt`` allows; fields that others keep are never taken by force unless
it says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from myriarch.base.errors import MyriarchError, Retryable
from myriarch.client.client import Client, PatchKind
from myriarch.client.errors import Forbidden, NotFound, Refused
from myriarch.client.objects import Raw
from myriarch.client.resource import ResourceRef
from myriarch.drivers.bundle.faults import Troubled, troubled_by
from myriarch.drivers.bundle.inventory import Inventory, bundle_of
from myriarch.drivers.bundle.objects import BundleObject, ObjectId, label_of, manager_of, mark, place
from myriarch.drivers.bundle.payload import Adopt
from myriarch.drivers.bundle.resources import Resources, defined_by

AT_ONCE: Final = 8
"""Requests in flight: a bundle is no reason to crowd out others."""

_HELM: Final = "meta.helm.sh/release-name"
_OWNERS: Final = (
    ("annotations", _HELM, "Helm release"),
    ("annotations", "argocd.argoproj.io/tracking-id", "Argo CD application"),
    ("labels", "kustomize.toolkit.fluxcd.io/name", "Flux Kustomization"),
    ("labels", "helm.toolkit.fluxcd.io/name", "Flux HelmRelease"),
)
_NO_DRY_RUN: Final = "does not support dry run"
_ENDING: Final = "because it is being terminated"

T = TypeVar("T")
U = TypeVar("U")


class KindNotServed(Retryable):
    """The kind of an object, or its namespace, is not there now; it may be soon."""


@dataclass(frozen=True, slots=True)
class Applier:
    """Applies the objects of one component's bundle."""

    client: Client
    resources: Resources
    component: str

    async def prepare(self, objects: Sequence[BundleObject], namespace: str) -> list[BundleObject]:
        """The objects with their namespaces and the bundle's label. Raises Troubled for kinds that nobody knows."""
        defined = defined_by(objects)
        scopes: dict[ObjectId, bool] = {}
        for made in objects:
            key = (made.id.group, made.version, made.id.kind)
            ref = defined.get(key) or await self.resources.find(*key)
            if ref is None:
                cure = "Install its CustomResourceDefinition, or make it a part of the bundle."
                raise Troubled("KindUnknown", f"{made.id}: the cluster serves no {made.api_version} {key[2]}. {cure}")
            scopes[made.id] = ref.namespaced
        return mark(place(objects, scopes, namespace), self.component)

    async def check(self, objects: Sequence[BundleObject], inventory: Inventory, adopt: Adopt) -> None:
        """Dry run of all. Raises Troubled for the first object, in order, that can't be applied."""
        defined = defined_by(objects)
        namespaces = {made.id.name for made in objects if made.id.kind == "Namespace"}

        async def one(made: BundleObject) -> Troubled | None:
            try:
                await self._check_one(made, inventory, adopt, namespaces)
            except KindNotServed:
                known = (made.id.group, made.version, made.id.kind) in defined
                return None if known else Troubled("KindUnknown", f"{made.id}: its kind is not served.")
            except Troubled as troubled:
                return troubled
            return None

        for troubled in await at_once(objects, one):
            if troubled is not None:
                raise troubled

    async def apply(self, objects: Sequence[BundleObject], *, force: bool) -> dict[ObjectId, Raw]:
        """The objects as stored. Raises Troubled, KindNotServed, or what is worth trying again."""
        stored = await at_once(objects, lambda made: self.apply_one(made, force=force))
        return {made.id: live for made, live in zip(objects, stored, strict=True)}

    async def apply_one(self, made: BundleObject, *, force: bool) -> Raw:
        """The object as stored. Raises as ``apply``."""
        try:
            return await self.patch(made, force=force, dry_run=False)
        except MyriarchError as error:
            if isinstance(error, NotFound):
                self.resources.forget(made.id.group, made.version, made.id.kind)
                raise KindNotServed(f"{made.id}: {error}") from None
            if _is_ending(error):
                raise KindNotServed(f"{made.id}: its namespace is being deleted") from None
            troubled = troubled_by(error, made.id)
            if troubled is None:
                raise
            raise troubled from None

    async def patch(self, made: BundleObject, *, force: bool, dry_run: bool) -> Raw:
        """The object as stored, or as it would be. Raises KindNotServed, or the API's own errors."""
        ref = await self.ref_of(made)
        return await self.client.patch(
            ref,
            Raw,
            made.id.name,
            made.body,
            namespace=made.id.namespace if ref.namespaced else "",
            patch_kind=PatchKind.APPLY,
            field_manager=manager_of(self.component),
            force=force,
            dry_run=dry_run,
            strict=True,
        )

    async def ref_of(self, made: BundleObject) -> ResourceRef:
        """Raises KindNotServed."""
        ref = await self.resources.find(made.id.group, made.version, made.id.kind)
        if ref is None:
            raise KindNotServed(f"{made.id}: {made.api_version} is not served")
        return ref

    async def get(self, made: BundleObject) -> Raw | None:
        """The object as it is now. Raises KindNotServed."""
        ref = await self.ref_of(made)
        try:
            return await self.client.get(ref, Raw, made.id.name, made.id.namespace if ref.namespaced else "")
        except NotFound:
            return None

    async def _check_one(self, made: BundleObject, inventory: Inventory, adopt: Adopt, namespaces: set[str]) -> None:
        live = await self.get(made)
        if live is not None:
            self._refuse_foreign(made, live, inventory, adopt)
        try:
            await self.patch(made, force=adopt is Adopt.FORCE, dry_run=True)
        except NotFound:
            if made.id.namespace not in namespaces:
                cure = "Make the Namespace a part of the bundle, or create it."
                problem = f"{made.id}: there is no namespace {made.id.namespace}. {cure}"
                raise Troubled("NamespaceMissing", problem) from None
        except MyriarchError as error:
            if _is_ending(error) or (isinstance(error, Refused) and _NO_DRY_RUN in str(error)):
                return  # A namespace on its way out, or a webhook with side effects: it shows when it is applied.
            troubled = troubled_by(error, made.id)
            if troubled is None:
                raise
            raise troubled from None

    def _refuse_foreign(self, made: BundleObject, live: Raw, inventory: Inventory, adopt: Adopt) -> None:
        ours, marked = label_of(self.component), bundle_of(live)
        if marked == ours or inventory.uid_of(made.id) == live["metadata"]["uid"] or adopt is Adopt.FORCE:
            return
        owner = f"bundle {marked!r}" if marked else owner_of(live)
        if owner:
            cure = "Take the object out of one of them, or set adopt: Force."
            raise Troubled("ObjectOfAnother", f"{made.id}: it belongs to {owner}. {cure}")
        if adopt is Adopt.REFUSE:
            cure = "Set adopt: IfUnowned to take it over, or give the bundle's object another name."
            raise Troubled("ObjectExists", f"{made.id}: it exists already and isn't the bundle's. {cure}")


def owner_of(live: Mapping[str, Any]) -> str:
    """Who says to own an object: a controller, or a tool that installs things; '' where nobody does."""
    metadata = live["metadata"]
    for owner in metadata.get("ownerReferences") or ():
        if owner.get("controller"):
            return f"{owner.get('kind')} {owner.get('name')!r}"
    for part, name, what in _OWNERS:
        value = (metadata.get(part) or {}).get(name)
        if value:
            return f"{what} {value!r}"
    return ""


def _is_ending(error: MyriarchError) -> bool:
    return isinstance(error, Forbidden) and _ENDING in str(error)


async def at_once(items: Iterable[T], act: Callable[[T], Awaitable[U]]) -> list[U]:
    """``act`` on each, a few at a time; results in order. All are awaited before the first error comes out."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(item: T) -> U:
        async with gate:
            return await act(item)

    results = await asyncio.gather(*(one(item) for item in items), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result for result in results if not isinstance(result, BaseException)]
