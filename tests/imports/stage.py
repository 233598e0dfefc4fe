"""Management clusters of other tools: definitions and objects as those tools write them, made small.

The same objects are put into an embedded server and into a real one; ``Put`` says how.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import yaml

from myriarch.client.inventory import PROFILES
from myriarch.client.objects import Raw
from myriarch.client.resource import SECRETS, ResourceRef
from myriarch.imports import capi, ocm

CRDS = ResourceRef("apiextensions.k8s.io", "v1", "customresourcedefinitions")
NAMESPACES = ResourceRef("", "v1", "namespaces")
TOKEN = "a-very-secret-token"
SERVER = "https://{}.example:6443"
CA = base64.b64encode(b"a certificate of an authority").decode()
KINDS = {"clusters": "Cluster", "managedclusters": "ManagedCluster", "clusterprofiles": "ClusterProfile"}

Put = Callable[[ResourceRef, Raw], object]
"""Makes an object, with its status."""


def definition(ref: ResourceRef) -> Raw:
    """A CustomResourceDefinition that takes anything."""
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    schema = {"type": "object", "properties": {"spec": anything, "status": anything}}
    version = {
        "name": ref.version,
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "schema": {"openAPIV3Schema": schema},
    }
    kind = KINDS[ref.plural]
    metadata: dict[str, Any] = {"name": f"{ref.plural}.{ref.group}"}
    if ref.group.endswith(".k8s.io") or ref.group.endswith("x-k8s.io"):
        metadata["annotations"] = {"api-approved.kubernetes.io": "unapproved, for a test"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": metadata,
        "spec": {
            "group": ref.group,
            "scope": "Namespaced" if ref.namespaced else "Cluster",
            "names": {"kind": kind, "plural": ref.plural, "singular": kind.lower(), "listKind": f"{kind}List"},
            "versions": [version],
        },
    }


def profile_definition() -> Raw:
    """Of ClusterProfiles, with the rules that KEP-4322 lays down for what we write."""
    made = definition(PROFILES[0])
    text = {"type": "string", "minLength": 1}
    manager = {
        "type": "object",
        "required": ["name"],
        "properties": {"name": text},
        "x-kubernetes-validations": [{"rule": "self == oldSelf", "message": "ClusterManager is immutable"}],
    }
    of_condition = {name: dict(text) for name in ("type", "status", "reason")}
    of_condition |= {"message": {"type": "string"}, "lastTransitionTime": {"type": "string", "format": "date-time"}}
    condition = {"type": "object", "required": sorted(of_condition), "properties": of_condition}
    property_ = {"type": "object", "required": ["name", "value"], "properties": {"name": text, "value": text}}
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    status = {
        "conditions": {"type": "array", "items": condition},
        "properties": {"type": "array", "items": property_},
        "version": {"type": "object", "properties": {"kubernetes": {"type": "string"}}},
        "accessProviders": {"type": "array", "items": anything},
        "credentialProviders": {"type": "array", "items": anything},
    }
    spec = {"displayName": {"type": "string"}, "clusterManager": manager}
    made["spec"]["versions"][0]["schema"]["openAPIV3Schema"] = {
        "type": "object",
        "required": ["spec"],
        "properties": {
            "spec": {"type": "object", "required": ["clusterManager"], "properties": spec},
            "status": {"type": "object", "properties": status},
        },
    }
    return made


def custom(ref: ResourceRef, name: str, spec: Raw, status: Raw, *, namespace: str = "", **labels: str) -> Raw:
    metadata: dict[str, Any] = {"name": name, "labels": labels}
    if namespace:
        metadata["namespace"] = namespace
    kind = KINDS[ref.plural]
    return {"apiVersion": ref.api_version, "kind": kind, "metadata": metadata, "spec": spec, "status": status}


def secret(name: str, namespace: str, data: dict[str, str], **labels: str) -> Raw:
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
    metadata = {"name": name, "namespace": namespace, "labels": labels}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": encoded}


def kubeconfig(name: str, user: Raw | None = None, **cluster: Any) -> str:
    """Of the cluster NAME.example, with a token unless told otherwise."""
    whole = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [{"name": "c", "cluster": {"server": SERVER.format(name), **cluster}}],
        "users": [{"name": "u", "user": user if user is not None else {"token": TOKEN}}],
        "contexts": [{"name": name, "context": {"cluster": "c", "user": "u"}}],
    }
    return yaml.safe_dump(whole)


def namespace(name: str) -> Raw:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def capi_fleet(put: Put, ref: ResourceRef = capi.REFS[0]) -> None:
    """Two that are provisioned, one that isn't, one without a Secret."""
    phases = {"east": "Provisioned", "west": "Provisioned", "new": "Provisioning", "bare": "Provisioned"}
    for name, phase in phases.items():
        spec = {"topology": {"classRef": {"name": "c"}, "version": "v1.34.2"}}
        put(ref, custom(ref, name, spec, {"phase": phase}, namespace="fleet", tier="gold", env="prod"))
        if name != "bare":
            put(SECRETS, secret(f"{name}-kubeconfig", "fleet", {"value": kubeconfig(name)}))


