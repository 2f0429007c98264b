"""The handler of mailer."""

from desk.nodes.node_mailer_effect.handlers.handler_mailer import HandlerMailer

__all__ = ["HandlerMailer"]
