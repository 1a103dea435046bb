"""What is shown of readings: sums of ten subjects, none with more than 15 %, and nothing that gives others away."""

from __future__ import annotations

import itertools
import random
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from twin import model
from twin.build import READING
from twin.database import connect, load_frame, run_select

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import duckdb

LEAST, SHARE = 10, 0.15
STEPS = ("reading_year", "reading_area", "reading_total", "reading_cell")
Rows = list[dict[str, Any]]
Cells = dict[str | None, list[float]]


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as connection:
        rule = {"disclosure.least_subjects": 10.0, "disclosure.greatest_share": 15.0}
        load_frame(connection, "factor_in_force", pd.DataFrame({"quantity": list(rule), "value": list(rule.values())}))
        yield connection


@pytest.fixture
def publish(connection: duckdb.DuckDBPyConnection) -> Callable[..., dict[str, dict[Any, dict[str, Any]]]]:
    """Return a function that makes the tables of readings, and returns cells and totals by their keys."""

    def run(readings: Rows, subjects: Rows) -> dict[str, dict[Any, dict[str, Any]]]:
        plain = dict.fromkeys(READING.names) | {"unit": "kWh", "carrier": "heat", "source": "test"}
        rows = [plain | row | {"reading_id": str(number)} for number, row in enumerate(readings)]
        connection.register("incoming", READING.empty_table().from_pylist(rows, schema=READING))
        connection.execute("create or replace table reading as from incoming")
        frame = pd.DataFrame(subjects, columns=["subject_kind", "subject_id", "parcel_id", "neighbourhood_id"])
        load_frame(connection, "reading_subject", frame.astype("string"))
        for step in STEPS:
            run_select(connection, step, (model.FOLDER / f"{step}.sql").read_text(encoding="utf-8"))
        tables: dict[str, dict[Any, dict[str, Any]]] = {}
        for table, keys in (("reading_cell", ("neighbourhood_id", "year")), ("reading_total", ("year",))):
            result = connection.execute(f"select * from {table}")
            names = [column[0] for column in result.description]
            found = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
            tables[table] = {tuple(row[key] for key in keys): row for row in found}
        return tables

    return run


def metered(cells: Cells) -> tuple[Rows, Rows]:
    """Return readings and subjects: in each neighbourhood as many buildings as there are amounts."""
    readings, subjects = [], []
    for name, amounts in cells.items():
        for number, amount in enumerate(amounts):
            subject = f"{name}-{number}"
            readings.append({"subject_kind": "building", "subject_id": subject, "meter_id": subject, "amount": amount,
                             "start": date(2025, 1, 1), "end": date(2026, 1, 1)})
            subjects.append({"subject_kind": "building", "subject_id": subject, "parcel_id": f"p-{subject}",
                             "neighbourhood_id": name})
    return readings, subjects


def shown(tables: dict[str, dict[Any, dict[str, Any]]]) -> dict[str, Any]:
    """Return what is said of each neighbourhood in 2025, the zone's total under `zone`: the amount, or the reason."""
    cells = {name: row["amount"] if row["is_public"] else row["reason"]
             for (name, _), row in tables["reading_cell"].items()}
    (total,) = tables["reading_total"].values()
    return cells | {"zone": total["amount"] if total["is_public"] else total["reason"]}


# The rule


def test_ten_equal_subjects_are_shown_and_nine_are_not(publish: Callable[..., Any]) -> None:
    assert shown(publish(*metered({"a": [5] * 10}))) == {"a": 50, "zone": 50}
    assert shown(publish(*metered({"a": [5] * 9}))) == {"a": "too_few", "zone": "too_few"}


def test_a_share_of_15_per_cent_is_shown_and_more_is_not(publish: Callable[..., Any]) -> None:
    # 15 of 100, the other 85 among ten; then 16 of 101.
    assert shown(publish(*metered({"a": [15] + [8.5] * 10}))) == {"a": 100, "zone": 100}
    assert shown(publish(*metered({"a": [16] + [8.5] * 10}))) == {"a": "one_dominates", "zone": "one_dominates"}


