"""Controllers of releases."""
