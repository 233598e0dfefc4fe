"""Tokens of service accounts that have expired, which no API server makes: signed here with its own key."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from tests.kube.control_plane import ControlPlane

AGO_SECONDS = 7200
NUMBER_BYTES = 32


def expired_token(plane: ControlPlane, namespace: str, account: str) -> str:
    """One like those that the API server gives this account, but of two hours ago and good for one."""
    head, claims, _ = plane.token_for(namespace, account).split(".")
    told: dict[str, Any] = json.loads(base64.urlsafe_b64decode(claims + "=="))
    began = int(time.time()) - AGO_SECONDS
    told |= {"iat": began, "nbf": began, "exp": began + AGO_SECONDS // 2}
    text = f"{head}.{_text(json.dumps(told).encode())}"
    key = load_pem_private_key((plane.ca_file.parent / "accounts.key").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    first, second = utils.decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{text}.{_text(first.to_bytes(NUMBER_BYTES) + second.to_bytes(NUMBER_BYTES))}"


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
