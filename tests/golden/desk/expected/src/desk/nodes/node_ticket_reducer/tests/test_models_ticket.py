"""What ticket is asked and answers survives JSON."""

from hypothesis import given
from hypothesis import strategies as st

from desk.nodes.node_ticket_reducer.models import EnumStatus, ModelTicketInput, ModelTicketOutput

TICKET_INPUTS = st.builds(
    ModelTicketInput, status=st.sampled_from(EnumStatus), event=st.sampled_from(["taken", "solved"])
)
TICKET_OUTPUTS = st.builds(ModelTicketOutput, status=st.sampled_from(EnumStatus), accepted=st.booleans())


@given(TICKET_INPUTS)
def test_input_survives_json(value: ModelTicketInput) -> None:
    """Any input is the same after a journey through JSON."""
    assert ModelTicketInput.model_validate_json(value.model_dump_json()) == value


@given(TICKET_OUTPUTS)
def test_output_survives_json(value: ModelTicketOutput) -> None:
    """Any output is the same after a journey through JSON."""
    assert ModelTicketOutput.model_validate_json(value.model_dump_json()) == value
