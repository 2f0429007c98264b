"""A leaf."""

from pydantic import BaseModel, ConfigDict


class ModelLeaf(BaseModel):
    """A leaf."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
