"""The law of a random network, and many networks drawn from it at once."""
