"""The models of packer."""

from shop.nodes.node_packer_compute.models.enum_size import EnumSize
from shop.nodes.node_packer_compute.models.model_line import ModelLine
from shop.nodes.node_packer_compute.models.model_packer_output import ModelPackerOutput
from shop.nodes.node_packer_compute.models.model_parcel import ModelParcel

__all__ = ["EnumSize", "ModelLine", "ModelPackerOutput", "ModelParcel"]
