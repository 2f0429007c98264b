"""What echo is asked and answers survives JSON."""

from hypothesis import given
from hypothesis import strategies as st

from shop.shared.money import EnumCurrency, ModelAmount

AMOUNTS = st.builds(
    ModelAmount,
    value=st.decimals(min_value=0, allow_nan=False, allow_infinity=False),
    currency=st.sampled_from(EnumCurrency),
)


@given(AMOUNTS)
def test_input_survives_json(value: ModelAmount) -> None:
    """Any input is the same after a journey through JSON."""
    assert ModelAmount.model_validate_json(value.model_dump_json()) == value
