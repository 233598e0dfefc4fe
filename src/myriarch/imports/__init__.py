"""Fleets that something else keeps a list of: read from there, planned against the hub, written as Clusters."""
