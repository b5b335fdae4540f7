"""Cones, discs and lengths that domains are made with."""
