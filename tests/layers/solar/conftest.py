"""What the tests of the photovoltaic model share: its settings as the layer's own factors give them."""

from __future__ import annotations

from pathlib import Path

import pytest

import layers
from layers.solar.pv_settings import PvSettings
from twin.factors import read_factors

FACTORS = Path(layers.__file__).parent / "solar" / "factors.csv"


@pytest.fixture(scope="session")
def pv_factors() -> dict[str, float]:
    """Return the value of each quantity of the layer's factor table."""
    table = read_factors([FACTORS])
    return dict(zip(table["quantity"], table["value"], strict=True))


@pytest.fixture(scope="session")
def pv_settings(pv_factors: dict[str, float]) -> PvSettings:
    """Return the settings that follow from it."""
    return PvSettings.from_factors(pv_factors)
