"""Who asks the sources of gates: objects, metrics, alerts, webhooks, Jobs, and what a revision would change.

Start at ``asker.py``. A question is a plain value, an answer too (``question.py``); what an answer means for a release
is for the engine to say (``engine/gate_standing.py``).
"""
