"""Where the real server quotes its own making, ours says the same in plain words.

Some sentences of the real server carry Go: its parsers' complaints, its types, its storage keys, a whole object printed
into an error. Where its sentence is of that kind, and both refuse with the same code and reason, the sentences aren't
compared; code, reason, details and the fields of the causes still are.
"""

from __future__ import annotations

import re
from typing import Any

GO = re.compile(
    "|".join(
        (
            r"strconv\.Parse",
            r"json: cannot unmarshal|json parse error|invalid character '",
            r"cannot be handled as a|the object provided is unrecognized",
            r"in scheme \"pkg/|StorageError:|\(\*core\.|Invalid value: \{\"[A-Z]",
            r"error decoding patch|due to an error in our request|patch: Invalid value: \"",
            r"parsing time \"",
            r"failed to create typed patch object",
            r"Unsupported Media Type|Available representations|only the following media types",
            r"found '.*',? expected|is not a known field selector|invalid continue token",
            r"Name parameter invalid",
        )
    )
)
SENTENCE = "<in own words>"


def in_own_words(embedded: Any, real: Any) -> tuple[Any, Any]:
    """Two answers' bodies, with sentences taken out of both where the real one quotes Go."""
    if not (_is_refusal(embedded) and _is_refusal(real)) or embedded.get("reason") != real.get("reason"):
        return embedded, real
    if not GO.search(real.get("message", "")):
        return embedded, real
    return _without_sentences(embedded), _without_sentences(real)


def _is_refusal(body: Any) -> bool:
    return isinstance(body, dict) and body.get("kind") == "Status" and body.get("status") == "Failure"


def _without_sentences(body: dict[str, Any]) -> dict[str, Any]:
    out = {**body, "message": SENTENCE}
    details = dict(out.pop("details", None) or {})
    if "causes" in details:
        details["causes"] = [{**cause, "message": SENTENCE} for cause in details["causes"]]
    return {**out, "details": details}
