"""What nothing gives for the examples of its spec."""

from forms.nodes.node_nothing_compute.handlers import HandlerNothing
from forms.nodes.node_nothing_compute.models import ModelNothingInput, ModelNothingOutput


def test_1st() -> None:
    """1st."""
    request = ModelNothingInput.model_validate({})

    assert HandlerNothing().handle(request) == ModelNothingOutput()
