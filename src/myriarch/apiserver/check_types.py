"""What a compiled check of a schema is, and what compiles one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from myriarch.apiserver.errors import FieldError

Node = dict[str, Any]
"""A schema, or a part of one."""

Check = Callable[[Any, str, list[FieldError]], None]
"""Takes a value, its path, and the errors to append to."""

Compile = Callable[[Node], Check]
