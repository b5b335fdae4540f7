"""Cut a domain into the activation regions of a network."""
