"""Groups."""

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from forms.nodes.node_everything_compute.models.enum_colour import EnumColour
from forms.nodes.node_everything_compute.models.model_leaf import ModelLeaf


class ModelGroups(BaseModel):
    """Groups."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    names: list[str] = Field(default_factory=lambda: ["a", "b"], max_length=5)
    unique: set[int] = Field(default_factory=lambda: {1})
    fixed: frozenset[str] = frozenset()
    pair: tuple[int, str] = (1, "one")
    many: tuple[Decimal, ...] = (Decimal(1), Decimal("2.5"))
    map: dict[str, list[ModelLeaf]] = Field(default_factory=lambda: {"x": [ModelLeaf(label="l")]})
    colours: list[EnumColour] = Field(default_factory=lambda: [EnumColour.RED])
    leaf: ModelLeaf = Field(default_factory=lambda: ModelLeaf(label="only"))
    kind: Literal["one", "two", 3] = "one"
    either: int | str = 5
    mixed: list[int | str] = Field(default_factory=lambda: list[int | str]([1, "one"]))
    nested: dict[str, list[str]] = Field(default_factory=lambda: dict[str, list[str]]({"none": []}))
    choices: set[Literal["a", "b"]] = Field(default_factory=lambda: set[Literal["a", "b"]]({"a"}))
    maybe: list[str] | None = Field(default_factory=list)
    empty: dict[str, int] = Field(default_factory=dict)
