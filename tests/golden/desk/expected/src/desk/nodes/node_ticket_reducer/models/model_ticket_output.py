"""What ticket answers."""

from pydantic import BaseModel, ConfigDict

from desk.nodes.node_ticket_reducer.models.enum_status import EnumStatus


class ModelTicketOutput(BaseModel):
    """What ticket answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: EnumStatus
    accepted: bool = True
