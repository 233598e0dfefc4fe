"""Controllers of clusters."""
