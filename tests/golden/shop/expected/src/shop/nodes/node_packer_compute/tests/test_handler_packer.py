"""What packer gives for the examples of its spec."""

from shop.nodes.node_packer_compute.handlers import HandlerPacker
from shop.nodes.node_packer_compute.models import EnumSize, ModelPackerOutput, ModelParcel


def test_example_1() -> None:
    """Example 1."""
    request = ModelParcel.model_validate(
        {"ordered": [{"sku": "A", "quantity": 12, "price": 1}], "weighed": {"A": {"sku": "A", "grams": 30000}}}
    )

    assert HandlerPacker().handle(request) == ModelPackerOutput(boxes=1, size=EnumSize.LARGE)


def test_nothing_at_all_still_needs_a_box() -> None:
    """Nothing at all still needs a box."""
    request = ModelParcel.model_validate({})

    assert HandlerPacker().handle(request) == ModelPackerOutput(boxes=1, size=EnumSize.SMALL)
