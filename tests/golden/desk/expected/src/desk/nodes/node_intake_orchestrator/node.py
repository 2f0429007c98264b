"""Count the words of a new ticket and take it."""

from omnibase_core.nodes import NodeOrchestrator


class NodeIntakeOrchestrator(NodeOrchestrator):
    """Count the words of a new ticket and take it."""
