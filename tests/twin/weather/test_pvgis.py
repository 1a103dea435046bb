"""Files of PVGIS: typical years and hourly series, CSV and JSON."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from tests.twin.weather.files import series_csv
from twin.checks import Checks
from twin.errors import SourceError
from twin.weather.file import read_weather


def refused(path):
    with pytest.raises(SourceError) as raised:
        read_weather(path, Checks())
    text = str(raised.value)
    assert text.startswith(f"{path.name}: ")
    assert "; " in text
    return text


def test_the_real_typical_year_holds_for_the_minute_of_its_satellite(test_data, checks) -> None:
    year = read_weather(test_data / "pv_ref" / "tmy_45.000_8.000_2005_2023.csv", checks)
    assert len(year.hours) == 8760
    assert year.ghi_kwh_per_m2 == pytest.approx(1435.861)  # sum of its column
    assert year.dni_kwh_per_m2 == pytest.approx(1591.6, rel=0.005)
    assert year.dhi_kwh_per_m2 == pytest.approx(570.9, rel=0.005)
    assert "sun +10.6 min from their label (closure 0.2%)" in year.source
    assert (year.latitude_deg, year.longitude_deg, year.altitude_m, year.utc_offset_h) == (45, 8, 250, 1)
    assert year.hours.index[0].minute == 10


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pvgis_hourly_Timeseries_45.000_8.000_SA_30deg_0deg_2016_2016.csv", "is of a plane tilted 30 degrees"),
        ("pvgis_hourly_Timeseries_45.000_8.000_SA2_10kWp_CIS_5_2a_2013_2014.json", "no direct and diffuse irradiance"),
        ("pvwatts_8760_roofmount.csv", "neither an EPW file nor one of PVGIS"),
    ],
)
def test_real_files_of_tilted_planes_are_refused(test_data, name, words) -> None:
    assert words in refused(test_data / "pv_ref" / name)


def test_a_typical_year_comes_back(typical, write, checks, good_json) -> None:
    year = read_weather(write(good_json, "tmy.json"), checks)
    assert "+30 min" in year.source
    assert year.ghi_kwh_per_m2 == pytest.approx(typical.ghi_kwh_per_m2)
    assert year.monthly()["ghi_kwh_per_m2"].to_numpy() == pytest.approx(
        typical.monthly()["ghi_kwh_per_m2"].to_numpy(), rel=1e-6)
    assert year.dni_kwh_per_m2 == pytest.approx(typical.dni_kwh_per_m2, rel=1e-3)
    assert year.utc_offset_h == 8


def test_csv_and_json_say_the_same(write, checks, good_csv, good_json) -> None:
    csv, text = (read_weather(write(form, "tmy.txt"), checks) for form in (good_csv, good_json))
    assert np.abs(csv.hours.to_numpy() - text.hours.to_numpy()).max() < 1e-9
    assert "2005-2023" in text.source
    assert "PVGIS-ERA5 ERA5" in text.source


def test_a_series_gives_its_most_usual_year_and_bounds(typical, write, checks) -> None:
    scales = {2014: 0.9, 2015: 1.0, 2016: 1.12}
    year = read_weather(write(series_csv(typical, scales), "series.csv"), checks)
    assert year.hours.index[0].year == year.hours.index[-1].year == 2015
    assert year.ghi_kwh_per_m2 == pytest.approx(typical.ghi_kwh_per_m2, rel=1e-4)
    assert year.ghi_low == pytest.approx(0.9, rel=1e-3)
    assert year.ghi_high == pytest.approx(1.12, rel=5e-3)  # and a day
    assert any("2014, 2015, 2016 the one nearest to their mean is taken, 2015" in note for note in checks.notes)
    assert "2015" in year.source


def test_a_leap_year_of_a_series_has_8784_hours(typical, write, checks) -> None:
    year = read_weather(write(series_csv(typical, {2016: 1.0}), "series.csv"), checks)
    assert len(year.hours) == 8784
    assert (year.ghi_low, year.ghi_high) == (1, 1)


def test_a_part_of_a_year_is_left_out(typical, write, checks) -> None:
    text = series_csv(typical, {2014: 0.9, 2015: 1.0})
    cut = re.sub(r"20140101:0\d30,.*\n", "", text)
    assert read_weather(write(cut, "series.csv"), checks).hours.index[0].year == 2015
    assert any("whole years 2015" in note for note in checks.notes)


def test_a_series_without_a_whole_year_is_refused(typical, write) -> None:
    text = re.sub(r"20150101:0030,.*\n", "", series_csv(typical, {2015: 1.0}))
    assert "holds 8,759 hours and no whole year" in refused(write(text, "series.csv"))


def test_a_series_of_a_tilted_plane_is_refused(typical, write) -> None:
    assert "tilted 25 degrees" in refused(write(series_csv(typical, {2015: 1.0}, slope=25), "series.csv"))


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda text: text[: len(text) // 2], "breaks at letter"),
        (lambda text: text.replace('"tmy_hourly"', '"hours"'), "its head or its table is damaged"),
        (lambda text: text.replace('"G(h)"', '"G"'), "its head or its table is damaged"),
        (lambda text: text.replace("20130301:0500", "20130301:0400"), "hours out of order: where 01 March 05:00"),
        (lambda text: text.replace("20130301:0500", "yesterday"), "damaged"),
        (lambda text: text.replace('"latitude": 31.3908', '"latitude": 99'), "latitude of 99"),
        (lambda text: text.replace('"elevation": 4.0', '"elevation": null'), "damaged"),
        (lambda text: text.replace('"G(h)": 0.0,', '"G(h)": NaN,'), "lacks the global irradiance"),
        (lambda text: text.replace('"G(h)": 0.0', '"G(h)": 1e999', 1), "impossible values of ghi, the first of inf"),
        (lambda text: text.replace('"G(h)": 0.0', '"G(h)": [1]', 1), "lacks the global irradiance"),
        (lambda _: "[" * 100_000, "neither"),
        (lambda _: '{"outputs":' + "[" * 100_000, "is no whole"),
        (lambda _: '{"outputs": 5}', "damaged"),
        (lambda _: "{}", "damaged"),
    ],
)
def test_a_broken_json_is_refused(good_json, write, break_it, words) -> None:
    assert words in refused(write(break_it(good_json), "tmy.json"))


def test_a_json_with_other_hours_is_refused(good_json, write) -> None:
    document = json.loads(good_json)
    del document["outputs"]["tmy_hourly"][500]
    assert "holds 8,759 rows" in refused(write(json.dumps(document), "tmy.json"))


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda text: text[: len(text) // 2], "rows, and a typical year has 8,760 hours"),
        (lambda text: text.replace("Latitude (decimal degrees): 31.3908", "Latitude (decimal degrees): x"), "damaged"),
        (lambda text: text.replace("month,year\r\n", ""), "damaged"),
        (lambda text: text.replace("G(h)", "G"), "damaged"),
        (lambda text: text.replace("Elevation (m): 4.0", "Elevation (m): 40000"), "altitude of 40000"),
    ],
)
def test_a_broken_csv_is_refused(good_csv, write, break_it, words) -> None:
    assert words in refused(write(break_it(good_csv), "tmy.csv"))
