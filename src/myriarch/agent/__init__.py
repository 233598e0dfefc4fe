"""The cluster's side: turns the hub's grants into moved nodes, and tells the hub how it went.

``host.py`` runs agents, ``agent.py`` is one cluster's, ``node_level.py`` asks the engine about its nodes
(``health.py`` says how they fare under a grant, ``limits.py`` reads the grant's rules),
``report.py`` makes the status.

Real clusters are members: ``member.py`` is one, with its driver and what is found of it (``examine.py``,
``rights.py``, ``reach.py``, in the words of ``finding.py``), ``members.py`` is how the host meets them, ``telling.py``
tells their conditions, ``catalog.py`` fetches what grants name. ``pull.py`` is the agent near its cluster
(``credential.py``, ``heartbeat.py``, ``memory.py``, ``state.py``), ``push.py`` are those in the hub's process
(``owned.py``). ``enrol.py`` and ``member_manifests.py`` make what the two sides need.
"""
