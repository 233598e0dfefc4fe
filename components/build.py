"""`make components`: builds what `catalogue.py` names and the cache does not hold yet.

Each component is built in a folder of its own beside the others and renamed into place when it is whole, so an
interrupted build leaves nothing half-done. One build runs at a time; a second waits for the first and then finds
its work done. Run from the root as `python -m components.build [--if-go] [NAME ...]`, by any Python
3.11 with its standard library. Exits non-zero when something asked for can't be built, saying what to install.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from components.catalogue import COMPONENTS, KEY_FILE, ROOT, Component, cache_folder

REDRAW_SECONDS = 1.0
SHOWN_LINES = 30
PARTIAL = ".part-"
WITHOUT_GO = """
==============================================================================
Go is not on PATH: the real components are not built, and every test that
needs them (marked `kube`) IS SKIPPED. To run them: https://go.dev/dl/
==============================================================================
"""


class CannotBuild(Exception):
    """What is missing or failed, and what to do about it."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m components.build", description="Build the components of the tests.")
    parser.add_argument("--if-go", action="store_true", help="without Go, say so and succeed: the tests are skipped")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only components of this name (default: all)")
    asked = parser.parse_args(arguments)
    chosen = [each for each in COMPONENTS if not asked.names or each.name in asked.names]
    if unknown := set(asked.names) - {each.name for each in chosen}:
        return fail(f"no component is called {', '.join(sorted(unknown))}. components/catalogue.py names them")
    try:
        return build_missing(chosen, if_go=asked.if_go)
    except CannotBuild as problem:
        return fail(str(problem))
    except KeyboardInterrupt:
        return fail("interrupted; what is built is kept, and the next run goes on from there")


def fail(problem: str) -> int:
    print(f"make components: {problem}", file=sys.stderr)
    return 1


def build_missing(chosen: Sequence[Component], *, if_go: bool) -> int:
    missing = [each for each in chosen if not each.is_built]
    if missing and if_go and shutil.which("go") is None:
        print(WITHOUT_GO)
        return 0
    started = time.monotonic()
    built = 0
    if missing:
        check_go(missing)
        with only_builder():
            for position, each in enumerate(missing, start=1):
                if not each.is_built:  # another build may have made it while this one waited
                    build(each, f"{position} of {len(missing)}")
                    built += 1
    seconds = time.monotonic() - started
    print(f"built {built} components in {seconds:.0f} seconds, {len(chosen) - built} from cache ({cache_folder()})")
    return 0


def check_go(missing: Sequence[Component]) -> None:
    """Raises CannotBuild when there is no Go, or one too old that may not fetch a newer one by itself."""
    needed = max(each.go_needed for each in missing)
    cure = f"Install Go {needed[0]}.{needed[1]} or newer (https://go.dev/dl/) and put it on PATH"
    try:
        command = ["go", "env", "GOVERSION", "GOTOOLCHAIN"]
        answer = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=True)
    except FileNotFoundError:
        raise CannotBuild(f"Go is not on PATH. {cure}") from None
    except subprocess.CalledProcessError as error:
        raise CannotBuild(f"`go env` fails: {error.stderr.strip()}. {cure}") from None
    version, _, toolchain = answer.stdout.partition("\n")
    found = re.match(r"go(\d+)\.(\d+)", version)
    too_old = found is not None and (int(found[1]), int(found[2])) < needed
    if too_old and toolchain.strip() == "local":
        raise CannotBuild(f"{version} is too old. {cure}, or let it fetch a newer one: GOTOOLCHAIN=auto")


def environment() -> dict[str, str]:
    """Our flags and none of the user's; caches in the tree for users without a home.

    The compiler is told to collect no garbage below 2 GiB: it saves a third of the time, and the largest link needs
    1.5 GiB anyway.
    """
    variables = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly", "GOWORK": "off"}
    variables.setdefault("GOGC", "off")
    variables.setdefault("GOMEMLIMIT", "2GiB")
    if "HOME" not in variables:
        variables.setdefault("GOCACHE", str(ROOT / ".cache" / "go-build"))
        variables.setdefault("GOPATH", str(ROOT / ".cache" / "go"))
        variables["GOFLAGS"] += " -modcacherw"
    return variables


@contextmanager
def only_builder() -> Iterator[None]:
    """Holds the cache's lock; what an earlier holder left unfinished is removed."""
    cache_folder().mkdir(parents=True, exist_ok=True)
    with (cache_folder() / ".lock").open("w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("waiting for another build of components to end", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        for remains in cache_folder().glob(f"{PARTIAL}*"):
            shutil.rmtree(remains, ignore_errors=True)
        yield


def build(component: Component, position: str) -> None:
    """Builds into a folder of its own, then puts it in place of what was there."""
    partial = cache_folder() / f"{PARTIAL}{component.home.name}"
    partial.mkdir()
    try:
        seconds = compile_into(partial / component.name, component, position)
        (partial / KEY_FILE).write_text(component.key, encoding="ascii")
        if component.home.exists():
            component.home.rename(cache_folder() / f"{PARTIAL}{component.home.name}.old")
        partial.rename(component.home)
    finally:
        for remains in cache_folder().glob(f"{PARTIAL}*"):
            shutil.rmtree(remains, ignore_errors=True)
    print(f"{component.name} {component.version}: {seconds:.0f} s ({position})", flush=True)


def compile_into(target: Path, component: Component, position: str) -> float:
    """Seconds that it took. Raises CannotBuild with the end of what the compiler said."""
    log = target.with_suffix(".log")
    flags = [*component.build_flags, "-ldflags", component.linker_flags]
    command = ["go", "build", *flags, "-o", str(target), component.package]
    started = time.monotonic()
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(command, cwd=component.folder, env=environment(), stdout=output, stderr=output)
        try:
            wait(process, f"building {component.name} {component.version} ({position})", started)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    said = log.read_text(encoding="utf-8", errors="replace").splitlines()
    if process.returncode != 0:
        end = "\n".join(said[-SHOWN_LINES:])
        where = f"components/{component.module}"
        raise CannotBuild(f"{component.name} {component.version} does not build in {where}:\n{end}")
    log.unlink()
    return time.monotonic() - started


def wait(process: subprocess.Popen[bytes], title: str, started: float) -> None:
    """On a terminal, one line that counts the seconds; elsewhere one line when it begins."""
    if not sys.stdout.isatty():
        print(title, flush=True)
        process.wait()
        return
    while True:
        print(f"\r{title} … {time.monotonic() - started:.0f} s", end="", flush=True)
        try:
            process.wait(timeout=REDRAW_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        print("\r\x1b[K", end="", flush=True)
        return


if __name__ == "__main__":
    sys.exit(main())
