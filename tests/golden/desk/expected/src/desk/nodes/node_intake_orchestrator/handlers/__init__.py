"""The handler of intake."""

from desk.nodes.node_intake_orchestrator.handlers.handler_intake import HandlerIntake

__all__ = ["HandlerIntake"]
