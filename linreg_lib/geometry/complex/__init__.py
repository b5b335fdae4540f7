"""The polyhedral complex that users hold, and its file."""
