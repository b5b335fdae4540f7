"""How many regions many segments cross."""
