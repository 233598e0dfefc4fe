"""Which real components the tests run, and where their binaries lie.

A component is a Go program of others, built from a module of ours that holds nothing but pins: `go.mod`, where its
version is read from, and `go.sum`. A program of ours that uses a library of others goes by the library's version; its
source lies beside the pins. Adding one means adding a line to the table below, and a module if none of the existing
ones requires its source. `build.py` builds what this file names; tests find it through `tests/kube/components.py`.
Standard library only: both run before anything is installed.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BUILD_FLAGS = ("-trimpath", "-buildvcs=false", "-gcflags=all=-dwarf=false")
STRIPPED = "-s -w"
VERSION_PACKAGES = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
KEY_FILE = "key"


@dataclass(frozen=True, slots=True)
class Component:
    """One binary: how it is called, the module folder that pins it, and the Go package that it is made of.

    ``source`` is the required Go module whose version is the component's; ``tags`` choose what is built into it.
    """

    name: str
    module: str
    source: str
    package: str
    tags: str = ""

    @property
    def folder(self) -> Path:
        return HERE / self.module

    @property
    def version(self) -> str:
        """Without its ``v``: ``1.34.4``."""
        pin = re.search(rf"^\s*(?:require )?{re.escape(self.source)} v(\S+)", self._go_mod(), re.MULTILINE)
        if pin is None:
            raise ValueError(f"components/{self.module}/go.mod requires no {self.source}. Add it with `go get -tool`")
        return pin[1]

    @property
    def go_needed(self) -> tuple[int, int]:
        """The lowest Go that builds it, as (major, minor)."""
        found = re.search(r"^go (\d+)\.(\d+)", self._go_mod(), re.MULTILINE)
        return (int(found[1]), int(found[2])) if found else (1, 24)

    @property
    def build_flags(self) -> tuple[str, ...]:
        return (*BUILD_FLAGS, "-tags", self.tags) if self.tags else BUILD_FLAGS

    @property
    def linker_flags(self) -> str:
        """Kubernetes takes its version from the linker; without one, clients can't parse what it reports."""
        if self.source != "k8s.io/kubernetes":
            return STRIPPED
        major, minor, _ = self.version.split(".", 2)
        values = {
            "gitVersion": f"v{self.version}",
            "gitMajor": major,
            "gitMinor": minor,
            "gitTreeState": "clean",
            "buildDate": "1970-01-01T00:00:00Z",
        }
        stamps = [f"-X {package}.{name}={value}" for package in VERSION_PACKAGES for name, value in values.items()]
        return " ".join([STRIPPED, *stamps])

    @property
    def key(self) -> str:
        """Changes whenever the binary would: pins, source of ours, flags, package and platform."""
        digest = hashlib.sha256()
        for part in (self.package, *self.build_flags, self.linker_flags, platform.system(), platform.machine()):
            digest.update(part.encode() + b"\0")
        for name in ("go.mod", "go.sum", *sorted(path.name for path in self.folder.glob("*.go"))):
            digest.update((self.folder / name).read_bytes() + b"\0")
        return digest.hexdigest()

    @property
    def home(self) -> Path:
        return cache_folder() / f"{self.name}-{self.version}"

    @property
    def binary(self) -> Path:
        return self.home / self.name

    @property
    def is_built(self) -> bool:
        """Whether the cache holds this component, made of these pins and flags."""
        try:
            return self.binary.is_file() and (self.home / KEY_FILE).read_text(encoding="ascii") == self.key
        except OSError:
            return False

    def _go_mod(self) -> str:
        return (self.folder / "go.mod").read_text(encoding="utf-8")


def _kubernetes(minor: str, *names: str) -> list[Component]:
    source = "k8s.io/kubernetes"
    return [Component(name, f"kubernetes-{minor}", source, f"{source}/cmd/{name}") for name in names]


_PROMETHEUS = "github.com/prometheus/prometheus"

# In the order of building. Of two versions of one name, the first is what is meant when none is named.
COMPONENTS = (
    *_kubernetes("1.34", "kube-apiserver"),
    Component("etcd", "etcd-3.6", "go.etcd.io/etcd/server/v3", "go.etcd.io/etcd/server/v3"),
    Component("etcdctl", "etcd-3.6", "go.etcd.io/etcd/etcdctl/v3", "go.etcd.io/etcd/etcdctl/v3"),
    Component("etcdutl", "etcd-3.6", "go.etcd.io/etcd/etcdutl/v3", "go.etcd.io/etcd/etcdutl/v3"),
    Component("kwok", "kwok-0.8", "sigs.k8s.io/kwok", "sigs.k8s.io/kwok/cmd/kwok"),
    *_kubernetes("1.34", "kube-controller-manager", "kube-scheduler"),
    Component("helm", "helm-3.22", "helm.sh/helm/v3", "helm.sh/helm/v3/cmd/helm"),
    *_kubernetes("1.34", "kubectl"),
    Component("prometheus", "prometheus-3.16", _PROMETHEUS, f"{_PROMETHEUS}/cmd/prometheus", "remove_all_sd"),
    Component("controller-runtime-sample", "controller-runtime-sample", "sigs.k8s.io/controller-runtime", "."),
    *_kubernetes("1.35", "kube-apiserver", "kube-controller-manager", "kube-scheduler"),
)


def component(name: str, version: str | None = None) -> Component:
    """The first of this name whose version is ``version`` or starts with it (``1.35``). Raises LookupError."""
    named = [each for each in COMPONENTS if each.name == name]
    for each in named:
        if version is None or f"{each.version}.".startswith(f"{version.removeprefix('v')}."):
            return each
    known = ", ".join(f"{each.name} {each.version}" for each in named or COMPONENTS)
    raise LookupError(f"no component {name} {version or ''} in components/catalogue.py. Known: {known}")


def cache_folder() -> Path:
    """``$MYRIARCH_COMPONENTS``, else the user's cache; in the tree for users without a home."""
    if named := os.environ.get("MYRIARCH_COMPONENTS"):
        return Path(named).absolute()
    if cache := os.environ.get("XDG_CACHE_HOME"):
        return Path(cache) / "myriarch" / "components"
    if home := os.environ.get("HOME"):
        return Path(home) / ".cache" / "myriarch" / "components"
    return ROOT / ".cache" / "components"
