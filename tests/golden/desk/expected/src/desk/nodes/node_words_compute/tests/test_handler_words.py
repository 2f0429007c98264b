"""What words gives for the examples of its spec."""

from desk.nodes.node_words_compute.handlers import HandlerWords
from desk.nodes.node_words_compute.models import ModelWordsInput, ModelWordsOutput


def test_three_in_quotes_so() -> None:
    """Three, in quotes: "so"."""
    request = ModelWordsInput.model_validate({"text": 'one two "so"'})

    assert HandlerWords().handle(request) == ModelWordsOutput(count=3)
