"""Which proxy leads to a server: the kubeconfig's, else what the environment says, as kubectl has it.

``HTTPS_PROXY``, ``HTTP_PROXY`` and ``NO_PROXY`` count (lower case too); this machine is never reached through a
proxy. A password in a proxy's address goes in a header of its own, so that no message shows it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.request import getproxies_environment, proxy_bypass

from yarl import URL

from myriarch.base.errors import UserFault

LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Proxy:
    """``url`` holds no password."""

    url: URL
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def proxy_of(server: str, proxy_url: str) -> Proxy | None:
    """The way to ``server``, None where it is reached directly. Raises UserFault for a proxy that isn't HTTP."""
    if proxy_url:
        return _proxy(proxy_url, "cluster.proxy-url")
    target = URL(server)
    host = target.host or ""
    found = getproxies_environment().get(target.scheme, "")
    if not found or host in LOOPBACK or proxy_bypass(f"{host}:{target.port}"):
        return None
    return _proxy(found, f"{target.scheme.upper()}_PROXY")


def _proxy(text: str, field_name: str) -> Proxy:
    try:
        url = URL(text if "://" in text else f"http://{text}")
        known = url.scheme in ("http", "https") and url.host
    except ValueError:
        known = False
    if not known:
        raise UserFault(field_name, "(hidden)", "not an http or https proxy", "Use an HTTP proxy, or none.")
    if not url.user:
        return Proxy(url)
    word = base64.b64encode(f"{url.user}:{url.password or ''}".encode()).decode()
    return Proxy(url.with_user(None), {"Proxy-Authorization": f"Basic {word}"})
