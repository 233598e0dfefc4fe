"""Controllers of release trains."""
