"""The models of ticket."""

from desk.nodes.node_ticket_reducer.models.enum_status import EnumStatus
from desk.nodes.node_ticket_reducer.models.model_ticket_input import ModelTicketInput
from desk.nodes.node_ticket_reducer.models.model_ticket_output import ModelTicketOutput

__all__ = ["EnumStatus", "ModelTicketInput", "ModelTicketOutput"]
