"""What was cut: the frozen record that the cutters make and that all questions read."""