def test_a_sum_of_nothing_is_not_shown_because_it_tells_of_everyone(publish: Callable[..., Any]) -> None:
    assert shown(publish(*metered({"a": [0] * 12}))) == {"a": "one_dominates", "zone": "one_dominates"}


def test_what_is_withheld_has_neither_amount_nor_number_of_meters(publish: Callable[..., Any]) -> None:
    tables = publish(*metered({"a": [5] * 9}))
    for row in (tables["reading_cell"]["a", 2025], tables["reading_total"][2025,]):
        assert (row["amount"], row["meters"], row["is_public"], row["unit"]) == (None, None, False, "kWh")


def test_without_the_rule_nothing_is_shown(publish: Callable[..., Any], connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("begin")
    connection.execute("delete from factor_in_force")
    assert shown(publish(*metered({"a": [5] * 20}))) == {"a": "too_few", "zone": "too_few"}
    connection.execute("rollback")


# What is withheld beside


def test_where_one_neighbourhood_is_withheld_the_smallest_other_is_too(publish: Callable[..., Any]) -> None:
    # Without it the zone's 390 less 200 and 170 would give the two of c away.
    found = shown(publish(*metered({"a": [20] * 10, "b": [17] * 10, "c": [10, 10]})))
    assert found == {"a": 200, "b": "complementary", "c": "too_few", "zone": 390}


def test_more_are_withheld_until_what_is_left_over_obeys_the_rule(publish: Callable[..., Any]) -> None:
    # 90 of c among 12: of 190 together with b one has 90; of 490 with a as well, 18 %; of 790 with d too, 11 %.
    found = shown(publish(*metered({"a": [20] * 15, "b": [10] * 10, "c": [90], "d": [20] * 15, "e": [30] * 20})))
    assert found == {"a": "complementary", "b": "complementary", "c": "too_few", "d": "complementary", "e": 600,
                     "zone": 1390}


def test_where_the_total_is_withheld_nothing_can_be_told_from_it(publish: Callable[..., Any]) -> None:
    # The one of c has 100 of 300: the total is withheld, and a and b need not be.
    assert shown(publish(*metered({"a": [10] * 10, "b": [10] * 10, "c": [100]}))) == {
        "a": 100, "b": 100, "c": "too_few", "zone": "one_dominates"}


def test_two_that_are_withheld_cover_each_other_if_they_are_enough(publish: Callable[..., Any]) -> None:
    assert shown(publish(*metered({"a": [10] * 10, "b": [10] * 6, "c": [10] * 6}))) == {
        "a": 100, "b": "too_few", "c": "too_few", "zone": 220}


def test_subjects_without_neighbourhood_count_in_the_total_and_are_never_alone(publish: Callable[..., Any]) -> None:
    found = shown(publish(*metered({"a": [10] * 10, "b": [11] * 10, None: [10] * 2})))
    assert found == {"a": "complementary", "b": 110, "zone": 230}
    alone = shown(publish(*metered({"a": [10] * 10, "b": [11] * 10, None: [10] * 12})))
    assert alone == {"a": "complementary", "b": 110, "zone": 330}


# Who counts


def test_a_replaced_meter_and_several_meters_count_once(publish: Callable[..., Any]) -> None:
    readings, subjects = metered({"a": [10] * 9})
    half = readings.pop()
    for meter, start, end in (("old", date(2025, 1, 1), date(2025, 7, 1)), ("new", date(2025, 7, 1), date(2026, 1, 1)),
                              ("other", date(2025, 1, 1), date(2026, 1, 1))):
        readings.append(half | {"meter_id": meter, "start": start, "end": end})
    assert len(readings) == 11
    assert shown(publish(readings, subjects))["a"] == "too_few"


def test_months_of_a_meter_count_once(publish: Callable[..., Any]) -> None:
    readings, subjects = metered({"a": [10] * 9})
    months = [row | {"start": date(2025, month, 1), "end": date(2025, month + 1, 1)}
              for row in readings for month in range(1, 12)]
    assert shown(publish(months, subjects))["a"] == "too_few"
    tenth_readings, tenth_subjects = metered({"a": [10] * 10})
    tables = publish(months + tenth_readings[-1:], subjects + tenth_subjects[-1:])
    assert tables["reading_cell"]["a", 2025] | {"reason": None} == {
        "neighbourhood_id": "a", "carrier": "heat", "year": 2025, "meters": 10, "amount": 9 * 110 + 10,
        "coverage": pytest.approx((9 * 334 / 365 + 1) / 10), "unit": "kWh", "is_public": True, "reason": None}


def test_a_metered_parcel_and_what_stands_on_it_are_one(publish: Callable[..., Any]) -> None:
    readings, subjects = metered({"a": [10] * 9})
    subjects.append({"subject_kind": "parcel", "subject_id": "p-a-0", "parcel_id": "p-a-0", "neighbourhood_id": "a"})
    main = readings[0] | {"subject_kind": "parcel", "subject_id": "p-a-0", "meter_id": "main"}
    assert shown(publish([*readings, main], subjects))["a"] == "too_few"
    other_year = main | {"start": date(2024, 1, 1), "end": date(2025, 1, 1)}
    tenth_readings, tenth_subjects = metered({"a": [10] * 10})
    assert shown_in(2025, publish([*tenth_readings, other_year], subjects + tenth_subjects[-1:])) == 100


def shown_in(year: int, tables: Any) -> Any:
    row = tables["reading_cell"]["a", year]
    return row["amount"] if row["is_public"] else row["reason"]


def test_a_parcel_on_two_neighbourhoods_is_one_subject_of_one(publish: Callable[..., Any]) -> None:
    readings, subjects = metered({"a": [10] * 5, "b": [10] * 5})
    for number in range(5):  # each parcel of a has a meter, and a building with one that is said to lie in b
        readings[number] |= {"subject_kind": "parcel", "subject_id": f"p-a-{number}"}
        subjects[number] |= {"subject_kind": "parcel", "subject_id": f"p-a-{number}"}
        subjects[5 + number]["parcel_id"] = f"p-a-{number}"
    tables = publish(readings, subjects)
    assert {name for name, _ in tables["reading_cell"]} == {"a"}
    assert tables["reading_total"][2025,]["reason"] == "too_few"


def test_a_withheld_sum_does_not_say_how_much_of_the_year_it_covers(publish: Callable[..., Any]) -> None:
    tables = publish(*metered({"a": [20] * 10, "b": [17] * 10, "c": [10, 10]}))
    found = {name: row["coverage"] for (name, _), row in tables["reading_cell"].items()}
    assert found == {"a": 1, "b": None, "c": None}
    assert tables["reading_total"][2025,]["coverage"] == 1
    alone = publish(*metered({"c": [10, 10]}))
    assert alone["reading_total"][2025,]["coverage"] is None


def test_a_year_that_rests_on_january_alone_says_so(publish: Callable[..., Any]) -> None:
    readings, subjects = metered({"a": [10] * 10})
    for row in readings[:5]:
        row["end"] = date(2025, 2, 1)
    tables = publish(readings, subjects)
    for row in (tables["reading_cell"]["a", 2025], tables["reading_total"][2025,]):
        assert row["coverage"] == pytest.approx((5 * 31 / 365 + 5) / 10)


# Differencing


def obeys(amounts: list[float]) -> bool:
    """Return whether a sum may be shown, worked out anew."""
    return len(amounts) >= LEAST and sum(amounts) > 0 and max(amounts) <= SHARE * sum(amounts) * (1 + 1e-9)


def random_cells(chance: random.Random) -> Cells:
    names: list[str | None] = ["a", "b", "c", "d", "e", None]
    chosen = chance.sample(names, chance.randint(1, len(names)))
    return {name: [0 if chance.random() < 0.05 else 200 if chance.random() < 0.01 else chance.uniform(8, 14)
                   for _ in range(chance.choice([1, 2, 9, 10, 12, 20, 40]))] for name in chosen}


def test_no_sum_or_difference_of_what_is_shown_gives_away_what_is_withheld(publish: Callable[..., Any]) -> None:
    chance = random.Random(20250322)
    seen = {"complementary": 0, "hidden total": 0, "shown": 0}
    for _ in range(150):
        cells = random_cells(chance)
        found = shown(publish(*metered(cells)))
        total = found.pop("zone")
        public = {name for name, told in found.items() if not isinstance(told, str)}
        withheld = [name for name in cells if name not in public]
        seen["shown"] += len(public)
        seen["complementary"] += sum(told == "complementary" for told in found.values())
        seen["hidden total"] += isinstance(total, str)
        for name in public:
            assert found[name] == pytest.approx(sum(cells[name]))
            assert obeys(cells[name])
        if isinstance(total, str):  # no equation holds a withheld sum
            assert not obeys([amount for amounts in cells.values() for amount in amounts])
            continue
        # Shown are single sums and the whole: whatever is added and subtracted, the withheld stay together.
        for size in range(len(public) + 1):
            for taken in itertools.combinations(sorted(public), size):
                left = [name for name in cells if name not in taken]
                assert obeys([amount for name in left for amount in cells[name]]) or not left
        assert len(withheld) != 1 or list(cells) == [None]  # the total of a zone of one area without a name
    assert min(seen.values()) > 20, seen


def test_what_is_withheld_cannot_be_solved_for(publish: Callable[..., Any]) -> None:
    import numpy as np

    chance = random.Random(7)
    for _ in range(60):
        cells = random_cells(chance)
        names = list(cells)
        found = shown(publish(*metered(cells)))
        equations = [[float(name == other) for other in names] for name in names
                     if name in found and not isinstance(found[name], str)]
        if not isinstance(found["zone"], str):
            equations.append([1.0] * len(names))
        for number, name in enumerate(names):
            if name not in found or isinstance(found[name], str):
                single = np.eye(len(names))[number]
                rank = np.linalg.matrix_rank(np.array(equations)) if equations else 0
                if len(names) == 1 and rank:  # a zone of one area without a name: it is the total, which obeys the rule
                    assert obeys(cells[name])
                    continue
                assert np.linalg.matrix_rank(np.array([*equations, single])) == rank + 1


def test_years_do_not_tell_of_a_newcomer_by_their_bills_across_the_new_year(publish: Callable[..., Any]) -> None:
    # Ten have bills from November to November, an eleventh came in June: were the bills divided by days, the ten would
    # be 61 : 304 in the two years, and the eleventh 2025 less 2024 times 304 / 61.
    readings, subjects = metered({"a": [365] * 11})
    for row in readings[:10]:
        row |= {"start": date(2024, 11, 1), "end": date(2025, 11, 1)}
    readings[10] |= {"start": date(2025, 6, 1), "end": date(2026, 1, 1)}
    tables = publish(readings, subjects)
    assert {year for _, year in tables["reading_cell"]} == {2025}
    assert shown_in(2025, tables) == 11 * 365


def test_no_reading_counts_in_two_years(publish: Callable[..., Any], connection: duckdb.DuckDBPyConnection) -> None:
    chance = random.Random(3)
    for _ in range(20):
        readings, subjects = metered({"a": [1] * 12})
        for number, row in enumerate(readings):
            start = date(2024, 1, 1) + timedelta(chance.randrange(700))
            row |= {"start": start, "end": start + timedelta(chance.randint(1, 366)), "amount": 2**number}
        publish(readings, subjects)
        found = connection.execute("select amount from reading_year").fetchall()
        assert sum(amount for (amount,) in found) == 2**12 - 1
        assert all(float(amount).is_integer() for (amount,) in found)
