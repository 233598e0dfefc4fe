"""Reading the protobuf bodies that kubectl sends for built-in types: ``create namespace``, ``auth can-i``.

kubectl's typed commands encode in protobuf and don't fall back to JSON. Only requests are read, and only of
the kinds listed in ``protobuf_kinds.py``; answers are always JSON, which the same clients accept. The format is the
envelope ``k8s\\0`` + Unknown(typeMeta, raw); field numbers are those of Kubernetes' published messages. A field that
is not listed there is refused unless it says nothing: writers put down zeros and empty texts too.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from myriarch.apiserver.protobuf_fields import SERVERS, Field, Fields
from myriarch.apiserver.protobuf_kinds import IN_EVERY_GROUP, KINDS
from myriarch.apiserver.status import ApiError, bad_request

MEDIA_TYPE = "application/vnd.kubernetes.protobuf"
_MAGIC = b"k8s\x00"
_MAX_VARINT_BYTES = 10
_SIGN = 1 << 63

Object = dict[str, Any]


_UNKNOWN = {1: Field("type", "message", {1: Field("apiVersion"), 2: Field("kind")}), 2: Field("raw", "bytes")}
_INT_OR_STRING = {1: Field("form", "int"), 2: Field("number", "int"), 3: Field("text")}
_QUANTITY = {1: Field("text")}
_STRING_FORM = 1


def read_object(body: bytes) -> Object:
    """The object of a protobuf body. Raises ApiError 400 where it is malformed, 415 for other kinds and fields."""
    if not body.startswith(_MAGIC):
        raise bad_request("the body is not Kubernetes protobuf")
    try:
        envelope = _message(body[len(_MAGIC) :], _UNKNOWN)
        about = envelope.get("type", {})
        kind = about.get("kind", "")
        fields = KINDS.get((about.get("apiVersion", ""), kind)) or IN_EVERY_GROUP.get(kind)
        if fields is None:
            problem = f"{MEDIA_TYPE} is not read for {kind or 'this kind'}: send application/json"
            raise ApiError(415, "UnsupportedMediaType", problem)
        return {**about, **_message(envelope.get("raw", b""), fields)}
    except (IndexError, ValueError, UnicodeDecodeError):
        raise bad_request("the protobuf body is malformed") from None


def _message(data: bytes, fields: Fields) -> Object:
    out: Object = {}
    for tag, value in _entries(data):
        field = fields.get(tag)
        if field is None and not _is_blank(value):
            problem = f"{MEDIA_TYPE}: field {tag} beside {_known(fields)} is not read: send application/json"
            raise ApiError(415, "UnsupportedMediaType", problem)
        if field is not None and field.form != SERVERS:
            _set(out, field, value)
    return out


def _known(fields: Fields) -> str:
    return ", ".join(field.name for field in fields.values())


def _is_blank(value: bytes | int) -> bool:
    """A zero, an empty text, or a message of nothing else."""
    if isinstance(value, int):
        return value == 0
    try:
        return all(_is_blank(each) for _, each in _entries(value))
    except (IndexError, ValueError):
        return False


def _set(out: Object, field: Field, value: bytes | int) -> None:
    if isinstance(value, int):
        _set_number(out, field, value)
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
        case "int-or-string":
            out[field.name] = _int_or_string(value)
        case "map" | "byte-map" | "quantities":
            pair = dict(_entries(value))
            out.setdefault(field.name, {})[_text(pair.get(1, b""))] = _map_value(field.form, pair.get(2, b""))
        case _:
            if value:  # an empty string is how an absent one is written
                out[field.name] = value.decode()


def _set_number(out: Object, field: Field, value: int) -> None:
    if field.form == "bool" or (field.form == "flag" and value):
        out[field.name] = bool(value)
    elif field.form == "int" or (field.form == "count" and value):
        out[field.name] = value - 2 * _SIGN if value >= _SIGN else value


def _int_or_string(value: bytes) -> int | str:
    read = _message(value, _INT_OR_STRING)
    found: int | str = read.get("text", "") if read.get("form") == _STRING_FORM else read.get("number", 0)
    return found


def _map_value(form: str, value: bytes | int) -> str:
    if form == "byte-map":
        return _base64(value)
    if form == "quantities":
        return str(_message(value, _QUANTITY).get("text", "0")) if isinstance(value, bytes) else "0"
    return _text(value)


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
