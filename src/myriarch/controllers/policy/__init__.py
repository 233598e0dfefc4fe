"""Controllers of release policies."""
