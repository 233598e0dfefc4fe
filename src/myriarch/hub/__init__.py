"""The composition: API server, controllers, agents and simulated fleet in one process."""
