"""The handler of ticket."""

from desk.nodes.node_ticket_reducer.handlers.handler_ticket import HandlerTicket

__all__ = ["HandlerTicket"]
