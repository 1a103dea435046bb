"""What follows from a drawn or changed building: limits, energy, carbon, sun, neighbours. See README.md beside."""
