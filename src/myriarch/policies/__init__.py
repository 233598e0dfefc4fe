"""Ready release policies: one YAML file each, opening with what it is for, what it costs and how long it takes."""
