"""What words is asked and answers survives JSON."""

from hypothesis import given
from hypothesis import strategies as st

from desk.nodes.node_words_compute.models import ModelWordsInput, ModelWordsOutput

WORDS_INPUTS = st.builds(ModelWordsInput, text=st.text())
WORDS_OUTPUTS = st.builds(ModelWordsOutput, count=st.integers())


@given(WORDS_INPUTS)
def test_input_survives_json(value: ModelWordsInput) -> None:
    """Any input is the same after a journey through JSON."""
    assert ModelWordsInput.model_validate_json(value.model_dump_json()) == value


@given(WORDS_OUTPUTS)
def test_output_survives_json(value: ModelWordsOutput) -> None:
    """Any output is the same after a journey through JSON."""
    assert ModelWordsOutput.model_validate_json(value.model_dump_json()) == value
