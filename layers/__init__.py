"""Rooms of the house: one folder per quantity, found by discovery, built, served and translated without a registry."""
