"""Weather files that are right, and every way in which they can be wrong: one sentence, or a counted repair."""

from __future__ import annotations

import os
import re

import numpy as np
import pytest

from tests.twin.weather.files import epw_lines
from twin.checks import Checks
from twin.errors import SourceError
from twin.weather import file as module
from twin.weather.file import read_weather

ROW = 8 + 24 * 100 + 11  # noon of 11 April, counted from 0
GHI, DNI, DHI, TEMP, WIND = 13, 14, 15, 6, 21


def refused(path):
    """Return the one sentence with which a file is refused."""
    with pytest.raises(SourceError) as raised:
        read_weather(path, Checks())
    text = str(raised.value)
    assert text.startswith(f"{path.name}: ")
    assert "; " in text
    assert "\n" not in text
    return text


def change(lines, row, field, value):
    """Return the lines with one field changed."""
    changed = list(lines)
    fields = changed[row].split(",")
    fields[field] = str(value)
    changed[row] = ",".join(fields)
    return changed


def test_the_real_epw_has_its_published_sums(tmyx_path, checks) -> None:
    year = read_weather(tmyx_path, checks)
    assert len(year.hours) == 8760
    assert year.ghi_kwh_per_m2 == pytest.approx(1478, abs=0.5)
    assert year.dni_kwh_per_m2 == pytest.approx(1373, rel=0.01)  # 1364 where it closes
    assert year.dhi_kwh_per_m2 == pytest.approx(585, rel=0.035)  # 603
    assert year.hours["temp_air"].mean() == pytest.approx(17.8, abs=0.05)
    assert (year.latitude_deg, year.longitude_deg, year.altitude_m, year.utc_offset_h) == (31.3908, 121.4447, 4, 8)
    assert not year.synthetic
    assert (year.ghi_low, year.ghi_high) == (1, 1)
    for word in ("Shanghai-Baoshan", "583620", "2011-2025", tmyx_path.name, "at their beginning", "3.4%"):
        assert word in year.source


def test_the_real_epw_has_the_months_of_its_table(tmyx_path, checks) -> None:
    """Monthly GHI and temperature as computed from the file by someone else."""
    ghi = [85.7, 83.0, 135.0, 154.8, 169.9, 139.3, 161.2, 158.0, 126.0, 104.4, 83.0, 77.3]
    temp_air = [5.7, 7.0, 10.9, 17.1, 21.9, 24.0, 29.7, 29.3, 25.0, 19.8, 14.8, 7.7]
    monthly = read_weather(tmyx_path, checks).monthly()
    assert monthly["ghi_kwh_per_m2"].to_numpy() == pytest.approx(ghi, abs=0.051)
    assert monthly["temp_air_c"].to_numpy() == pytest.approx(temp_air, abs=0.051)


def test_what_was_done_is_told(tmyx_path, checks) -> None:
    read_weather(tmyx_path, checks)
    stamps, components = checks.notes
    assert "3.4% at -60 min, 8.1% at -30 min, 15.2% at +0 min" in stamps
    assert "its DNI goes from 1,373 to 1,364, its DHI from 585 to 603" in components


def test_a_written_year_comes_back(typical, good_lines, write, checks) -> None:
    year = read_weather(write(good_lines), checks)
    assert np.abs(year.hours.to_numpy() - typical.hours.to_numpy()).max() < 0.01
    assert (year.hours.index == typical.hours.index).all()
    assert checks.repaired == {}
    assert checks.faults == []


def test_the_name_of_a_file_does_not_matter(good_lines, write, checks) -> None:
    assert len(read_weather(write(good_lines, "weather.txt"), checks).hours) == 8760


@pytest.mark.parametrize("ending", ["\r\n", "\n\n"])
def test_line_ends_do_not_matter(good_lines, write, checks, ending) -> None:
    text = "\n".join(good_lines[:8]) + "\n" + ending.join(good_lines[8:])
    assert len(read_weather(write(text), checks).hours) == 8760


def test_a_mark_of_byte_order_does_not_matter(good_lines, write, checks) -> None:
    assert len(read_weather(write(b"\xef\xbb\xbf" + "\n".join(good_lines).encode()), checks).hours) == 8760


