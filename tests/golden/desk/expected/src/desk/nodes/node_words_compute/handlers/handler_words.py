"""Count the words of a text."""

import re

from desk.nodes.node_words_compute.models import ModelWordsInput, ModelWordsOutput

WORD = re.compile(r"\w+")


class HandlerWords:
    """Count the words of a text."""

    def handle(self, request: ModelWordsInput) -> ModelWordsOutput:
        """Count them."""
        return ModelWordsOutput(count=len(WORD.findall(request.text)))
