"""Send a letter to the customer of a ticket."""

from omnibase_core.nodes import NodeEffect


class NodeMailerEffect(NodeEffect):
    """Send a letter to the customer of a ticket."""
