"""The desk package: ONEX nodes and the models they share."""
