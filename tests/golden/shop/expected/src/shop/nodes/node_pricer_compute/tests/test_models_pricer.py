"""What pricer is asked and answers survives JSON."""

from hypothesis import given
from hypothesis import strategies as st

from shop.nodes.node_pricer_compute.models import ModelLine, ModelPricerInput, ModelPricerOutput
from shop.shared.money import EnumCurrency, ModelAmount

LINES = st.builds(
    ModelLine,
    sku=st.text(min_size=1),
    quantity=st.integers(min_value=1),
    price=st.decimals(min_value=0, allow_nan=False, allow_infinity=False),
)
PRICER_INPUTS = st.builds(
    ModelPricerInput,
    lines=st.lists(LINES, min_size=1),
    discount=st.decimals(min_value=0, max_value=1, allow_nan=False, allow_infinity=False),
    currency=st.sampled_from(EnumCurrency),
)
AMOUNTS = st.builds(
    ModelAmount,
    value=st.decimals(min_value=0, allow_nan=False, allow_infinity=False),
    currency=st.sampled_from(EnumCurrency),
)
PRICER_OUTPUTS = st.builds(
    ModelPricerOutput,
    gross=st.decimals(allow_nan=False, allow_infinity=False),
    due=AMOUNTS,
    remark=st.text() | st.none(),
)


@given(PRICER_INPUTS)
def test_input_survives_json(value: ModelPricerInput) -> None:
    """Any input is the same after a journey through JSON."""
    assert ModelPricerInput.model_validate_json(value.model_dump_json()) == value


@given(PRICER_OUTPUTS)
def test_output_survives_json(value: ModelPricerOutput) -> None:
    """Any output is the same after a journey through JSON."""
    assert ModelPricerOutput.model_validate_json(value.model_dump_json()) == value
