"""Solar: the sun on roofs and walls, and what modules make of it."""
