import re

from desk.nodes.node_words_compute.models import ModelWordsInput, ModelWordsOutput

WORD = re.compile(r"\w+")


def handle(request: ModelWordsInput) -> ModelWordsOutput:
    """Count them."""
    return ModelWordsOutput(count=len(WORD.findall(request.text)))
