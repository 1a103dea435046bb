"""The weather of a zone: its file, else a typical year nearby, else none, and a note of each."""

from __future__ import annotations

import pytest

from twin.errors import SourceError
from twin.weather.zone import zone_weather
from twin.zone import make_zone

TAICANG = (31.45, 121.1)
HELSINKI = (60.17, 24.94)


@pytest.fixture
def zone(tmp_path):
    def zone(**weather):
        return make_zone({"name": "trial", "sources": {"weather": weather} if weather else {}}, folder=tmp_path,
                         where="trial")

    return zone


def test_a_zone_with_a_file_takes_it(zone, write, good_lines, checks) -> None:
    write(good_lines, "own.epw")
    year = zone_weather(zone(file="own.epw"), checks, *TAICANG)
    assert "own.epw" in year.source
    assert not year.synthetic
    assert not any("km away" in note for note in checks.notes)


def test_a_file_that_is_synthetic_says_so(zone, write, good_lines, checks) -> None:
    write(good_lines, "own.epw")
    assert zone_weather(zone(file="own.epw", synthetic=True), checks, *TAICANG).synthetic


def test_a_file_of_a_place_far_away_is_taken_and_noted(zone, write, good_lines, checks) -> None:
    write(good_lines, "own.epw")
    assert zone_weather(zone(file="own.epw"), checks, *HELSINKI) is not None
    assert any("is of a place 7,375 km away" in note for note in checks.notes)


def test_a_zone_without_a_file_near_the_station_has_a_typical_year(zone, typical, checks) -> None:
    assert zone_weather(zone(), checks, *TAICANG).hours.equals(typical.hours)
    assert checks.notes == [f"weather: {typical.source}"]


def test_a_zone_without_a_file_elsewhere_has_none_and_is_told_why(zone, checks) -> None:
    assert zone_weather(zone(), checks, *HELSINKI) is None
    (note,) = checks.notes
    assert note.startswith("weather: none, so that the sun is not estimated: no typical year is known within 150 km")


def test_a_broken_file_is_never_replaced_by_a_typical_year(zone, write, checks) -> None:
    write("LOCATION,", "own.epw")
    with pytest.raises(SourceError, match=r"own\.epw: is no whole EPW file"):
        zone_weather(zone(file="own.epw"), checks, *TAICANG)
