"""The zone as tables: sources, model, release."""
