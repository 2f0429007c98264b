"""Send a letter to the customer of a ticket."""
