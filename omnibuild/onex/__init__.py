"""What an ONEX node looks like: one file per thing that is generated, and the names they share."""
