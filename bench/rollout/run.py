"""Runs RolloutBench: ``python bench/rollout/run.py --seeds 50 --scenarios DIR --output json --report FILE.html``."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    from rollout.command import main

    sys.exit(main())
