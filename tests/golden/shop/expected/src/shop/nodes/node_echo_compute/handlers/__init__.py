"""The handler of echo."""

from shop.nodes.node_echo_compute.handlers.handler_echo import HandlerEcho

__all__ = ["HandlerEcho"]
