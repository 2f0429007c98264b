"""Give back what was asked, unchanged.

This one sentence is longer than a line of code may be, which shows how a docstring is laid out when it does not
fit. It has a second sentence, too.
"""

from shop.shared.money import ModelAmount


class HandlerEcho:
    """Give back what was asked, unchanged.

    This one sentence is longer than a line of code may be, which shows how a docstring is laid out when it does
    not fit. It has a second sentence, too.
    """

    def handle(self, request: ModelAmount) -> ModelAmount:
        """Compute the output of one request."""
        return ModelAmount(value=request.value, currency=request.currency)
