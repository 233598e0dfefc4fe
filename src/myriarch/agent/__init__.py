"""The cluster's side: turns the hub's grants into moved nodes, and tells the hub how it went.

``host.py`` runs agents, ``agent.py`` is one cluster's, ``node_level.py`` asks the engine about its nodes
(``health.py`` says how they fare under a grant, ``limits.py`` reads the grant's rules),
``report.py`` makes the status.
"""