def argocd_secret(name: str, config: Raw, server: str = "", namespaces: str = "", **labels: str) -> Raw:
    data = {"name": name, "server": server or SERVER.format(name), "config": json.dumps(config)}
    if namespaces:
        data["namespaces"] = namespaces
    return secret(f"cluster-{name}".lower(), "argocd", data, **{"argocd.argoproj.io/secret-type": "cluster", **labels})


def argocd_fleet(put: Put) -> None:
    """By token, by certificate, of some namespaces, and three that can't be imported."""
    pem = base64.b64encode(b"a certificate").decode()
    tls = {"caData": CA, "serverName": "api.example"}
    put(SECRETS, argocd_secret("token", {"bearerToken": TOKEN, "tlsClientConfig": tls}, tier="gold"))
    certificate = {"tlsClientConfig": {**tls, "certData": pem, "keyData": pem}}
    put(SECRETS, argocd_secret("certificate", certificate, namespaces="a,b"))
    put(SECRETS, argocd_secret("in-cluster", {}, "https://kubernetes.default.svc"))
    put(SECRETS, argocd_secret("eks", {"awsAuthConfig": {"clusterName": "x"}}))
    put(SECRETS, argocd_secret("exec", {"execProviderConfig": {"command": "gke"}}))
    put(SECRETS, argocd_secret("basic", {"username": "me", "password": TOKEN}))
    put(SECRETS, secret("another", "argocd", {"name": "no-cluster"}))


def ocm_fleet(put: Put) -> None:
    """One accepted, one not."""
    ref = ocm.REFS[0]
    for name, accepted in (("edge-1", True), ("edge-2", False)):
        configs = [{"url": SERVER.format(name), "caBundle": CA}]
        claims = [{"name": "region.open-cluster-management.io", "value": "eu"}, {"name": "id", "value": "no label!"}]
        status = {"version": {"kubernetes": "v1.33.1"}, "clusterClaims": claims}
        spec = {"hubAcceptsClient": accepted, "managedClusterClientConfigs": configs}
        put(ref, custom(ref, name, spec, status, cloud="Amazon"))


def provider(name: str, server: str, told: Raw) -> Raw:
    extensions = [{"name": "client.authentication.k8s.io/exec", "extension": told}]
    cluster = {"server": SERVER.format(server), "certificate-authority-data": CA, "extensions": extensions}
    return {"name": name, "cluster": cluster}


def profile(name: str, manager: str, field: str = "accessProviders", *providers: Raw) -> Raw:
    status = {
        "version": {"kubernetes": "v1.35.0"},
        "properties": [{"name": "topology.kubernetes.io/region", "value": "eu-1"}],
        field: list(providers),
    }
    spec = {"displayName": name.upper(), "clusterManager": {"name": manager}}
    return custom(PROFILES[0], name, spec, status, namespace="inventory", env="prod")


def profile_fleet(put: Put) -> None:
    """By kubeconfig and by token in Secrets; by a program, and by a Secret elsewhere; and one of our own."""
    put(SECRETS, secret("one-kubeconfig", "inventory", {"value": kubeconfig("one")}))
    put(SECRETS, secret("two", "inventory", {"token": TOKEN}))
    by_kubeconfig = provider("kubeconfig-secretreader", "one", {"name": "one-kubeconfig", "key": "value"})
    by_token = provider("secretreader", "two", {"clusterName": "two"})
    elsewhere = provider("kubeconfig-secretreader", "four", {"name": "x", "key": "y", "namespace": "kube-system"})
    put(PROFILES[0], profile("one", "other", "accessProviders", by_kubeconfig))
    put(PROFILES[0], profile("two", "other", "credentialProviders", by_token))
    put(PROFILES[0], profile("three", "other", "accessProviders", provider("gke-fleet", "three", {})))
    put(PROFILES[0], profile("four", "other", "accessProviders", elsewhere))
    put(PROFILES[0], profile("five", "myriarch"))
