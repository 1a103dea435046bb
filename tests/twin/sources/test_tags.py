"""Tag values as mappers write them, and whatever else may stand there."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from twin.sources import tags

lean = settings(max_examples=150, deadline=None, derandomize=True, database=None)
quantities = st.from_regex(r"[-+~]?\d{1,6}([.,]\d{1,3})?\s?(m|ft|'|kW|MW|W|MVA|;\d)?", fullmatch=True)
written = st.one_of(st.none(), st.text(max_size=30), quantities)
LIMITS = {
    tags.parse_height: (0, tags.TALLEST_M),
    tags.parse_width: (0, tags.WIDEST_M),
    tags.parse_levels: (0, tags.MOST_LEVELS),
    tags.parse_direction: (0, 360),
    tags.parse_angle: (0, tags.STEEPEST_DEG),
    tags.parse_year: (1000, 2200),
    tags.parse_kilowatts: (0, tags.MOST_KW),
    tags.parse_voltage: (0, tags.MOST_V),
    tags.parse_count: (0, 9_999_999),
}


@pytest.mark.parametrize("parse", LIMITS, ids=lambda parse: parse.__name__)
@lean
@given(text=written)
@example(text="9" * 400)
@example(text="9" * 400 + " kW")
@example(text="-5")
@example(text="٣")
@example(text="1e309 m")
@example(text="")
def test_any_text_is_a_possible_number_or_none(parse, text: str | None) -> None:
    low, high = LIMITS[parse]
    values = [parse(text)]
    if parse is tags.parse_kilowatts:
        values.append(parse(text, is_apparent=True))
    assert all(value is None or (math.isfinite(value) and low <= value <= high) for value in values)


@lean
@given(st.integers(1, 99_999))
def test_a_height_in_metres_is_read_with_and_without_its_unit(centimetres: int) -> None:
    height_m = centimetres / 100
    for unit in ("", " m", "m", " metres "):
        assert tags.parse_height(f"{height_m}{unit}") == height_m
        assert tags.parse_height(f"{height_m}{unit}".replace(".", ",")) == height_m


@lean
@given(st.integers(1, 3000), st.integers(0, 11))
def test_feet_and_inches_are_the_metres_they_are(feet: int, inches: int) -> None:
    metres = tags.parse_metres(f"{feet}'{inches}\"")
    assert metres == pytest.approx(feet * 0.3048 + inches * 0.0254, abs=1e-4)
    assert tags.parse_metres(f"{feet} ft {inches} in") == metres


@lean
@given(st.lists(st.integers(1, 200), min_size=1, max_size=4))
def test_of_several_numbers_of_storeys_the_greatest_counts(levels: list[int]) -> None:
    assert tags.parse_levels(";".join(map(str, levels))) == max(levels)


@lean
@given(st.integers(1, 999))
def test_the_same_power_is_read_in_every_unit(number: int) -> None:
    assert tags.parse_kilowatts(f"{number} kW") == number
    assert tags.parse_kilowatts(f"{number * 1000}") == pytest.approx(number)
    assert tags.parse_kilowatts(f"{number * 1000} W") == pytest.approx(number)
    assert tags.parse_kilowatts(f"{number / 1000} MW") == pytest.approx(number)


@pytest.mark.parametrize(
    ("text", "power_kva"),
    [("63 MVA", 63_000), ("800 kVA", 800), ("800 KVA", 800), ("50000 VA", 50), ("2x63 MVA", 126_000),
     ("2 \u00d7 31,5 MVA", 63_000), ("63 MVA;40 MVA", 103_000), ("2x63 MVA; 800 kVA", 126_800), ("10 MW", 10_000),
     ("63", None), ("63 MVA;yes", None), ("MVA", None), ("63 kV", None), ("-1 MVA;2 MVA", None), ("", None)],
)
def test_the_rating_of_transformers_is_apparent_power(text: str, power_kva: float | None) -> None:
    assert tags.parse_kilowatts(text, is_apparent=True) == power_kva


def test_apparent_power_is_no_active_power() -> None:
    assert tags.parse_kilowatts("500 kVA") is None
    assert tags.parse_kilowatts("4x5 kW") == 20
    assert tags.parse_kilowatts("5 kW;3 kW") == 8


@pytest.mark.parametrize(
    ("text", "year"),
    [("1998", 1998), ("1998-05-17", 1998), ("~1890", 1890), ("1970s", 1970), ("before 1900", 1900), ("C19", None),
     ("19", None), ("12345", None)],
)
def test_a_year_is_found_in_the_dates_that_mappers_write(text: str, year: int | None) -> None:
    assert tags.parse_year(text) == year


@pytest.mark.parametrize("text", ["tall", "12 storeys", "3-4", "10m x 20m", "∞", "0x10"])
def test_words_are_no_length(text: str) -> None:
    assert tags.parse_metres(text) is None


@pytest.mark.parametrize(("text", "degrees"), [
    ("0", 0), ("200", 200), ("359.5", 359.5), ("360", 0), ("-90", 270), (" 45° ", 45), ("N", 0), ("nne", 22.5),
    ("SW", 225), ("NNW", 337.5), ("left", None), ("north", None), ("361", None), ("1e2", None), ("nan", None),
    ("12 m", None), ("90;270", None), ("", None), (None, None),
])
def test_a_direction_is_a_number_or_a_point_of_the_compass(text: str | None, degrees: float | None) -> None:
    assert tags.parse_direction(text) == degrees


@pytest.mark.parametrize(("text", "degrees"), [
    ("30", 30), ("22.5°", 22.5), ("0", 0), ("85", 85), ("86", None), ("-5", None), ("steep", None), (None, None),
])
def test_the_pitch_of_a_roof_is_below_upright(text: str | None, degrees: float | None) -> None:
    assert tags.parse_angle(text) == degrees
