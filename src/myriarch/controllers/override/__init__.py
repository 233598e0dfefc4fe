"""Controllers of overrides."""
