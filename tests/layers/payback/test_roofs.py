"""Rows of roofs on terms: why one has no payback, and what cures it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from layers.payback.money import Bounded
from layers.payback.roofs import PV, SELF_USED, SHARE, SHARE_LOAD, SHARE_YIELD, Changes, judge_roofs

FACTORS = {name: Bounded.exactly(value) for name, value in {
    "tariff_price.energy": 0.4, "tariff_price.fixed_single_part": 0.3, "tariff_price.fixed_two_part": 0.2,
    "tariff_ratio.peak_single_part_small": 1.5, "tariff_ratio.peak_single_part": 1.5, "tariff_ratio.peak_two_part": 1.5,
    "tariff_ratio.valley": 0.5, "tariff_ratio.critical_on_peak": 1.2, "tariff_capacity.single_part": 100,
    "tariff_capacity.two_part": 315, "pv_price.export": 0.3, "pv_capex": 3000, "pv_opex": 40, "pv_life": 25,
    "grid_emission.location": 0.6,
}.items()}
PRICES = ("tariff_price.energy", "tariff_price.fixed_single_part", "tariff_price.fixed_two_part")


def roof(**changed: Any) -> pd.DataFrame:
    """Return a roof of 10 kWp and 10,000 kWh in flat hours, half of it self-used."""
    row = {"pv_capacity_kwp": 10.0, "tariff": "single_part", SHARE: 0.5}
    row |= dict.fromkeys(("pv_yield_kwh_per_a", "pv_yield_kwh_per_a_low", "pv_yield_kwh_per_a_high"), 10_000.0)
    row |= dict.fromkeys((*PV, *SELF_USED), 0.0) | dict.fromkeys((*SHARE_LOAD, *SHARE_YIELD), 0.5)
    return pd.DataFrame([row | {"pv_flat_kwh": 10_000.0, "self_used_flat_kwh": 5000.0} | changed])


def without(*names: str) -> dict[str, Bounded]:
    return {name: factor for name, factor in FACTORS.items() if name not in names}


def judged(frame: pd.DataFrame, factors: dict[str, Bounded] = FACTORS, *, region: str | None = "Jiangsu",
           **changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = judge_roofs(frame, factors, region=region, changes=Changes(**changes)).iloc[0].to_dict()
    return found


NO_LOAD = dict.fromkeys((SHARE, *SELF_USED, *SHARE_LOAD), np.nan)


def test_a_roof_with_all_that_is_needed_has_a_payback_and_no_reason() -> None:
    told = judged(roof())
    assert told["payback_years"] == pytest.approx(30_000 / (5000 * 0.7 + 5000 * 0.3 - 400))
    assert told["payback_reason"] is None


@pytest.mark.parametrize(("frame", "factors", "region", "reason"), [
    (roof(**NO_LOAD), FACTORS, "Jiangsu", "no_load"),
    (roof(tariff=None), FACTORS, "Jiangsu", "no_tariff_of_use"),
    (roof(tariff=None), without(*PRICES), None, "no_tariff"),
    (roof(), without("pv_price.export"), "Jiangsu", "no_price"),
    (roof(), without("pv_capex"), "Jiangsu", "no_cost"),
    (roof(), FACTORS | {"pv_opex": Bounded.exactly(1000.0)}, "Jiangsu", "beyond_life"),
])
def test_what_is_missing_is_the_reason(
    frame: pd.DataFrame, factors: dict[str, Bounded], region: str | None, reason: str
) -> None:
    told = judged(frame, factors, region=region)
    assert told["payback_reason"] == reason
    assert np.isnan([told[f"payback_years{ending}"] for ending in ("", "_low", "_high")]).all()


@pytest.mark.parametrize(("frame", "factors", "changes"), [
    (roof(**NO_LOAD), FACTORS, {"self_used_share": 0.5}),
    (roof(tariff=None), FACTORS, {"self_used_share": 0.0}),
    (roof(), without("pv_price.export"), {"export_price_cny_per_kwh": 0.3}),
    (roof(), without("pv_capex"), {"capex_cny_per_kwp": 3000.0}),
    (roof(), without("pv_opex"), {"opex_cny_per_kwp_a": 40.0}),
])
def test_what_is_given_instead_cures_it(
    frame: pd.DataFrame, factors: dict[str, Bounded], changes: dict[str, float]
) -> None:
    told = judged(frame, factors, **changes)
    assert told["payback_reason"] is None
    assert told["payback_years"] > 0


def test_a_load_that_is_not_known_taken_as_half_self_used_pays_like_one_that_is() -> None:
    assert judged(roof(**NO_LOAD), self_used_share=0.5)["payback_years"] == pytest.approx(
        judged(roof())["payback_years"])


def test_two_part_users_save_less_and_prices_rise_with_their_level() -> None:
    values = [judged(roof(tariff=tariff))["value_cny_per_a"] for tariff in ("single_part", "two_part")]
    assert values == pytest.approx([5000, 4500])
    assert judged(roof(), price_level=2.0)["value_cny_per_a"] == pytest.approx(5000 * 1.4 + 1500)
