"""Runs helm and kubectl to render: no network, no kubeconfig, a folder of its own, a time limit, an output limit.

What is rendered comes from a revision, so from whoever may write revisions. The programs get an environment without
credentials, a home that is empty, proxies that lead nowhere and a PATH without git, so that a remote base or a chart
dependency fails instead of being fetched.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from myriarch.base.errors import UserFault

PROGRAM_SECONDS: Final = 60.0
OUTPUT_BYTES_MAX: Final = 16 * 1024 * 1024
ERROR_CHARACTERS_MAX: Final = 1200

_NOWHERE: Final = "http://127.0.0.1:9"
"""The discard port: nothing answers there."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """``problem`` is what the program said where it failed, without paths of ours; '' where it did not."""

    output: str
    problem: str


def find_program(name: str, setting: str) -> str:
    """Path of the program: what the environment variable ``setting`` names, else on PATH. Raises UserFault."""
    given = os.environ.get(setting, "")
    found = shutil.which(given or name)
    if found is None:
        cure = f"Install {name} where the agent runs, or set {setting} to its path."
        raise UserFault(setting, given, f"{name} is not there", cure)
    return found


@asynccontextmanager
async def folder_with(files: Mapping[str, bytes]) -> AsyncIterator[Path]:
    """A folder that only we can read, with ``files`` by relative path, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="myriarch-bundle-"))
    try:
        for path, content in files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        yield folder
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        name = Path(error.filename or "").name
        raise UserFault("payload.files", name, "both a file and a folder", "Give each path once.") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def run_program(
    path: str, arguments: Sequence[str], folder: Path, *, seconds: float = PROGRAM_SECONDS
) -> Rendered:
    """Run it to its end in ``folder``; never raises for what the program does."""
    try:
        process = await asyncio.create_subprocess_exec(
            path,
            *arguments,
            cwd=folder,
            env=_environment(folder),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        return Rendered("", f"{Path(path).name} can't be run: {error.strerror}")
    try:
        output, said = await asyncio.wait_for(_both(process), seconds)
    except TimeoutError:
        return Rendered("", f"took longer than {seconds:.0f} s")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if len(output) > OUTPUT_BYTES_MAX:
        return Rendered("", f"more than {OUTPUT_BYTES_MAX} bytes came out")
    if process.returncode:
        return Rendered("", _trim(said.decode(errors="replace"), folder) or f"ended with code {process.returncode}")
    return Rendered(output.decode(errors="replace"), "")


async def _both(process: asyncio.subprocess.Process) -> tuple[bytes, bytes]:
    """Output and error output, each up to its limit; a program that goes on writing is ended by the caller."""
    if process.stdout is None or process.stderr is None:
        return b"", b""
    output, said = await asyncio.gather(_read(process.stdout), _read(process.stderr))
    if len(output) <= OUTPUT_BYTES_MAX and len(said) <= OUTPUT_BYTES_MAX:
        await process.wait()
    return output, said


async def _read(stream: asyncio.StreamReader) -> bytes:
    parts, size = [], 0
    while size <= OUTPUT_BYTES_MAX and (part := await stream.read(2**16)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _environment(folder: Path) -> dict[str, str]:
    home = str(folder / ".home")
    names = {name: f"{home}/{name.lower()}" for name in ("HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME")}
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), _NOWHERE)
    return {"HOME": home, "PATH": "", "KUBECONFIG": os.devnull, "TMPDIR": str(folder), **names, **proxies}


def _trim(said: str, folder: Path) -> str:
    """The program's own message on one line, without our paths."""
    lines = [line.strip() for line in said.replace(f"{folder}/", "").splitlines()]
    useful = [line for line in lines if line and not line.startswith("WARNING: Kubernetes configuration file")]
    return " ".join(useful)[:ERROR_CHARACTERS_MAX].rstrip(". ")
