"""What holds at initialisation for a fixed input: the laws of gradients."""
