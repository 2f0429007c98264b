"""The values of size."""

from enum import StrEnum


class EnumSize(StrEnum):
    """The values of size."""

    SMALL = "small"
    LARGE = "large"
