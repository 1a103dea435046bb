"""Which moment the hours hold for, and components that close."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.twin.weather.files import epw_lines
from twin.checks import Checks
from twin.errors import SourceError
from twin.sources.fault import SourceFault
from twin.weather.closure import find_place, find_shift, settle
from twin.weather.epw import read_epw
from twin.weather.file import read_weather
from twin.weather.typical import typical_year


@pytest.fixture
def reading(good_lines, checks):
    return read_epw("\n".join(good_lines), checks)


def residual(year):
    hours = year.hours
    return (hours["dhi"] + hours["dni"] * year.sun()["cos_zenith"] - hours["ghi"]).abs().max()


def test_the_middle_of_the_hour_is_found(reading) -> None:
    shift_min, closures = find_shift(reading)
    assert shift_min == -30
    assert closures[-30] < 1e-4
    assert min(closures[-60], closures[0]) > 0.05


def test_stamps_of_the_real_file_are_beginnings_of_hours(tmyx_path) -> None:
    shift_min, closures = find_shift(read_epw(tmyx_path.read_text(), Checks()))
    assert shift_min == -60
    assert closures == pytest.approx({-60: 0.034, -30: 0.081, 0: 0.152}, abs=0.001)  # measured


@pytest.mark.parametrize(("zone", "expected_min"), [(8.0, -60), (8.5, -30), (9.0, 0)])
def test_stamps_moved_by_half_an_hour_are_found_out(tmyx_path, write, checks, zone, expected_min) -> None:
    """A clock that is half an hour ahead moves every stamp, but not the sun."""
    text = tmyx_path.read_text().replace(",8.0,4.0\n", f",{zone},4.0\n", 1)
    assert find_shift(read_epw(text, checks))[0] == expected_min
    moved, kept = read_weather(write(text), checks), read_weather(tmyx_path, checks)
    apart = pd.DatetimeIndex(moved.hours.index) - pd.DatetimeIndex(kept.hours.index)
    assert apart.unique().to_list() in ([pd.Timedelta(0)], [-pd.Timedelta(seconds=1)])
    assert moved.dni_kwh_per_m2 == pytest.approx(kept.dni_kwh_per_m2, rel=1e-3)


@pytest.mark.parametrize("place", [{"longitude": -121.4447}, {"longitude": 31.0}, {"zone": 5.0}, {"zone": 11.0}])
def test_a_sun_that_stands_elsewhere_is_refused(typical, write, checks, place) -> None:
    with pytest.raises(SourceError, match=r"do not add up to the global one.*check its place and time zone"):
        read_weather(write(epw_lines(typical, **place)), checks)


def test_a_direct_beam_that_is_the_global_one_is_refused(reading) -> None:
    wrong = replace(reading, hours=reading.hours.assign(dni=reading.hours["ghi"] * 2))
    with pytest.raises(SourceFault, match="do not add up"):
        find_shift(wrong)


def test_components_close_exactly_and_the_global_one_is_kept(tmyx_path, checks) -> None:
    year = read_weather(tmyx_path, checks)
    before = read_epw(tmyx_path.read_text(), Checks()).hours
    assert residual(year) < 1e-9
    assert (year.hours["ghi"].to_numpy() == before["ghi"].to_numpy()).all()
    assert (year.hours["dni"].to_numpy() <= before["dni"].to_numpy() + 1e-9).all()
    assert (year.hours[["ghi", "dni", "dhi"]] >= 0).all(axis=None)


def test_light_without_sun_is_kept_as_diffuse(tmyx_path, checks) -> None:
    year = read_weather(tmyx_path, checks)
    dark = (year.sun()["cos_zenith"] <= 0) & (year.hours["ghi"] > 0)
    assert dark.sum() == checks.repaired["weather: hours with light and no sun at their moment, all diffuse"] == 276
    assert (year.hours.loc[dark, "dhi"] == year.hours.loc[dark, "ghi"]).all()
    assert (year.hours.loc[dark, "dni"] == 0).all()


@pytest.mark.parametrize("missing", [["dhi"], ["dni"], ["dni", "dhi"]])
def test_a_missing_component_follows_and_is_counted(reading, checks, missing) -> None:
    hours = reading.hours.copy()
    noon = hours["ghi"].nlargest(40).index
    hours.loc[noon, missing] = np.nan
    settled = settle(replace(reading, hours=hours), -30, checks)
    whole = settle(reading, -30, Checks())
    assert checks.repaired["weather: hours without direct or diffuse irradiance, from the other"] == 40
    tolerance = 0.01 if len(missing) == 1 else 150  # Erbs knows only the clearness
    assert (settled - whole).abs().max(axis=None) < tolerance * 1.2
    assert not settled.isna().any(axis=None)


def test_a_wrong_beam_never_takes_what_is_diffuse(reading) -> None:
    """A DNI twice too high changes nothing where the other two are right."""
    doubled = replace(reading, hours=reading.hours.assign(dni=reading.hours["dni"] * 2))
    assert settle(doubled, -30, Checks())["dhi"].to_numpy() == pytest.approx(reading.hours["dhi"].to_numpy(), abs=1e-6)


@pytest.mark.parametrize("factor", [0.001, 2.2])
def test_a_year_in_other_units_is_refused(reading, factor) -> None:
    wrong = replace(reading, hours=reading.hours * factor)
    with pytest.raises(SourceFault, match=r"kWh/m2 of global irradiation in its year.*check its units"):
        settle(wrong, -30, Checks())


@pytest.mark.parametrize("near", [(31.45, 121.1), (32.0, 120.5)])
def test_the_place_of_a_year_follows_from_its_hours(near: tuple[float, float]) -> None:
    year = typical_year(31.45, 121.1)
    assert year is not None
    assert find_place(year.hours, near) == pytest.approx((year.latitude_deg, year.longitude_deg), abs=1e-3)


def test_a_year_without_beam_is_taken_to_be_near() -> None:
    year = typical_year(31.45, 121.1)
    assert year is not None
    assert find_place(year.hours.assign(dni=0.0), (31.0, 121.0)) == (31.0, 121.0)
