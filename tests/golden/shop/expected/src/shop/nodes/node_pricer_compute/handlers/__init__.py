"""The handler of pricer."""

from shop.nodes.node_pricer_compute.handlers.handler_pricer import HandlerPricer

__all__ = ["HandlerPricer"]
