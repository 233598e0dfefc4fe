"""The templates of daemon sets and stateful sets, kept as ControllerRevisions: one for each that was in use."""

from __future__ import annotations

from myriarch.lightcontrollers.pods import template_hash
from myriarch.lightcontrollers.world import REVISION, Kind, Object, World, owner_reference

HASH_LABEL = "controller-revision-hash"


async def keep_revision(world: World, kind: Kind, cluster: str, owner: Object) -> str:
    """The mark of the owner's present template, after its revision is there."""
    template = owner["spec"]["template"]
    mark = template_hash(template)
    known = world.owned(REVISION, owner, cluster)
    newest = max((each["revision"] for each in known), default=0)
    mine = next((each for each in known if each["metadata"]["labels"].get(HASH_LABEL) == mark), None)
    if mine is None:
        meta = owner["metadata"]
        labels = {**((template.get("metadata") or {}).get("labels") or {}), HASH_LABEL: mark}
        revision = {
            "metadata": {
                "name": f"{meta['name']}-{mark}",
                "namespace": meta["namespace"],
                "labels": labels,
                "ownerReferences": [owner_reference(kind, owner)],
            },
            "data": {"spec": {"template": {**template, "$patch": "replace"}}},
            "revision": newest + 1,
        }
        await world.create(REVISION, cluster, revision)
    elif mine["revision"] != newest:
        await world.patch(REVISION, cluster, mine, {"revision": newest + 1})
    await _forget_oldest(world, cluster, owner, known)
    return mark


async def _forget_oldest(world: World, cluster: str, owner: Object, known: list[Object]) -> None:
    limit = owner["spec"].get("revisionHistoryLimit", 10) + 1
    for each in sorted(known, key=lambda r: int(r["revision"]))[: max(len(known) - limit, 0)]:
        await world.delete(REVISION, cluster, each)
