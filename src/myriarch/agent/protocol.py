"""Which agent this is: the version of Myriarch, and the number of the protocol between agents and the hub.

The number rises when an older agent would understand a grant wrongly, or an older hub a report; a field that may be
ignored does not raise it. Why, and what is kept for how long: docs/decisions/0008-agents-and-versions.md.

Since 2 an agent counts budgets by groups (``Grant.budgets``), since 3 it leaves out what is held (``Grant.hold``).
"""

from __future__ import annotations

from typing import Final

from myriarch import __version__
from myriarch.api.cluster import AgentInfo

PROTOCOL: Final = 3

AGENT: Final = AgentInfo(version=__version__, protocol=PROTOCOL)
