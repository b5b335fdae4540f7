"""Arrays of faces and their incidences: no geometry."""
