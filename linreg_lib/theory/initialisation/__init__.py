"""Gradients and boundaries of networks at initialisation: exact laws and explicit bounds."""
