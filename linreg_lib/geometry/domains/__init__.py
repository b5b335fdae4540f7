"""Where one looks: boxes, segments, lines, planes, polytopes, all of the input space."""
