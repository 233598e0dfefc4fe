"""The pure release engine: one function decides at every level.

``decide(plan, observed, memory, now)`` moves *units* (clusters of a fleet, nodes of a cluster) from one
revision to another. Start at ``decide.py``; the state machine is in ``phases.py``, who goes first in
``plan.py`` and ``cover.py``, what is harm in ``harm.py``. Nothing here does I/O, reads a clock or rolls dice.
"""
