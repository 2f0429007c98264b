"""The models of mailer."""

from desk.nodes.node_mailer_effect.models.model_mailer_input import ModelMailerInput
from desk.nodes.node_mailer_effect.models.model_mailer_output import ModelMailerOutput

__all__ = ["ModelMailerInput", "ModelMailerOutput"]
