"""The site: rendered, put in its place, and checked."""