def test_fields_beyond_the_last_do_not_shift_the_columns(good_lines, write, checks) -> None:
    longer = [*good_lines[:8], *(line + ",7,8" for line in good_lines[8:])]
    plain = read_weather(write(good_lines), checks)
    assert read_weather(write(longer), checks).hours.equals(plain.hours)


def test_a_leap_year_keeps_its_day(good_lines, write, checks) -> None:
    february = 8 + 24 * 58
    day = [re.sub(r"^\d+,2,28,", "2024,2,29,", line) for line in good_lines[february : february + 24]]
    lines = [*good_lines[: february + 24], *day, *good_lines[february + 24 :]]
    year = read_weather(write(lines), checks)
    assert len(year.hours) == 8784
    assert (year.months == 2).sum() == 29 * 24


def test_a_year_of_its_own_keeps_its_number(good_lines, write, checks) -> None:
    lines = [*good_lines[:8], *(re.sub(r"^\d+", "2017", line) for line in good_lines[8:])]
    assert read_weather(write(lines), checks).hours.index[4000].year == 2017


def test_signs_that_are_not_utf8_are_replaced_and_counted(good_lines, write, checks) -> None:
    content = "\n".join(good_lines).replace("Shanghai-Baoshan", "Zürich", 1).encode("latin-1")
    assert "Z\N{REPLACEMENT CHARACTER}rich" in read_weather(write(content), checks).source
    assert checks.repaired == {"weather: signs that are not UTF-8, replaced": 1}


def test_an_offset_at_night_is_set_to_zero_and_counted(good_lines, write, checks) -> None:
    lines = change(change(good_lines, 8, GHI, -2), 9, DHI, -1.5)
    assert (read_weather(write(lines), checks).hours >= -20).all(axis=None)
    assert checks.repaired == {"weather: ghi slightly below zero, set to zero": 1,
                               "weather: dhi slightly below zero, set to zero": 1}


def test_a_missing_temperature_is_filled_in_and_counted(good_lines, write, checks) -> None:
    lines = change(change(good_lines, ROW, TEMP, 99.9), ROW, WIND, 999)
    hours = read_weather(write(lines), checks).hours
    around = hours["temp_air"].iloc[ROW - 9 : ROW - 6]
    assert around.iloc[1] == pytest.approx((around.iloc[0] + around.iloc[2]) / 2)
    assert checks.repaired == {"weather: temp_air missing, filled in between": 1,
                               "weather: wind_speed missing, filled in between": 1}


