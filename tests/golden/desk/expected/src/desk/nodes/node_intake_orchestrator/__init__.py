"""Count the words of a new ticket and take it."""
