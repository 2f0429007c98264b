"""What intake gives for the examples of its spec."""

from desk.nodes.node_intake_orchestrator.handlers import HandlerIntake
from desk.nodes.node_intake_orchestrator.models import ModelIntakeInput, ModelIntakeOutput
from desk.nodes.node_ticket_reducer.models import EnumStatus, ModelTicketOutput


def test_two_words() -> None:
    """Two words."""
    request = ModelIntakeInput.model_validate({"text": "two words"})

    assert HandlerIntake().handle(request) == ModelIntakeOutput(
        words=2, ticket=ModelTicketOutput(status=EnumStatus.OPEN)
    )
