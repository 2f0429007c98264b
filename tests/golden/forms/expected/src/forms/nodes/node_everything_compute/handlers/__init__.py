"""The handler of everything."""

from forms.nodes.node_everything_compute.handlers.handler_everything import HandlerEverything

__all__ = ["HandlerEverything"]
