"""String formats of OpenAPI that are checked: a format that isn't here is documentation only."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

_UUID = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}\Z")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\Z")
_HOST = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?)*\Z"
)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S*\Z|/\S*\Z")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)\Z")
_MICRO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)\Z")
_DURATION = re.compile(r"[+-]?(0|((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h|d|w))+)\Z")
_DURATION_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h|d|w)")
_UNIT_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def parse_time(text: str) -> datetime:
    """An RFC 3339 time. Raises ValueError."""
    if not _TIME.match(text):
        raise ValueError(text)
    return datetime.fromisoformat(text.upper())


def _parse_micro_time(text: str) -> datetime:
    """A time of exactly six digits after the point. Raises ValueError."""
    if not _MICRO_TIME.match(text):
        raise ValueError(text)
    return datetime.fromisoformat(text)


def parse_duration(text: str) -> timedelta:
    """A duration such as ``1h30m``. Raises ValueError."""
    if not _DURATION.match(text):
        raise ValueError(text)
    seconds = sum(float(count) * _UNIT_SECONDS[unit] for count, unit in _DURATION_PART.findall(text))
    return timedelta(seconds=-seconds if text.startswith("-") else seconds)


def _parses(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def good(text: str) -> bool:
        try:
            parse(text)
        except (ValueError, binascii.Error):
            return False
        return True

    return good


def _matches(form: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: form.match(text) is not None


FORMATS: dict[str, Callable[[str], bool]] = {
    "date-time": _parses(parse_time),
    "micro-time": _parses(_parse_micro_time),
    "date": _parses(date.fromisoformat),
    "duration": _matches(_DURATION),
    "byte": _parses(lambda text: base64.b64decode(text, validate=True)),
    "uuid": _matches(_UUID),
    "email": _matches(_EMAIL),
    "hostname": _matches(_HOST),
    "uri": _matches(_URI),
    "ipv4": _parses(ipaddress.IPv4Address),
    "ipv6": _parses(ipaddress.IPv6Address),
    "cidr": _parses(lambda text: ipaddress.ip_network(text, strict=False)),
}
