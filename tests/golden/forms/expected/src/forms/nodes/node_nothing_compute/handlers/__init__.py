"""The handler of nothing."""

from forms.nodes.node_nothing_compute.handlers.handler_nothing import HandlerNothing

__all__ = ["HandlerNothing"]
