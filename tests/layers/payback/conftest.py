"""Zones made of rows, as the tests of the model make them."""

from tests.twin.model.conftest import make

__all__ = ["make"]
