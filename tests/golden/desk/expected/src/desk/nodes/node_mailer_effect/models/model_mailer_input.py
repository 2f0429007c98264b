"""What mailer is asked."""

from pydantic import BaseModel, ConfigDict, Field

from desk.nodes.node_ticket_reducer.models.model_ticket_output import ModelTicketOutput


class ModelMailerInput(BaseModel):
    """What mailer is asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    to: str = Field(pattern=r"^[^@\s]+@[^@\s]+$", description="The customer.")
    ticket: ModelTicketOutput = Field(description="What became of the ticket.")
