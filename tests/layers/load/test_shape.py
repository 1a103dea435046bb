"""Shapes of a year: schedules, degree hours, and the months of Shanghai's public buildings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import layers
from layers.load.schedule import DAYS, PARTS, day_weights, read_schedules, schedule_of_use
from layers.load.shape import Split, find_shape, share_of_hours, spread_schedule
from twin.classes import data_folder
from twin.factors import read_factors
from twin.weather.typical import typical_year
from twin.weather.year import WeatherYear

ARCHETYPES = {
    "office": "office", "government": "government_office", "hotel": "hotel", "retail": "shopping_mall",
    "healthcare": "healthcare", "education": "education", "culture": "culture", "sports": "sports",
    "transport": "transportation", "mixed": "mixed_use", "other": "other_public",
}
ONES = np.ones(4)
LAYERS = Path(layers.__file__).parent
COOL, HEAT = 22.0, 14.0


def hours_of(values: list[float], first: str, offset_h: float) -> WeatherYear:
    index = pd.date_range(first, periods=len(values), freq="h", tz="UTC")
    frame = pd.DataFrame({"temp_air": values}, index=index)
    return WeatherYear(hours=frame, latitude_deg=0, longitude_deg=0, altitude_m=0, source="test", synthetic=False,
                       utc_offset_h=offset_h)


@pytest.mark.parametrize(("first", "offset_h", "moved"), [
    ("2022-12-31 16:30", 8, 0),  # an EPW at UTC+8: its first hour is that from midnight on
    ("2023-01-01 00:10", 8, 8),  # PVGIS begins at 8 in the morning of China
    ("2023-01-01 00:10", -5, 8755),  # and at 19 h of 31 December in New York
    ("2022-12-31 18:30", 5.5, 0),  # half hours of India
])  # fmt: skip
def test_hours_begin_at_midnight_of_the_place(first: str, offset_h: float, moved: int) -> None:
    year = hours_of(list(range(8760)), first, offset_h)
    found = year.from_new_year(year.hours["temp_air"].to_numpy())
    assert found[moved] == 0
    assert sorted(found) == list(range(8760))


def test_schedule_follows_the_days_of_the_week() -> None:
    weight = spread_schedule(np.full(24, 2.0), np.arange(24.0), year=2025, hours=8760)
    days = weight.reshape(365, 24)
    assert (days[:3] == 2).all()  # 1 January 2025 is a Wednesday
    assert (days[3] == np.arange(24)).all()
    assert (days[4] == np.arange(24)).all()
    assert (days[5:10] == 2).all()
    assert (days == 2).all(axis=1).sum() == 261


def test_shape_by_hand() -> None:
    shape = find_shape(np.array([1.0, 1, 1, 2]), np.array([1.0, 0, 1, 1]), Split(0.4, 0.1),
                       np.array([24.0, 30, 23, 10]), cool_above_degc=COOL, heat_below_degc=HEAT)
    # 2, 8, 1 and 0 degree hours, the second with nobody there; cold in the last hour alone.
    assert shape.cooling == pytest.approx([2 / 3, 0, 1 / 3, 0])
    assert shape.heating == pytest.approx([0, 0, 0, 1])
    assert shape.base == pytest.approx([0.2, 0.2, 0.2, 0.4])
    assert shape.whole == pytest.approx([0.1 + 0.8 / 3, 0.1, 0.1 + 0.4 / 3, 0.2 + 0.1])


@pytest.mark.parametrize(("split", "temperature", "cool"), [
    (Split(0.4, 0.1), None, COOL), (Split(None, None), np.full(4, 30.0), COOL),
    (Split(0.4, 0.1), np.full(4, 18.0), COOL), (Split(0.4, 0.0), np.full(4, 30.0), None),
])  # fmt: skip
def test_what_has_no_hours_of_its_own_goes_with_the_base(
    split: Split, temperature: np.ndarray | None, cool: float | None
) -> None:
    shape = find_shape(np.array([1.0, 2, 3, 4]), ONES, split, temperature, cool_above_degc=cool, heat_below_degc=HEAT)
    assert shape.cooling is None
    assert shape.heating is None
    assert shape.whole == pytest.approx([0.1, 0.2, 0.3, 0.4])


def test_scale_of_a_schedule_does_not_matter() -> None:
    weights = np.array([1.0, 2, 5])
    assert share_of_hours(7 * weights) == pytest.approx(share_of_hours(weights))
    assert share_of_hours(np.zeros(3)) is None


def test_schedules_are_complete_and_every_use_has_one() -> None:
    names = {name for name, _, _ in read_schedules()}
    assert set(read_schedules()) == {(name, part, day) for name in names for part in PARTS for day in DAYS}
    assert set(schedule_of_use().values()) | {"other"} == names
    uses = set(pd.read_csv(data_folder() / "classes" / "use.csv")["use"])
    assert set(schedule_of_use()) <= uses
    assert all(weights.shape == (24,) for use in uses for part in PARTS for weights in day_weights(use, part))


def factors_of(region: str) -> dict[str, float]:
    table = read_factors([LAYERS / "construction" / "factors.csv", LAYERS / "load" / "factors.csv"])
    held = table[table["region"].isin([region, "World"])]
    return dict(zip(held["quantity"], held["value"], strict=True))


def test_months_are_those_of_shanghais_public_buildings(test_data: Path) -> None:
    """The year's split was derived from the same months, so that only their spread within the seasons is tested."""
    table = pd.read_csv(test_data / "energy_ref" / "shanghai_public_building_monthly_eui_wang2026.csv")
    metered = table.pivot_table(index="archetype", columns="month", values="eui_kwh_m2")
    factors, year = factors_of("East China"), typical_year(31.5, 121.1)
    assert year is not None
    temperature = year.from_new_year(year.hours["temp_air"].to_numpy())
    month = np.repeat(np.arange(12), np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) * 24)
    errors = {}
    for use, archetype in ARCHETYPES.items():
        base, operated = (spread_schedule(*day_weights(use, part), year=2025, hours=8760) for part in PARTS)
        split = Split(factors[f"electricity_share.cooling.{use}"], factors[f"electricity_share.heating.{use}"])
        shape = find_shape(base, operated, split, temperature,
                           cool_above_degc=factors["balance_temperature.cooling"],
                           heat_below_degc=factors["balance_temperature.heating"])
        known = (metered.loc[archetype] / metered.loc[archetype].sum()).to_numpy()
        errors[use] = [12 * float(np.sqrt(((np.bincount(month, hours) - known) ** 2).mean()))
                       for hours in (shape.whole, shape.base)]
        assert errors[use][0] < min(0.07, errors[use][1]), use
    assert np.mean(list(errors.values()), axis=0) == pytest.approx([0.043, 0.131], abs=0.001)
