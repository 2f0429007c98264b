"""Take nothing and give nothing back at all."""

from forms.nodes.node_nothing_compute.models import ModelNothingInput, ModelNothingOutput


class HandlerNothing:
    """Take nothing and give nothing back at all."""

    def handle(self, request: ModelNothingInput) -> ModelNothingOutput:
        """Compute the output of one request."""
        return ModelNothingOutput()
