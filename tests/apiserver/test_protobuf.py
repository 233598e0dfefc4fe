"""Protobuf bodies: what typed clients send is read whole or refused, never in part."""

from __future__ import annotations

import pytest

from myriarch.apiserver.protobuf import read_object
from myriarch.apiserver.status import ApiError

Value = int | str | bytes


def varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def message(*fields: tuple[int, Value]) -> bytes:
    out = b""
    for tag, value in fields:
        if isinstance(value, int):
            out += varint(tag << 3) + varint(value)
        else:
            data = value.encode() if isinstance(value, str) else value
            out += varint(tag << 3 | 2) + varint(len(data)) + data
    return out


def body(api_version: str, kind: str, *fields: tuple[int, Value]) -> bytes:
    about = message((1, api_version), (2, kind))
    return b"k8s\0" + message((1, about), (2, message(*fields)), (3, ""), (4, ""))


META = message((1, "a"), (2, ""), (8, b""), (11, message((1, "team"), (2, "x"))))


def test_a_deployment_is_read_with_its_template() -> None:
    container = message((1, "main"), (2, "app:1"), (6, message((2, 0), (3, 80))), (8, b""), (16, 0), (18, 0))
    template = message((1, message((8, b""))), (2, message((2, container), (11, 0))))
    rolling = message((1, message((1, 1), (2, 0), (3, "25%"))), (2, message((1, 0), (2, 3), (3, ""))))
    spec = message((1, 0), (3, template), (4, message((1, "RollingUpdate"), (2, rolling))), (5, 0), (7, 0))
    read = read_object(body("apps/v1", "Deployment", (1, META), (2, spec), (3, message((1, 0), (2, 5)))))
    containers = [{"name": "main", "image": "app:1", "ports": [{"containerPort": 80}], "resources": {}}]
    assert read == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "a", "labels": {"team": "x"}},
        "spec": {
            "replicas": 0,
            "template": {"metadata": {}, "spec": {"containers": containers}},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": 3}},
        },
    }


def test_numbers_below_zero() -> None:
    read = read_object(body("scheduling.k8s.io/v1", "PriorityClass", (1, META), (2, -3), (3, 0), (4, "low")))
    assert (read["value"], read["description"]) == (-3, "low")
    assert "globalDefault" not in read


def test_options_of_deletion_in_any_group() -> None:
    fields = ((1, 0), (2, message((1, "u"), (2, ""))), (4, "Foreground"))
    read = read_object(body("apps/v1", "DeleteOptions", *fields))
    assert read["gracePeriodSeconds"] == 0
    assert (read["preconditions"], read["propagationPolicy"]) == ({"uid": "u"}, "Foreground")


def test_what_is_not_read_is_refused_by_name_or_number() -> None:
    with pytest.raises(ApiError, match="not read for Gadget"):
        read_object(body("v1", "Gadget", (1, META)))
    volume = message((1, "data"))
    template = message((2, message((1, volume), (2, message((1, "main"))))))
    with pytest.raises(ApiError, match=r"field 1 beside containers.* is not read: send application/json"):
        read_object(body("apps/v1", "Deployment", (1, META), (2, message((3, template)))))
    with pytest.raises(ApiError, match="malformed"):
        read_object(body("v1", "ConfigMap", (1, META))[:-5])
