"""The models of everything."""

from forms.nodes.node_everything_compute.models.enum_colour import EnumColour
from forms.nodes.node_everything_compute.models.model_everything_input import ModelEverythingInput
from forms.nodes.node_everything_compute.models.model_everything_output import ModelEverythingOutput
from forms.nodes.node_everything_compute.models.model_groups import ModelGroups
from forms.nodes.node_everything_compute.models.model_leaf import ModelLeaf
from forms.nodes.node_everything_compute.models.model_numbers import ModelNumbers
from forms.nodes.node_everything_compute.models.model_texts import ModelTexts
from forms.nodes.node_everything_compute.models.model_times import ModelTimes
from forms.nodes.node_everything_compute.models.model_tree import ModelTree

__all__ = [
    "EnumColour",
    "ModelEverythingInput",
    "ModelEverythingOutput",
    "ModelGroups",
    "ModelLeaf",
    "ModelNumbers",
    "ModelTexts",
    "ModelTimes",
    "ModelTree",
]
