"""What everything is asked."""

from pydantic import BaseModel, ConfigDict, Field

from forms.nodes.node_everything_compute.models.model_groups import ModelGroups
from forms.nodes.node_everything_compute.models.model_numbers import ModelNumbers
from forms.nodes.node_everything_compute.models.model_texts import ModelTexts
from forms.nodes.node_everything_compute.models.model_times import ModelTimes
from forms.nodes.node_everything_compute.models.model_tree import ModelTree


class ModelEverythingInput(BaseModel):
    """What everything is asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tree: ModelTree
    numbers: ModelNumbers
    times: ModelTimes = Field(default_factory=ModelTimes)
    texts: ModelTexts = Field(default_factory=ModelTexts)
    groups: ModelGroups = Field(default_factory=ModelGroups)
