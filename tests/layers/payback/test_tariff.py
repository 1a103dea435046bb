"""The tariff of Jiangsu: hours as its notice has them, prices as they stand on two bills."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import layers
from layers.payback.tariff import (
    PERIODS,
    TARIFFS,
    PeriodRow,
    calendar,
    customers,
    period_shares,
    prices,
    region_of_tariff,
    spread_over_year,
    tariff_of,
)
from tests.data.test_tables import USES
from twin.factors import read_factors

CRITICAL, PEAK, FLAT, VALLEY = range(4)
NANJING_2025 = {"peak": 1.0358, "flat": 0.7390, "valley": 0.4634}  # general commerce and industry, single-part
OCTOBER_2026 = {"peak": 0.9566, "flat": 0.6400, "valley": 0.3828}  # two-part, 1-10 kV


@pytest.fixture(scope="module")
def factors() -> dict[str, float]:
    table = read_factors([Path(layers.__file__).parent / "payback" / "factors.csv"])
    return dict(zip(table["quantity"], table["value"], strict=True))


def period_at(tariff: str, month: int, hour: int) -> list[float]:
    found: list[float] = period_shares(tariff, "Jiangsu")[month - 1, hour].tolist()
    return found


def test_three_prices_of_a_bill_follow_from_two_numbers(factors: dict[str, float]) -> None:
    """Each bill has three prices, and purchase and fixed price are two: that only the purchase floats is checked."""
    told = dict(zip(PERIODS, prices("single_part", factors), strict=True))
    assert {name: told[name] for name in NANJING_2025} == pytest.approx(NANJING_2025, abs=1e-4)
    autumn = factors | {"tariff_price.energy": 0.3957}
    told = dict(zip(PERIODS, prices("two_part", autumn), strict=True))
    assert {name: told[name] for name in OCTOBER_2026} == pytest.approx(OCTOBER_2026, abs=1e-4)


def test_a_critical_peak_costs_a_fifth_more_purchase_than_a_peak(factors: dict[str, float]) -> None:
    told = prices("two_part_industry", factors)
    fixed, energy = factors["tariff_price.fixed_two_part"], factors["tariff_price.energy"]
    assert told[CRITICAL] - fixed == pytest.approx(1.2 * 1.8 * energy)
    assert sorted(told, reverse=True) == pytest.approx(told)


@pytest.mark.parametrize(("tariff", "month", "hour", "shares"), [
    ("single_part", 7, 12, [0, 0, 0, 1]),
    ("single_part", 7, 13, [0, 0, 1, 0]),
    ("single_part", 7, 14, [0, 1, 0, 0]),
    ("two_part_industry", 7, 14, [1, 0, 0, 0]),
    ("two_part_industry", 6, 14, [0, 1, 0, 0]),  # critical in July and August alone
    ("two_part_industry", 8, 19, [0.5, 0.5, 0, 0]),  # from half past seven on
    ("two_part_industry", 8, 20, [1, 0, 0, 0]),
    ("two_part_industry", 8, 21, [0.5, 0.5, 0, 0]),
    ("two_part_industry", 1, 18, [1, 0, 0, 0]),
    ("two_part", 1, 18, [0, 1, 0, 0]),  # critical for industry alone
    ("two_part_industry", 2, 18, [0, 1, 0, 0]),
    ("single_part", 4, 10, [0, 0, 0, 1]),
    ("single_part", 4, 13, [0, 0, 0, 1]),
    ("single_part", 4, 14, [0, 0, 1, 0]),
    ("single_part", 4, 1, [0, 0, 1, 0]),
    ("single_part", 4, 2, [0, 0, 0, 1]),
    ("single_part", 12, 23, [0, 0, 1, 0]),
])
def test_hours_are_those_of_the_notice(tariff: str, month: int, hour: int, shares: list[float]) -> None:
    assert period_at(tariff, month, hour) == shares


@pytest.mark.parametrize("tariff", TARIFFS)
def test_every_hour_belongs_to_periods_once(tariff: str) -> None:
    shares = period_shares(tariff, "Jiangsu")
    assert shares.sum(axis=2) == pytest.approx(np.ones((12, 24)))
    hours = shares.sum(axis=1)
    assert (hours[:, CRITICAL] + hours[:, PEAK]).tolist() == [8, 8, 7, 7, 7, 8, 8, 8, 7, 7, 7, 8]
    assert hours[:, VALLEY].tolist() == [8] * 12


def test_two_parts_of_one_hour_do_not_thin_each_other() -> None:
    rows = [PeriodRow("here", "all", (1,), period, *span, "", "") for period, span in (
        ("peak", (3.0, 3.5)), ("valley", (3.5, 4.0)))]
    assert period_shares("single_part", "here", rows)[0, 3].tolist() == [0, 0.5, 0, 0.5]


@pytest.mark.parametrize("hours", [8760, 8784])
def test_a_year_has_its_months(hours: int) -> None:
    month, hour = calendar(hours)
    assert np.bincount(month)[1] == (28 if hours == 8760 else 29) * 24
    assert (hour == np.arange(hours) % 24).all()
    assert spread_over_year(np.arange(288.0).reshape(12, 24), hours)[-1] == 287


@pytest.mark.parametrize(("use", "rating_kva", "tariff"), [
    ("office", 99, "single_part_small"), ("office", 100, "single_part"), ("office", 315, "two_part"),
    ("industrial", 314, "single_part"), ("industrial", 315, "two_part_industry"), ("warehouse", 900, "two_part"),
    ("parking", 0, "single_part_small"), ("residential", 900, None), ("education", 50, None),
    (None, 120, "single_part"),
])
def test_tariffs_go_by_use_and_rating(
    factors: dict[str, float], use: str | None, rating_kva: float, tariff: str | None
) -> None:
    assert tariff_of(use, rating_kva, factors) == tariff


def test_customers_are_uses_that_there_are() -> None:
    assert set(customers()) <= USES
    assert set(customers().values()) <= {"industry", "commerce", "household", "farm"}


def test_other_regions_have_no_tariff(factors: dict[str, float]) -> None:
    assert region_of_tariff(["Jiangsu", "China", "World"], factors) == "Jiangsu"
    assert region_of_tariff(["Helsinki", "Finland", "EU-27", "World"], factors) is None
    assert region_of_tariff(["Jiangsu"], {}) is None
