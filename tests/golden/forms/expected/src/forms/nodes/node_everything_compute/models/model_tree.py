"""A tree."""

from pydantic import BaseModel, ConfigDict, Field


class ModelTree(BaseModel):
    """A tree."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str = Field(max_length=20, description='What it is called, in "quotes" or not.')
    children: list["ModelTree"] = Field(default_factory=list)
    parent: "ModelTree | None" = None
