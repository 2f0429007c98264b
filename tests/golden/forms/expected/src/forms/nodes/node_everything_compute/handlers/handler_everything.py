"""Take a value of every type that there is."""

from forms.nodes.node_everything_compute.models import ModelEverythingInput, ModelEverythingOutput


class HandlerEverything:
    """Take a value of every type that there is."""

    def handle(self, request: ModelEverythingInput) -> ModelEverythingOutput:
        """Compute the output of one request."""
        labels = [request.tree.label] + [child.label for child in request.tree.children]
        return ModelEverythingOutput(
            total=request.numbers.price + request.numbers.exact,
            label=f"{' and '.join(labels)}: {len(labels)}",
            colour=request.groups.colours[0] if request.groups.colours else None,
            until=request.times.at + request.times.lasts,
        )
