"""What intake is asked and answers survives JSON."""

from hypothesis import given
from hypothesis import strategies as st

from desk.nodes.node_intake_orchestrator.models import ModelIntakeInput, ModelIntakeOutput
from desk.nodes.node_ticket_reducer.models import EnumStatus, ModelTicketOutput

INTAKE_INPUTS = st.builds(ModelIntakeInput, text=st.text())
TICKET_OUTPUTS = st.builds(ModelTicketOutput, status=st.sampled_from(EnumStatus), accepted=st.booleans())
INTAKE_OUTPUTS = st.builds(ModelIntakeOutput, words=st.integers(), ticket=TICKET_OUTPUTS)


@given(INTAKE_INPUTS)
def test_input_survives_json(value: ModelIntakeInput) -> None:
    """Any input is the same after a journey through JSON."""
    assert ModelIntakeInput.model_validate_json(value.model_dump_json()) == value


@given(INTAKE_OUTPUTS)
def test_output_survives_json(value: ModelIntakeOutput) -> None:
    """Any output is the same after a journey through JSON."""
    assert ModelIntakeOutput.model_validate_json(value.model_dump_json()) == value
