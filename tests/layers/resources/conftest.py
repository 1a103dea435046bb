"""The function that builds the model of a zone from rows."""

from tests.twin.model.conftest import make

__all__ = ["make"]
