"""Price an order from its lines and a discount."""
