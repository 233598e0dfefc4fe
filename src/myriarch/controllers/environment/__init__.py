"""Controllers of environments."""
