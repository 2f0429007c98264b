"""The models of words."""

from desk.nodes.node_words_compute.models.model_words_input import ModelWordsInput
from desk.nodes.node_words_compute.models.model_words_output import ModelWordsOutput

__all__ = ["ModelWordsInput", "ModelWordsOutput"]
