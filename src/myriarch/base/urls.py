"""Which URLs may be asked at all, and how one is named to people without what it hides."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def token_in_the_clear(url: str) -> bool:
    """Whether a token sent there could be read on the way."""
    parts = urlsplit(url)
    return parts.scheme != "https" and not _is_loopback(parts.hostname or "")


def url_problem(url: str) -> str:
    """Why a URL is not one to send to; '' where it is."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "is no URL"
    if parts.scheme not in ("http", "https"):
        return "is neither http nor https"
    if not host:
        return "names no host"
    if parts.username or parts.password:
        return "holds a user or a password"
    return "is an address that only the machine itself may ask" if is_never_asked(host) else ""


def is_never_asked(host: str) -> bool:
    """Whether it is an address of a kind that no server of a gate has, such as that of a cloud's metadata."""
    address = _address(host.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address is not None and (address.is_link_local or address.is_multicast or address.is_unspecified)


def _is_loopback(host: str) -> bool:
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def host_of(url: str) -> str:
    """Host and port, for people; what else a URL holds is left out."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2] or "(no host)"
    except ValueError:
        return "(no host)"


def base_problem(url: str) -> str:
    """The same as ``url_problem``, of a URL that paths are put after."""
    problem = url_problem(url)
    if problem:
        return problem
    return "holds a query or a fragment" if "?" in url or "#" in url else ""
