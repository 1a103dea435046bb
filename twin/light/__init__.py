"""Sun and shade: where the sun stands, and what stands before it."""
