"""What packer answers."""

from pydantic import BaseModel, ConfigDict

from shop.nodes.node_packer_compute.models.enum_size import EnumSize


class ModelPackerOutput(BaseModel):
    """What packer answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    boxes: int
    size: EnumSize
