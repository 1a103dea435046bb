"""P50 and P90: by hand, beside draws, and between the limits of full and no correlation."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from layers.solar.pv_settings import Sigma
from layers.solar.uncertainty import combine_sigma, exceedance, lifetime_mean, sigma_of_bounds, sum_exceedance
from twin.errors import LayerError

if TYPE_CHECKING:
    from layers.solar.pv_settings import PvSettings

NONE = Sigma(**{item.name: 0.0 for item in fields(Sigma)})


def test_exceedance_by_hand() -> None:
    """Sigma of 3 % and 4 % make 5 %: P90 = 1000 (1 - 1.2816 x 0.05), interval 1000 (1 -+ 1.96 x 0.05)."""
    found = exceedance(1000.0, replace(NONE, weather_year=0.03, roof=0.04))
    assert float(found.p50) == 1000
    assert float(found.p90) == pytest.approx(935.92, abs=0.01)
    assert (float(found.low), float(found.high)) == pytest.approx((902.0, 1098.0), abs=0.01)


def test_certain_yield_has_no_interval() -> None:
    found = exceedance(np.array([0.0, 1000.0]), NONE)
    assert (found.p90 == found.p50).all()
    assert (found.low == found.high).all()


def test_interval_never_goes_below_zero() -> None:
    found = exceedance(100.0, replace(NONE, roof=1.0))
    assert (found.p90, found.low) == (0, 0)


def test_quantiles_agree_with_draws(pv_settings: PvSettings) -> None:
    """300,000 draws of every component by itself; within 0.2 % of the yield."""
    random = np.random.default_rng(5)
    draws = 1000 * (1 + sum(random.normal(0, getattr(pv_settings.sigma, item.name), 300_000) for item in fields(Sigma)))
    found = exceedance(1000.0, pv_settings.sigma)
    assert np.percentile(draws, [10, 2.5, 97.5]) == pytest.approx([found.p90, found.low, found.high], abs=2)


def test_sum_lies_between_no_and_full_correlation(pv_settings: PvSettings) -> None:
    yields = np.full(100, 1000.0)
    single, together = exceedance(yields, pv_settings.sigma), sum_exceedance(yields, pv_settings.sigma)
    assert float(together.p50) == 100_000
    assert single.p90.sum() < float(together.p90) < 100_000
    common, own = combine_sigma(pv_settings.sigma)
    assert float(together.high) == pytest.approx(100_000 * (1 + 1.959964 * np.hypot(common, own / 10)))


def test_errors_of_one_roof_are_its_shade_and_its_shape() -> None:
    alone = replace(NONE, shading=0.03, roof=0.04)
    assert combine_sigma(alone) == pytest.approx((0, 0.05))
    assert combine_sigma(replace(NONE, weather_year=0.03, weather_data=0.04)) == pytest.approx((0.05, 0))


def test_sum_of_one_roof_is_that_roof(pv_settings: PvSettings) -> None:
    single, together = exceedance(800.0, pv_settings.sigma), sum_exceedance(np.array([800.0]), pv_settings.sigma)
    assert float(together.p90) == pytest.approx(float(single.p90))


def test_bounds_become_a_standard_deviation() -> None:
    """The typical years of Shanghai-Baoshan, 1271 and 1478 kWh/m2: 103.5 / sqrt(3) / 1374.5 = 4.35 %."""
    assert sigma_of_bounds(1374.5, 1271, 1478, kind="minmax") == pytest.approx(0.0435, abs=5e-5)
    assert sigma_of_bounds(100, 80.4, 119.6, kind="ci95") == pytest.approx(0.1, rel=1e-4)
    with pytest.raises(LayerError, match="level"):
        sigma_of_bounds(1, 1, 1, kind="level")


def test_mean_over_the_life_by_hand() -> None:
    """Three years of 100, 99 and 98 per cent."""
    assert float(lifetime_mean(1000.0, degradation_per_a=0.01, life_a=3)) == pytest.approx(990)
    assert float(lifetime_mean(1000.0, degradation_per_a=0.01, life_a=1)) == 1000
