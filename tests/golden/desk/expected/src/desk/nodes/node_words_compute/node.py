"""Count the words of a text."""

from omnibase_core.nodes import NodeCompute

from desk.nodes.node_words_compute.models import ModelWordsInput, ModelWordsOutput


class NodeWordsCompute(NodeCompute[ModelWordsInput, ModelWordsOutput]):
    """Count the words of a text."""
