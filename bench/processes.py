"""What processes cost, as the kernel counts it: on a machine with other work it tells more than the wall.

Processors' time is exact to a hundredth of a second; memory is what is resident, summed over a server's processes.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Sequence
from pathlib import Path

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB$", re.MULTILINE)
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


def cpu_seconds(pids: Sequence[int]) -> float:
    """What these processes have used, children not counted."""
    return sum(_ticks(pid) for pid in pids) / TICKS_A_SECOND


def resident_bytes(pids: Sequence[int]) -> int:
    """What these processes hold now."""
    return sum(_kilobytes(pid, _RESIDENT) for pid in pids) * 1024


def peak_bytes(pid: int) -> int:
    """The most that this process has held."""
    return _kilobytes(pid, _PEAK) * 1024


def load_average() -> str:
    """Of the last minute, for people: how much else the machine had to do."""
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def _kilobytes(pid: int, pattern: re.Pattern[str]) -> int:
    found = pattern.search(Path(f"/proc/{pid}/status").read_text("ascii"))
    return int(found[1]) if found else 0


def wait(seconds: float) -> None:
    """Between two looks at another process."""
    threading.Event().wait(seconds)
