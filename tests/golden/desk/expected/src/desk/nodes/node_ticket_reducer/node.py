"""The life of a ticket, from new to closed."""

from omnibase_core.nodes import NodeReducer

from desk.nodes.node_ticket_reducer.models import ModelTicketInput, ModelTicketOutput


class NodeTicketReducer(NodeReducer[ModelTicketInput, ModelTicketOutput]):
    """The life of a ticket, from new to closed."""
