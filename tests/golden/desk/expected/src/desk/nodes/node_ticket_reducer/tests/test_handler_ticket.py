"""What ticket gives for the examples of its spec."""

from desk.nodes.node_ticket_reducer.handlers import HandlerTicket
from desk.nodes.node_ticket_reducer.models import EnumStatus, ModelTicketInput, ModelTicketOutput


def test_taking_a_new_one() -> None:
    """Taking a new one."""
    request = ModelTicketInput.model_validate({"event": "taken"})

    assert HandlerTicket().handle(request) == ModelTicketOutput(status=EnumStatus.OPEN)


def test_solving_a_new_one_changes_nothing() -> None:
    """Solving a new one changes nothing."""
    request = ModelTicketInput.model_validate({"event": "solved"})

    assert HandlerTicket().handle(request) == ModelTicketOutput(status=EnumStatus.NEW, accepted=False)
