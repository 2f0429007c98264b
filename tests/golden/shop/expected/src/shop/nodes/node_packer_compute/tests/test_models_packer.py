"""What packer is asked and answers survives JSON."""

from hypothesis import given
from hypothesis import strategies as st

from shop.nodes.node_packer_compute.models import EnumSize, ModelPackerOutput, ModelParcel
from shop.nodes.node_packer_compute.models import ModelLine as ModelPackerLine
from shop.nodes.node_pricer_compute.models import ModelLine

LINES = st.builds(
    ModelLine,
    sku=st.text(min_size=1),
    quantity=st.integers(min_value=1),
    price=st.decimals(min_value=0, allow_nan=False, allow_infinity=False),
)
PACKER_LINES = st.builds(ModelPackerLine, sku=st.text(), grams=st.integers(min_value=0))
PARCELS = st.builds(
    ModelParcel,
    ordered=st.lists(LINES),
    weighed=st.dictionaries(st.text(), PACKER_LINES),
    size=st.sampled_from(EnumSize),
)
PACKER_OUTPUTS = st.builds(ModelPackerOutput, boxes=st.integers(), size=st.sampled_from(EnumSize))


@given(PARCELS)
def test_input_survives_json(value: ModelParcel) -> None:
    """Any input is the same after a journey through JSON."""
    assert ModelParcel.model_validate_json(value.model_dump_json()) == value


@given(PACKER_OUTPUTS)
def test_output_survives_json(value: ModelPackerOutput) -> None:
    """Any output is the same after a journey through JSON."""
    assert ModelPackerOutput.model_validate_json(value.model_dump_json()) == value
