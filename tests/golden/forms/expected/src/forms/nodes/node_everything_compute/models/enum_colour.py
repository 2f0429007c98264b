"""The values of colour."""

from enum import StrEnum


class EnumColour(StrEnum):
    """The values of colour."""

    RED = "red"
    GREEN = "green"
