"""omnibuild turns YAML node specs into typed, tested Python packages of ONEX nodes."""
