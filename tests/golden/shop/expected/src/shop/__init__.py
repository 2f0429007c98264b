"""The shop package: ONEX nodes and the models they share."""
