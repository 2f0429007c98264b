"""What everything gives for the examples of its spec."""

from datetime import datetime
from decimal import Decimal

from forms.nodes.node_everything_compute.handlers import HandlerEverything
from forms.nodes.node_everything_compute.models import EnumColour, ModelEverythingInput, ModelEverythingOutput


def test_nothing_but_what_must_be() -> None:
    """Nothing but what must be."""
    request = ModelEverythingInput.model_validate(
        {
            "tree": {"label": "root", "children": [{"label": "leaf"}]},
            "numbers": {"whole": 10, "share": 0.5, "price": "0.10"},
        }
    )

    assert HandlerEverything().handle(request) == ModelEverythingOutput(
        total=Decimal("12.60"),
        label="root and leaf: 2",
        colour=EnumColour.RED,
        until=datetime.fromisoformat("2026-01-31T12:01:30Z"),
    )
