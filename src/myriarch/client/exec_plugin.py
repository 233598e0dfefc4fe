"""Credential programs of kubeconfigs: ``users[].user.exec``, by the protocol of client.authentication.k8s.io/v1.

A program named by a kubeconfig is code of others, so ``kubeconfig.py`` reads one only where the caller allows it,
and this runs it: with its own arguments and environment, never through a shell, never with our stdin. What it
answers is kept until the time that it names, or until the server refuses it. Its output is never shown: that is
where the secrets are. Certificates and tokens live in real time, whatever clock a hub runs on.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from myriarch.base.clock import parse_rfc3339, real_now
from myriarch.base.errors import UserFault
from myriarch.client.credentials import Credential
from myriarch.client.errors import Unreachable

API_VERSIONS: Final = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
PROGRAM_SECONDS: Final = 60.0
"""A program that takes longer waits for a person, and none is there."""

ANSWER_BYTES_MAX: Final = 1024 * 1024

EXPIRY_MARGIN_SECONDS: Final = 10.0
"""A credential that ends so soon is fetched anew: a request under way must not outlive it."""

_INFO: Final = "KUBERNETES_EXEC_INFO"
_CURE: Final = "Run it by hand, as the same user, and mend what it says."


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. ``cluster`` is told to the program where it asks for it (``provideClusterInfo``)."""

    command: str
    arguments: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    api_version: str = API_VERSIONS[0]
    folder: Path | None = None
    cluster: dict[str, Any] | None = field(default=None, repr=False)


class _Status(msgspec.Struct, rename="camel"):
    token: str = ""
    client_certificate_data: str = ""
    client_key_data: str = ""
    expiration_timestamp: str = ""


class _Answer(msgspec.Struct, rename="camel"):
    api_version: str = ""
    status: _Status | None = None


class ProgramCredentials:
    """Runs ``program`` when a credential is wanted and none is at hand."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._kept: Credential | None = None
        self._one_at_a_time = asyncio.Lock()

    async def credential(self) -> Credential:
        """One that is valid now. Raises UserFault where the program can't be run or answers nonsense, Unreachable
        where it fails (it may do better later)."""
        async with self._one_at_a_time:
            if self._kept is None or real_now() >= self._kept.expires_at - EXPIRY_MARGIN_SECONDS:
                self._kept = _read(self._program, await _run(self._program))
            return self._kept

    def refused(self) -> None:
        """The server said 401: what is kept is worth nothing."""
        self._kept = None


def read_program(spec: object, folder: Path | None, cluster: dict[str, Any]) -> Program:
    """The ``exec`` entry of a user. Raises UserFault naming what is missing or can't be served."""
    if not isinstance(spec, dict) or not isinstance(spec.get("command"), str) or not spec["command"]:
        raise UserFault("user.exec.command", "", "it names no program", "Mend the kubeconfig.")
    version = spec.get("apiVersion")
    if version not in API_VERSIONS:
        raise UserFault("user.exec.apiVersion", version, "not a known version", f"Use {API_VERSIONS[0]}.")
    if spec.get("interactiveMode") == "Always":
        raise UserFault("user.exec.interactiveMode", "Always", "nobody is there to answer it", "Use IfAvailable.")
    environment = tuple((str(each["name"]), str(each.get("value", ""))) for each in spec.get("env") or ())
    told = {"server": cluster.get("server", ""), "config": None} if spec.get("provideClusterInfo") else None
    if told is not None and cluster.get("certificate-authority-data"):
        told["certificate-authority-data"] = cluster["certificate-authority-data"]
    arguments = tuple(str(each) for each in spec.get("args") or ())
    return Program(spec["command"], arguments, environment, str(version), folder, told)


async def _run(program: Program) -> bytes:
    command = program.command
    if program.folder is not None and os.sep in command:  # as kubectl: paths count from the kubeconfig's folder
        command = str(program.folder / command)
    info: dict[str, Any] = {"interactive": False}
    if program.cluster is not None:
        info["cluster"] = program.cluster
    told = {"apiVersion": program.api_version, "kind": "ExecCredential", "spec": info}
    environment = {
        **os.environ,
        **dict(program.environment),
        "KUBERNETES_EXEC_INFO": msgspec.json.encode(told).decode(),
    }
    try:
        process = await asyncio.create_subprocess_exec(
            command,
            *program.arguments,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:
        problem = f"can't be run: {error.strerror}"
        raise UserFault("user.exec.command", program.command, problem, "Install it where we run.") from None
    try:
        output, _ = await asyncio.wait_for(process.communicate(), PROGRAM_SECONDS)
    except TimeoutError:
        raise Unreachable(f"credential program {program.command!r}: took over {PROGRAM_SECONDS:.0f} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise Unreachable(f"credential program {program.command!r}: ended with code {process.returncode}. {_CURE}")
    return output


def _read(program: Program, output: bytes) -> Credential:
    """Raises UserFault for what is no ExecCredential; the message shows nothing of it."""
    try:
        answer = msgspec.json.decode(output[:ANSWER_BYTES_MAX], type=_Answer)
        status = answer.status
        if status is None or not (status.token or status.client_certificate_data):
            raise ValueError("it carries no credential")
        if bool(status.client_certificate_data) != bool(status.client_key_data):
            raise ValueError("a certificate and its key go together")
        if answer.api_version != program.api_version:
            raise ValueError(f"it is not of version {program.api_version}")
        expires = parse_rfc3339(status.expiration_timestamp) if status.expiration_timestamp else float("inf")
    except msgspec.DecodeError:
        raise UserFault("user.exec", program.command, "it answered no ExecCredential", _CURE) from None
    except ValueError as error:
        raise UserFault("user.exec", program.command, f"it answered wrongly: {error}", _CURE) from None
    certificate, key = status.client_certificate_data.encode(), status.client_key_data.encode()
    return Credential(status.token, certificate, key, expires)
