"""What ticket is asked."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from desk.nodes.node_ticket_reducer.models.enum_status import EnumStatus


class ModelTicketInput(BaseModel):
    """What ticket is asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: EnumStatus = EnumStatus.NEW
    event: Literal["taken", "solved"]
