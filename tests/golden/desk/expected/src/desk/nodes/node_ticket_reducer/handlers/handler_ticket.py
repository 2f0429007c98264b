"""The life of a ticket, from new to closed."""

from desk.nodes.node_ticket_reducer.models import EnumStatus as S
from desk.nodes.node_ticket_reducer.models import ModelTicketInput, ModelTicketOutput


class HandlerTicket:
    """The life of a ticket, from new to closed."""

    def handle(self, request: ModelTicketInput) -> ModelTicketOutput:
        """Answer one request to ticket."""
        match request.status, request.event:
            # Only a new one can be taken.
            case S.NEW, "taken":
                return ModelTicketOutput(status=S.OPEN)
            case S.OPEN, "solved":
                return ModelTicketOutput(status=S.CLOSED)
            case status, _:
                return ModelTicketOutput(status=status, accepted=False)
