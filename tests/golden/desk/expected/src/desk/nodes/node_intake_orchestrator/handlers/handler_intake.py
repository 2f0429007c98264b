"""What happens to a ticket when it comes in."""

from desk.nodes.node_intake_orchestrator.models import ModelIntakeInput, ModelIntakeOutput
from desk.nodes.node_ticket_reducer.handlers import HandlerTicket
from desk.nodes.node_ticket_reducer.models import ModelTicketInput
from desk.nodes.node_words_compute.handlers import HandlerWords
from desk.nodes.node_words_compute.models import ModelWordsInput


class HandlerIntake:
    """Count the words of a new ticket and take it."""

    def handle(self, request: ModelIntakeInput) -> ModelIntakeOutput:
        """Count, then take."""
        counted = HandlerWords().handle(ModelWordsInput(text=request.text))
        taken = HandlerTicket().handle(ModelTicketInput(event="taken"))
        return ModelIntakeOutput(words=counted.count, ticket=taken)
