"""What a source of clusters tells: those that can be imported, and those that can't with the reason.

Every source (``kubeconfig.py``, ``capi.py``, ``argocd.py``, ``ocm.py``, ``clusterprofile.py``) answers with these
values; what becomes of them is ``planning.py``'s. They hold secrets, which no ``repr`` shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from myriarch.api.cluster import Access
from myriarch.base.errors import UserFault


@dataclass(frozen=True, slots=True)
class Found:
    """``title`` is its name in the source, ``origin`` says for ever which cluster it is. ``server`` is host and port,
    ``version`` Kubernetes' own, both '' where not told. ``kubeconfig`` is whole and minimal; only Push has one."""

    title: str
    origin: str
    access: Access
    server: str = ""
    version: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    kubeconfig: bytes = field(default=b"", repr=False)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A cluster that can't be imported; ``why`` says what would mend it, where anything would."""

    title: str
    origin: str
    why: str
    server: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """Of one source, named by ``source``. ``whole``: all of it was asked for, so that what is missing is gone."""

    source: str
    whole: bool
    found: tuple[Found, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def sorted_findings(source: str, whole: bool, each: list[Found | Skipped]) -> Findings:
    """In the order of the source."""
    found = tuple(one for one in each if isinstance(one, Found))
    return Findings(source, whole, found, tuple(one for one in each if isinstance(one, Skipped)))


def host_of(server: str) -> str:
    """Host and port of an address, without a user or password that may be written into it."""
    return urlsplit(server).netloc.rpartition("@")[2]


def reason_of(fault: UserFault) -> str:
    """The fault without its value, which may be secret."""
    return f"{fault.field}: {fault.problem}. {fault.cure}"
