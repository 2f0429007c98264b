"""A parcel."""

from pydantic import BaseModel, ConfigDict, Field

from shop.nodes.node_packer_compute.models.enum_size import EnumSize
from shop.nodes.node_packer_compute.models.model_line import ModelLine as ModelPackerLine
from shop.nodes.node_pricer_compute.models.model_line import ModelLine


class ModelParcel(BaseModel):
    """A parcel."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ordered: list[ModelLine] = Field(default_factory=list)
    weighed: dict[str, ModelPackerLine] = Field(default_factory=dict)
    size: EnumSize = EnumSize.SMALL
