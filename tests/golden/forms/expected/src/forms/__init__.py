"""The forms package: ONEX nodes and the models they share."""
