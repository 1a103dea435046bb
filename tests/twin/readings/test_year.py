"""The year of one subject: meters behind others count once, days once, each reading in one year."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from twin import model
from twin.build import READING
from twin.database import connect, run_select

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import duckdb

SUBJECTS = [("parcel", "P"), ("building", "h1"), ("building", "h2"), ("asset", "a1")]  # all on the parcel P
YEAR = (date(2025, 1, 1), date(2026, 1, 1))
HALVES = (date(2025, 1, 1), date(2025, 7, 1)), (date(2025, 7, 1), date(2026, 1, 1))  # of 181 and 184 days
Row = tuple[str, float, tuple[date, date]]


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as connection:
        connection.execute("create table reading_subject (subject_kind text, subject_id text, parcel_id text, "
                           "neighbourhood_id text)")
        connection.executemany("insert into reading_subject values (?, ?, 'P', 'N')", SUBJECTS)
        yield connection


@pytest.fixture
def years(connection: duckdb.DuckDBPyConnection) -> Callable[..., dict[tuple[str, int], tuple[float, float]]]:
    """Return a function that returns amount and coverage by holder and year, of rows of subject, amount, period."""
    kinds = {subject: kind for kind, subject in SUBJECTS}

    def run(*rows: Row) -> dict[tuple[str, int], tuple[float, float]]:
        readings = [
            dict.fromkeys(READING.names) | {
                "reading_id": str(number), "subject_kind": kinds[subject], "subject_id": subject,
                "meter_id": str(number), "carrier": "heat", "unit": "kWh", "amount": amount, "start": start, "end": end}
            for number, (subject, amount, (start, end)) in enumerate(rows)
        ]
        connection.register("incoming", READING.empty_table().from_pylist(readings, schema=READING))
        connection.execute("create or replace table reading as from incoming")
        run_select(connection, "reading_year", (model.FOLDER / "reading_year.sql").read_text(encoding="utf-8"))
        found = connection.execute("select holder_id, year, amount, coverage from reading_year").fetchall()
        return {(holder, year): (amount, coverage) for holder, year, amount, coverage in found}

    return run


# A parcel's meter, and those behind it


def test_meters_behind_that_of_the_parcel_are_not_added_to_it(years: Callable[..., object]) -> None:
    assert years(("P", 100, YEAR), ("h1", 30, YEAR), ("h2", 50, YEAR)) == {("P", 2025): (100, 1)}


def test_buildings_that_used_more_than_the_meter_of_the_parcel_count_instead(years: Callable[..., object]) -> None:
    # The parcel's meter is that of its lamps, or was misread: 80 of the buildings is known to have been used.
    assert years(("P", 10, YEAR), ("h1", 30, YEAR), ("h2", 50, YEAR)) == {("P", 2025): (80, 1)}


def test_an_asset_on_the_parcel_is_behind_its_meter_too(years: Callable[..., object]) -> None:
    assert years(("P", 100, YEAR), ("a1", 70, YEAR)) == {("P", 2025): (100, 1)}


def test_what_was_read_on_other_days_than_the_meter_of_the_parcel_is_added(years: Callable[..., object]) -> None:
    first, second = HALVES
    assert years(("P", 100, first), ("h1", 30, second)) == {("P", 2025): (130, 1)}
    # Of the building's 365, 181 lie on days of the parcel's meter, which has 200 then.
    found = years(("P", 200, first), ("h1", 365, YEAR))
    assert found == {("P", 2025): (pytest.approx(200 + 184), 1)}


def test_buildings_without_a_meter_of_the_parcel_stand_for_themselves(years: Callable[..., object]) -> None:
    assert years(("h1", 30, YEAR), ("h2", 50, YEAR)) == {("h1", 2025): (30, 1), ("h2", 2025): (50, 1)}


def test_months_and_several_meters_of_the_parcel_are_one_main_meter(years: Callable[..., object]) -> None:
    months = [(date(2025, month, 1), date(2025 + month // 12, month % 12 + 1, 1)) for month in range(1, 13)]
    main = [("P", 5, month) for month in months]
    assert years(*main, ("P", 40, YEAR), ("h1", 60, YEAR)) == {("P", 2025): (pytest.approx(100), 1)}
    assert years(*main, ("P", 40, YEAR), ("h1", 120, YEAR)) == {("P", 2025): (pytest.approx(120), 1)}


def test_scaled_readings_scale_the_year(years: Callable[..., dict[tuple[str, int], tuple[float, float]]]) -> None:
    rows = [("P", 70, HALVES[0]), ("h1", 90, YEAR), ("h2", 20, HALVES[1])]
    one = years(*rows)["P", 2025][0]
    assert years(*[(subject, 3 * amount, period) for subject, amount, period in rows])["P", 2025][0] == pytest.approx(
        3 * one)


def test_the_year_is_that_of_a_count_day_by_day(
    years: Callable[..., dict[tuple[str, int], tuple[float, float]]]
) -> None:
    chance = random.Random(11)
    for _ in range(60):
        rows: list[Row] = []
        for _ in range(chance.randint(1, 7)):
            start = date(2025, 1, 1) + timedelta(chance.randrange(300))
            days = chance.randint(1, (date(2026, 1, 1) - start).days)
            rows.append((chance.choice(["P", "P", "h1", "h2"]), chance.uniform(1, 9), (start, start + timedelta(days))))
        days_of = {number: {row[2][0] + timedelta(day) for day in range((row[2][1] - row[2][0]).days)}
                   for number, row in enumerate(rows)}
        main = set().union(*(days_of[number] for number, row in enumerate(rows) if row[0] == "P"))
        holders: dict[str, list[int]] = {}
        for number, row in enumerate(rows):
            holders.setdefault("P" if main else row[0], []).append(number)
        expected = {}
        for holder, numbers in holders.items():
            own = sum(rows[number][1] for number in numbers if rows[number][0] == "P")
            below = [number for number in numbers if rows[number][0] != "P"]
            shares = {number: len(days_of[number] & main) / len(days_of[number]) for number in below}
            inside = sum(rows[number][1] * shares[number] for number in below)
            outside = sum(rows[number][1] * (1 - shares[number]) for number in below)
            covered = set().union(*(days_of[number] for number in numbers))
            expected[holder, 2025] = (pytest.approx(max(own, inside) + outside), pytest.approx(len(covered) / 365))
        assert years(*rows) == expected


# Days, and years


@pytest.mark.parametrize(("periods", "days"), [
    ([(date(2025, 1, 1), date(2025, 2, 1))], 31),
    ([(date(2025, 1, 1), date(2025, 2, 1)), (date(2025, 3, 1), date(2025, 4, 1))], 62),
    ([(date(2025, 1, 1), date(2025, 3, 1)), (date(2025, 2, 1), date(2025, 4, 1))], 90),  # two meters
    ([(date(2025, 1, 1), date(2025, 12, 1)), (date(2025, 2, 1), date(2025, 3, 1)),
      (date(2025, 11, 1), date(2026, 1, 1))], 365),  # one within another
])
def test_each_day_is_covered_once(
    years: Callable[..., dict[tuple[str, int], tuple[float, float]]], periods: list[tuple[date, date]], days: int
) -> None:
    for order in (periods, periods[::-1]):
        assert years(*[("h1", 1, period) for period in order])["h1", 2025][1] == pytest.approx(days / 365)


def test_a_leap_year_has_366_days(years: Callable[..., object]) -> None:
    assert years(("h1", 1, (date(2024, 1, 1), date(2025, 1, 1)))) == {("h1", 2024): (1, 1)}
    half = years(("h1", 1, (date(2024, 1, 1), date(2024, 7, 2))))
    assert half == {("h1", 2024): (1, 183 / 366)}


@pytest.mark.parametrize(("start", "end", "year"), [
    (date(2025, 1, 1), date(2026, 1, 1), 2025),  # the end itself does not count
    (date(2024, 11, 1), date(2025, 11, 1), 2025),
    (date(2024, 12, 10), date(2025, 1, 10), 2024),  # 22 days and 9
    (date(2024, 12, 31), date(2025, 1, 1), 2024),
    (date(2024, 12, 31), date(2025, 1, 2), 2025),  # one day in each: the later
])
def test_a_period_counts_whole_in_the_year_of_its_middle_day(
    years: Callable[..., dict[tuple[str, int], tuple[float, float]]], start: date, end: date, year: int
) -> None:
    found = years(("h1", 7, (start, end)))
    assert {key: amount for key, (amount, _) in found.items()} == {("h1", year): 7}


def test_bills_from_november_to_november_fill_their_year(years: Callable[..., object]) -> None:
    assert years(("h1", 7, (date(2024, 11, 1), date(2025, 11, 1)))) == {("h1", 2025): (7, 1)}
