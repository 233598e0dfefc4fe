"""Controllers of components."""
