"""What nothing is asked and answers survives JSON."""

from hypothesis import given
from hypothesis import strategies as st

from forms.nodes.node_nothing_compute.models import ModelNothingInput, ModelNothingOutput

NOTHING_INPUTS = st.builds(ModelNothingInput)
NOTHING_OUTPUTS = st.builds(ModelNothingOutput)


@given(NOTHING_INPUTS)
def test_input_survives_json(value: ModelNothingInput) -> None:
    """Any input is the same after a journey through JSON."""
    assert ModelNothingInput.model_validate_json(value.model_dump_json()) == value


@given(NOTHING_OUTPUTS)
def test_output_survives_json(value: ModelNothingOutput) -> None:
    """Any output is the same after a journey through JSON."""
    assert ModelNothingOutput.model_validate_json(value.model_dump_json()) == value
