"""What everything answers."""

from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from forms.nodes.node_everything_compute.models.enum_colour import EnumColour


class ModelEverythingOutput(BaseModel):
    """What everything answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    total: Decimal
    label: str
    colour: EnumColour | None
    until: datetime
