"""What holds exactly for laws that flipping the signs of neurons leaves unchanged."""
