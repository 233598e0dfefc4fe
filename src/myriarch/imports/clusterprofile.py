"""Clusters of a SIG Multicluster inventory: ``ClusterProfile`` objects that any cluster manager publishes.

A profile holds no credentials; it names ways to get at them (KEP-5339). Two of these only read a Secret beside the
profile, and so do we: then the cluster is reached by push. Any other way is a program: then it joins by pull. Only
Secrets of the profile's own namespace are read: who may write a profile could else have any Secret sent anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from myriarch.api.cluster import Access
from myriarch.base.errors import UserFault
from myriarch.client.inventory import MANAGER, PROFILES
from myriarch.client.kubeconfig import Access as Reached
from myriarch.client.kubeconfig import access_of, access_of_bytes
from myriarch.client.objects import Raw
from myriarch.imports.found import Findings, Found, Skipped, host_of, reason_of, sorted_findings
from myriarch.imports.labels import carried, pairs
from myriarch.imports.minimal import minimal_kubeconfig, one_context
from myriarch.imports.place import Place, Scope, namespace_of
from myriarch.imports.together import together

EXTENSION: Final = "client.authentication.k8s.io/exec"
KUBECONFIG_READER: Final = "kubeconfig-secretreader"
TOKEN_READER: Final = "secretreader"  # noqa: S105 (the name of a way)


async def read_profiles(place: Place, scope: Scope) -> Findings:
    """All but those that Myriarch itself publishes. Properties become labels where they fit."""
    source = f"clusterprofile:{place.host}"
    profiles = await place.list(PROFILES, "the ClusterProfile API of SIG Multicluster", scope)
    return sorted_findings(source, scope.whole, await together(lambda each: _profile(place, source, each), profiles))


async def _profile(place: Place, source: str, profile: Raw) -> Found | Skipped:
    metadata: dict[str, Any] = profile["metadata"]
    spec, status = profile.get("spec") or {}, profile.get("status") or {}
    name, namespace = str(metadata["name"]), namespace_of(profile)
    origin = f"{source}/{namespace}/{name}"
    if (spec.get("clusterManager") or {}).get("name") == MANAGER:
        return Skipped(name, origin, "Myriarch published it")
    providers = [each for each in _providers(status) if each.get("name")]
    server = host_of(str((providers[0].get("cluster") or {}).get("server") or "")) if providers else ""
    reached, note = await _reached(place, namespace, providers)
    return Found(
        name,
        origin,
        Access.PULL if reached is None else Access.PUSH,
        server=server if reached is None else host_of(reached.server),
        version=str((status.get("version") or {}).get("kubernetes") or ""),
        labels=carried(pairs(status.get("properties"))) | carried(metadata.get("labels")),
        kubeconfig=b"" if reached is None else minimal_kubeconfig(reached),
        note=note,
    )


def _providers(status: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """``credentialProviders`` is what ``accessProviders`` were called first."""
    for field in ("accessProviders", "credentialProviders"):
        yield from (each for each in status.get(field) or () if isinstance(each, dict))


async def _reached(place: Place, namespace: str, providers: list[dict[str, Any]]) -> tuple[Reached | None, str]:
    """By the first way that only reads a Secret; without one, why there is none."""
    why = "it tells of no way to reach it"
    for provider in providers:
        name, cluster = str(provider["name"]), provider.get("cluster") or {}
        why = f"access provider {name!r} is a program, which is not run"
        if name not in (KUBECONFIG_READER, TOKEN_READER):
            continue
        try:
            return await _by_secret(place, namespace, name, cluster), ""
        except UserFault as fault:
            why = f"access provider {name!r}: {reason_of(fault)}"
    return None, why


async def _by_secret(place: Place, namespace: str, way: str, cluster: dict[str, Any]) -> Reached:
    told = _extension(cluster)
    field = "name" if way == KUBECONFIG_READER else "clusterName"
    secret, where = str(told.get(field) or ""), str(told.get("namespace") or namespace)
    key = str(told.get("key") or "") if way == KUBECONFIG_READER else "token"
    if not secret or not key:
        raise UserFault("extensions", "", f"{EXTENSION} names no Secret", "Mend the profile.")
    if where != namespace:
        problem = f"it names a Secret of namespace {where}"
        raise UserFault("extensions", where, problem, "Only those beside the profile are read.")
    data = await place.secret(where, secret)
    if data is None or key not in data:
        problem = "is not there" if data is None else f"has no key {key!r}"
        raise UserFault("extensions", secret, f"Secret {where}/{secret} {problem}", "Mend the profile.")
    if way == KUBECONFIG_READER:
        return access_of_bytes(data[key], str(told.get("context") or ""))
    entry = {name: value for name, value in cluster.items() if name != "extensions"}
    return access_of(one_context(entry, {"token": data[key].decode("ascii", "replace").strip()}), None)


def _extension(cluster: dict[str, Any]) -> dict[str, Any]:
    for each in cluster.get("extensions") or ():
        if each.get("name") == EXTENSION and isinstance(each.get("extension"), dict):
            found: dict[str, Any] = each["extension"]
            return found
    return {}
