"""The hub's controllers: one folder a kind. They know only what the API says.

``caches.py`` holds what all of them read; ``controllers.py`` runs them together.
"""
