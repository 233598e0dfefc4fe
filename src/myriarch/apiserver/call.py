"""One request for a resource, understood: whom it asks about what, with which options.

``Reply`` is what a handler hands back: a response, and whether it may go out only after the store has
synced. Handlers themselves never await, which is what makes a read and the write upon it one step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

import msgspec
import yaml

from myriarch.apiserver.access.user import User
from myriarch.apiserver.doubled import doubled_fields
from myriarch.apiserver.errors import FieldError, too_long, unsupported
from myriarch.apiserver.kinds import ResourceType
from myriarch.apiserver.protobuf import MEDIA_TYPE as PROTOBUF
from myriarch.apiserver.protobuf import read_object
from myriarch.apiserver.record import Bucket, Key
from myriarch.apiserver.status import ApiError, bad_request, invalid_options, too_large, unsupported_media_type
from myriarch.client.http import Request, Response

MAX_BODY_BYTES = 3 * 1024 * 1024
MAX_MANAGER_CHARS = 128
MAX_WHOLE = 2.0**53
JSON = "application/json"
YAML = "application/yaml"
APPLY_PATCH = "application/apply-patch+yaml"
_OPTIONS = {"POST": "CreateOptions", "PUT": "UpdateOptions", "PATCH": "PatchOptions", "DELETE": "DeleteOptions"}


def _plain_number(text: str) -> int | float:
    """A whole number stays one, however it is written: clients read ``2.0`` into whole-number fields."""
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < MAX_WHOLE else number


_DECODER = msgspec.json.Decoder(float_hook=_plain_number)


@dataclass(frozen=True, slots=True)
class Reply:
    response: Response
    wait: bool = False


@dataclass(eq=False)
class Call:
    """``namespace``, ``name`` and ``subresource`` are empty where the path has none."""

    request: Request
    user: User
    cluster: str
    type: ResourceType
    namespace: str
    name: str
    subresource: str
    warnings: list[str] = field(default_factory=list)
    bucket: Bucket = field(init=False)
    key: Key = field(init=False)

    def __post_init__(self) -> None:
        self.bucket = Bucket(self.cluster, self.type.bucket_name)
        self.key = Key(self.bucket, self.namespace, self.name)

    @property
    def query(self) -> dict[str, str]:
        return cast(dict[str, str], self.request.query)

    @property
    def dry_run(self) -> bool:
        value = self.query.get("dryRun", "")
        if value not in ("", "All"):
            raise self.faulty_options(unsupported("dryRun", [value], ("All",)))
        return value == "All"

    @property
    def manager(self) -> str:
        """Who writes: the fieldManager asked for, or the client's program name."""
        named = self.query.get("fieldManager", "")
        if len(named.encode()) > MAX_MANAGER_CHARS:
            raise self.faulty_options(too_long("fieldManager", MAX_MANAGER_CHARS))
        if named:
            return named
        agent = self.request.headers.get("user-agent", "")
        return agent.split("/")[0][:MAX_MANAGER_CHARS] or self.user.name

    @cached_property
    def doubled_fields(self) -> list[str]:
        """What the body states twice, where the client asks to be told."""
        wanted = self.query.get("fieldValidation", "") in ("Strict", "Warn") and self.media_type in ("", JSON)
        return doubled_fields(self.request.body) if wanted else []

    def faulty_options(self, error: FieldError) -> ApiError:
        """The options of this request are wrong: they are named by its method."""
        return invalid_options(_OPTIONS.get(self.request.method, "ListOptions"), [error])

    @property
    def media_type(self) -> str:
        return self.request.headers.get("content-type", "").split(";")[0].strip().lower()

    def body_object(self) -> dict[str, Any]:
        """The body as an object. Raises ApiError 400, 413 or 415."""
        media = self.media_type
        if media == PROTOBUF:
            return read_object(self.request.body)
        if media not in ("", JSON, YAML):
            raise unsupported_media_type((JSON, YAML))
        return as_object(decode_body(self.request.body, yaml_allowed=media == YAML))


def decode_body(body: bytes, *, yaml_allowed: bool) -> Any:
    """JSON (or YAML, where allowed) to plain values. Raises ApiError 400 or 413."""
    if len(body) > MAX_BODY_BYTES:
        raise too_large(MAX_BODY_BYTES)
    try:
        return _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        if not yaml_allowed:
            raise bad_request(f"the body is not JSON: {problem}") from None
    try:
        return yaml.load(body, Loader=_PlainLoader)  # noqa: S506  (a SafeLoader without timestamps)
    except yaml.YAMLError as problem:
        raise bad_request(f"the body is not YAML: {problem}") from None


class _PlainLoader(yaml.SafeLoader):
    """Knows no timestamps: in Kubernetes they are strings."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def as_object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise bad_request("the body must be a single object")
    return value


def number(call: Call, name: str) -> int | None:
    """A whole, non-negative number of the query; None where absent. Raises ApiError 400."""
    text = call.query.get(name, "")
    if not text:
        return None
    if name == "limit" and text.startswith("-"):
        return None  # no limit
    if not (text.isascii() and text.isdigit()):
        raise bad_request(f'invalid {name}: "{text}": must be a whole number')
    return int(text)


def truth(call: Call, name: str) -> bool:
    """A boolean of the query, false where absent. Raises ApiError 400."""
    text = call.query.get(name, "").lower()
    if text in ("", "false", "0", "f"):
        return False
    if text in ("true", "1", "t"):
        return True
    raise bad_request(f'invalid {name}: "{text}": must be a boolean')


def too_new(version: int, current: int) -> ApiError:
    """504, as Kubernetes answers a version from the future."""
    details = {
        "causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}],
        "retryAfterSeconds": 1,
    }
    return ApiError(504, "Timeout", f"Timeout: Too large resource version: {version}, current: {current}", details)
