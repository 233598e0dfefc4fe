"""Reading the protobuf bodies that kubectl sends for built-in types: ``create namespace``, ``auth can-i``.

kubectl's typed commands encode in protobuf and don't fall back to JSON. Only requests are read, and only of
the kinds listed in ``protobuf_kinds.py``; answers are always JSON, which the same clients accept. The format is the
envelope ``k8s\\0`` + Unknown(typeMeta, raw); field numbers are those of Kubernetes' published messages.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from myriarch.apiserver.protobuf_kinds import KINDS, Field
from myriarch.apiserver.status import ApiError, bad_request

MEDIA_TYPE = "application/vnd.kubernetes.protobuf"
_MAGIC = b"k8s\x00"
_MAX_VARINT_BYTES = 10

Object = dict[str, Any]


_UNKNOWN = {1: Field("type", "message", {1: Field("apiVersion"), 2: Field("kind")}), 2: Field("raw", "bytes")}


def read_object(body: bytes) -> Object:
    """The object of a protobuf body. Raises ApiError 400 where it is malformed, 415 for other kinds."""
    if not body.startswith(_MAGIC):
        raise bad_request("the body is not Kubernetes protobuf")
    try:
        envelope = _message(body[len(_MAGIC) :], _UNKNOWN)
        about = envelope.get("type", {})
        fields = KINDS.get((about.get("apiVersion", ""), about.get("kind", "")))
        if fields is None:
            problem = f"{MEDIA_TYPE} is not read for {about.get('kind', 'this kind')}: send application/json"
            raise ApiError(415, "UnsupportedMediaType", problem)
        return {**about, **_message(envelope.get("raw", b""), fields)}
    except (IndexError, ValueError, UnicodeDecodeError):
        raise bad_request("the protobuf body is malformed") from None


def _message(data: bytes, fields: dict[int, Field]) -> Object:
    out: Object = {}
    for tag, value in _entries(data):
        field = fields.get(tag)
        if field is not None:
            _set(out, field, value)
    return out


def _set(out: Object, field: Field, value: bytes | int) -> None:
    if isinstance(value, int):
        if field.form == "bool":
            out[field.name] = bool(value)
        elif field.form == "int":
            out[field.name] = value
        return
    match field.form:
        case "message":
            out[field.name] = _message(value, field.message or {})
        case "messages":
            out.setdefault(field.name, []).append(_message(value, field.message or {}))
        case "bytes":
            out[field.name] = value
        case "strings":
            out.setdefault(field.name, []).append(value.decode())
        case "map" | "byte-map":
            pair = dict(_entries(value))
            out.setdefault(field.name, {})[_text(pair.get(1, b""))] = (
                _text(pair.get(2, b"")) if field.form == "map" else _base64(pair.get(2, b""))
            )
        case _:
            if value:  # an empty string is how an absent one is written
                out[field.name] = value.decode()


def _text(value: bytes | int) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _base64(value: bytes | int) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else ""


def _entries(data: bytes) -> Iterator[tuple[int, bytes | int]]:
    """(field number, value) of a message. Raises IndexError or ValueError where it is cut or wrong."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        match key & 7:  # the wire type
            case 0:  # varint
                number, at = _varint(data, at)
                yield key >> 3, number
            case 2:  # length and bytes
                size, at = _varint(data, at)
                if at + size > len(data):
                    raise ValueError("cut short")
                yield key >> 3, data[at : at + size]
                at += size
            case 1:  # fixed, 64 bits
                at += 8
            case 5:  # fixed, 32 bits
                at += 4
            case _:
                raise ValueError("unknown wire type")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    number = 0
    for shift in range(_MAX_VARINT_BYTES):
        byte = data[at + shift]
        number |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            return number, at + shift + 1
    raise ValueError("too long a number")
