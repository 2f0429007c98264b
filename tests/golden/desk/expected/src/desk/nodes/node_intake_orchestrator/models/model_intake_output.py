"""What intake answers."""

from pydantic import BaseModel, ConfigDict

from desk.nodes.node_ticket_reducer.models.model_ticket_output import ModelTicketOutput


class ModelIntakeOutput(BaseModel):
    """What intake answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: int
    ticket: ModelTicketOutput
