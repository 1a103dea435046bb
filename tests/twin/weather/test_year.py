"""A year of weather: its sums, months and sun."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from twin.weather.year import WeatherYear, sun_position


def flat(*, offset_h=0.0, latitude_deg=31.4):
    moments = pd.date_range("2023-01-01 00:30", periods=8760, freq="h", tz="UTC") - pd.Timedelta(hours=offset_h)
    hours = pd.DataFrame({"ghi": 100.0, "dni": 50.0, "dhi": 20.0, "temp_air": 10.0, "wind_speed": 2.0}, index=moments)
    return WeatherYear(hours, latitude_deg, 121.4, 4.0, "flat", synthetic=True, utc_offset_h=offset_h)


def test_sums_are_watts_times_hours() -> None:
    year = flat()
    assert (year.ghi_kwh_per_m2, year.dni_kwh_per_m2, year.dhi_kwh_per_m2) == pytest.approx((876, 438, 175.2))


@pytest.mark.parametrize("offset_h", [0.0, 8.0, 5.75, -9.5])
def test_months_are_those_of_the_clock_on_the_wall(offset_h) -> None:
    days = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    monthly = flat(offset_h=offset_h).monthly()
    assert list(monthly.index) == list(range(1, 13))
    assert monthly["ghi_kwh_per_m2"].to_numpy() == pytest.approx(days * 2.4)
    assert monthly["temp_air_c"].to_numpy() == pytest.approx(10)


def test_months_sum_up_to_the_year(typical) -> None:
    assert typical.monthly()["ghi_kwh_per_m2"].sum() == pytest.approx(typical.ghi_kwh_per_m2)


def test_the_sun_stands_highest_in_the_south_at_noon_of_the_solstice() -> None:
    noon = pd.DatetimeIndex(["2023-06-21 03:56"], tz="UTC")  # 12:00 less 1.4 x 4 min, plus 2 min of the day's equation
    sun = sun_position(noon, 31.4, 121.4, altitude_m=4.0).iloc[0]
    assert sun["elevation"] == pytest.approx(90 - 31.4 + 23.44, abs=0.05)
    assert sun["azimuth"] == pytest.approx(180, abs=2)


def test_there_is_no_sun_at_night() -> None:
    sun = flat(offset_h=8.0).sun()
    assert sun.loc["2023-06-21 16:30":"2023-06-21 17:30", "cos_zenith"].max() == 0


def test_a_year_in_the_south_has_its_sun_in_december() -> None:
    sun = flat(latitude_deg=-31.4).sun()
    light = sun["cos_zenith"].groupby(pd.DatetimeIndex(sun.index).month).sum()
    assert light.idxmax() in {12, 1}
