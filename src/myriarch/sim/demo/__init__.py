"""The demo: three releases over a simulated fleet, all under one policy, told as they go.

``policy.yaml`` is the policy, ``draw.py`` what the seed decides, ``stories.py`` the three stories, ``teller.py`` runs
them through the API, ``census.py`` counts where the nodes stand in the end, ``result.py`` is what is told.
"""
