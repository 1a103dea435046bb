"""Readers of sources: every file becomes a frame of the same columns, in the zone's coordinate system."""
