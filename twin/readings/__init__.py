"""Readings of meters: read row by row, checked against the zone, kept in a log that only grows."""
