"""The values of status."""

from enum import StrEnum


class EnumStatus(StrEnum):
    """The values of status."""

    NEW = "new"
    """nobody has looked at it."""
    OPEN = "open"
    """somebody works on it."""
    CLOSED = "closed"
    """it is done."""
