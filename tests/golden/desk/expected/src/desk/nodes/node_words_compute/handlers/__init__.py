"""The handler of words."""

from desk.nodes.node_words_compute.handlers.handler_words import HandlerWords

__all__ = ["HandlerWords"]
