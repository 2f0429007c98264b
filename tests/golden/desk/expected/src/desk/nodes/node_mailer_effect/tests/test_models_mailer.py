"""What mailer is asked and answers survives JSON."""

import re

from hypothesis import given
from hypothesis import strategies as st

from desk.nodes.node_mailer_effect.models import ModelMailerInput, ModelMailerOutput
from desk.nodes.node_ticket_reducer.models import EnumStatus, ModelTicketOutput

TICKET_OUTPUTS = st.builds(ModelTicketOutput, status=st.sampled_from(EnumStatus), accepted=st.booleans())
MAILER_INPUTS = st.builds(
    ModelMailerInput,
    to=st.from_regex(re.compile(r"^[^@\s]+@[^@\s]+$", re.ASCII), fullmatch=True, alphabet=st.characters(codec="ascii")),
    ticket=TICKET_OUTPUTS,
)
MAILER_OUTPUTS = st.builds(ModelMailerOutput, sent=st.booleans())


@given(MAILER_INPUTS)
def test_input_survives_json(value: ModelMailerInput) -> None:
    """Any input is the same after a journey through JSON."""
    assert ModelMailerInput.model_validate_json(value.model_dump_json()) == value


@given(MAILER_OUTPUTS)
def test_output_survives_json(value: ModelMailerOutput) -> None:
    """Any output is the same after a journey through JSON."""
    assert ModelMailerOutput.model_validate_json(value.model_dump_json()) == value