def test_a_missing_diffuse_hour_follows_from_the_beam_and_is_counted(good_lines, write, checks) -> None:
    read_weather(write(change(good_lines, ROW, DHI, 9999)), checks)
    assert checks.repaired == {"weather: hours without direct or diffuse irradiance, from the other": 1}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (GHI, 9999, "lacks the global irradiance in 1 hours, the first at 11 April 04:00 UTC"),
        (GHI, "", "lacks the global irradiance"),
        (GHI, "nan", "lacks the global irradiance"),
        (GHI, "many", "lacks the global irradiance"),
        (GHI, 1501, "1 impossible values of ghi, the first of 1501 W/m2 at 11 April 04:00 UTC"),
        (GHI, -11, "impossible values of ghi, the first of -11 W/m2"),
        (DNI, 5000, "impossible values of dni"),
        (DHI, "-inf", "impossible values of dhi"),
        (TEMP, 80, "impossible values of temp_air, the first of 80 degC"),
        (TEMP, -95, "impossible values of temp_air"),
        (WIND, -1, "impossible values of wind_speed, the first of -1 m/s"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused(good_lines, write, field, value, words) -> None:
    assert words in refused(write(change(good_lines, ROW, field, value)))


@pytest.mark.parametrize(("field", "code", "name"), [(DHI, 9999, "dhi"), (DNI, 9999, "dni"), (TEMP, 99.9, "temp_air"),
                                                     (WIND, 999, "wind_speed")])
def test_much_that_is_missing_is_refused(good_lines, write, field, code, name) -> None:
    lines = list(good_lines)
    for row in range(8, 8 + 24 * 30):
        lines[row : row + 1] = change(lines[row : row + 1], 0, field, code)
    assert re.search(rf"lacks {name} in \d+ hours, .* at most 1% of the year", refused(write(lines)))


@pytest.mark.parametrize("rows", [0, 1, 100, 8759])
def test_a_file_that_is_cut_off_is_refused(good_lines, write, rows) -> None:
    text = refused(write(good_lines[: 8 + rows]))
    assert (f"holds {rows:,} rows, and a year has 8,760 hours" if rows else "no whole EPW file") in text


def test_a_line_that_is_cut_off_is_refused_by_its_number(good_lines, write) -> None:
    lines = [*good_lines[:-1], good_lines[-1][:70]]
    assert "breaks off in line 8,768" in refused(write(lines))


def test_a_missing_hour_is_named(good_lines, write) -> None:
    lines = [*good_lines[:ROW], *good_lines[ROW + 1 :], good_lines[-1]]
    assert "where 11 April 11:00 should stand (row 2,412), 11 April 12:00 stands" in refused(write(lines))


def test_a_double_hour_is_named(good_lines, write) -> None:
    lines = [*good_lines[:ROW], good_lines[ROW - 1], *good_lines[ROW:-1]]
    assert "where 11 April 11:00 should stand (row 2,412), 11 April 10:00 stands" in refused(write(lines))


def test_hours_out_of_order_are_named(good_lines, write) -> None:
    lines = [*good_lines[:8], *good_lines[:7:-1]]
    assert "where 01 January 00:00 should stand (row 1), 31 December 23:00 stands" in refused(write(lines))


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("2023,4,11,0", "impossible date in line 2,420"),
        ("2023,13,11,12", "impossible date"),
        ("0,4,11,12", "impossible date"),
        ("2023,4,31,12", "its dates are damaged"),
        ("2023,4,x,12", "no date in line 2,420"),
        ("٢٠٢٣,4,11,12", "no date"),
        ("20230000000000,4,11,12", "no date"),
    ],
)
def test_a_date_that_cannot_be_is_refused(good_lines, write, start, words) -> None:
    lines = list(good_lines)
    lines[ROW] = start + "," + lines[ROW].split(",", 4)[4]
    assert words in refused(write(lines))


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"latitude": 131}, "latitude of 131"),
        ({"longitude": 1214}, "longitude of 1214"),
        ({"zone": 80}, "time zone of 80"),
        ({"latitude": "nan"}, "latitude of nan"),
        ({"latitude": "31°N"}, "no latitude, longitude, time zone and altitude in its first line"),
        ({"zone": "inf"}, "time zone of inf"),
    ],
)
def test_a_place_that_cannot_be_is_refused(typical, write, place, words) -> None:
    assert words in refused(write(epw_lines(typical, **place)))


def test_a_head_of_other_length_is_refused(good_lines, write) -> None:
    assert "eighth line is not DATA PERIODS" in refused(write([good_lines[0], *good_lines[2:]]))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"hello", "neither an EPW file nor one of PVGIS"),
        (b"\x89PNG\r\n\x1a\n\0\0", "is not a text file in UTF-8"),
        ("LOCATION,Shanghai".encode("utf-16"), "is not a text file in UTF-8"),
        (b"LOCATION,Shanghai", "no whole EPW file"),
        (b"<html>PVGIS is down</html>", "neither an EPW file nor one of PVGIS"),
    ],
)
def test_what_is_no_weather_file_is_refused(write, content, words) -> None:
    assert words in refused(write(content))


def test_a_missing_file_and_a_folder_are_refused(tmp_path) -> None:
    assert "does not exist" in refused(tmp_path / "none.epw")
    assert "is no file" in refused(tmp_path)


def test_a_pipe_is_not_waited_for(tmp_path) -> None:
    os.mkfifo(tmp_path / "pipe.epw")
    assert "is no file" in refused(tmp_path / "pipe.epw")


def test_a_huge_file_is_refused_unread(write, monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 1000)
    assert "is larger than" in refused(write(b"LOCATION," + b"x" * 2000))


def test_the_sun_of_two_years_in_one_file_is_no_year(good_lines, write) -> None:
    assert "holds 17,520 rows" in refused(write([*good_lines, *good_lines[8:]]))
