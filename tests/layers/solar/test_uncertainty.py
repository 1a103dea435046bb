"""P50 and P90: by hand, beside draws, and between the limits of full and no correlation."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from layers.solar.pv_settings import Sigma
from layers.solar.uncertainty import add_intervals, combine_sigma, sigma_of_bounds
from twin.errors import LayerError

if TYPE_CHECKING:
    from layers.solar.pv_settings import PvSettings

NONE = Sigma(**{item.name: 0.0 for item in fields(Sigma)})


def widths(p50: float, sigma: Sigma) -> pd.Series:
    """Return the half-widths of one roof's yield."""
    return add_intervals(pd.DataFrame({"yield_kwh_per_a": [p50]}), sigma).iloc[0]


def test_half_widths_by_hand() -> None:
    """Sigma of 3 % for all and 4 % of its own make 5 %: 1000 x 0.05 x 1.96 = 98.0, and 1000 x 0.05 x 1.2816 = 64.08."""
    found = widths(1000.0, replace(NONE, weather_year=0.03, roof=0.04))
    assert found["yield_common_95_kwh"] == pytest.approx(58.8, abs=0.01)
    assert found["yield_own_95_kwh"] == pytest.approx(78.4, abs=0.01)
    assert np.hypot(found["yield_common_95_kwh"], found["yield_own_95_kwh"]) == pytest.approx(98.0, abs=0.01)
    assert np.hypot(found["yield_common_90_kwh"], found["yield_own_90_kwh"]) == pytest.approx(64.08, abs=0.01)


def test_certain_yield_has_no_interval() -> None:
    assert (widths(1000.0, NONE).drop("yield_kwh_per_a") == 0).all()


def test_quantiles_agree_with_draws(pv_settings: PvSettings) -> None:
    """300,000 draws of every component by itself; within 0.2 % of the yield."""
    random = np.random.default_rng(5)
    draws = 1000 * (1 + sum(random.normal(0, getattr(pv_settings.sigma, item.name), 300_000) for item in fields(Sigma)))
    found = widths(1000.0, pv_settings.sigma)
    of_90, of_95 = (np.hypot(found[f"yield_common_{level}_kwh"], found[f"yield_own_{level}_kwh"]) for level in (90, 95))
    assert np.percentile(draws, [10, 2.5, 97.5]) == pytest.approx([1000 - of_90, 1000 - of_95, 1000 + of_95], abs=2)


def test_errors_of_one_roof_are_its_shade_and_its_shape() -> None:
    alone = replace(NONE, shading=0.03, roof=0.04)
    assert combine_sigma(alone) == pytest.approx((0, 0.05))
    assert combine_sigma(replace(NONE, weather_year=0.03, weather_data=0.04)) == pytest.approx((0.05, 0))


def test_bounds_become_a_standard_deviation() -> None:
    """The typical years of Shanghai-Baoshan, 1271 and 1478 kWh/m2: 103.5 / sqrt(3) / 1374.5 = 4.35 %."""
    assert sigma_of_bounds(1374.5, 1271, 1478, kind="minmax") == pytest.approx(0.0435, abs=5e-5)
    assert sigma_of_bounds(100, 80.4, 119.6, kind="ci95") == pytest.approx(0.1, rel=1e-4)
    with pytest.raises(LayerError, match="level"):
        sigma_of_bounds(1, 1, 1, kind="level")
