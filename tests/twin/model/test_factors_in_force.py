"""Which factor is in force, for buildings of which age, and with what interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from twin import model
from twin.database import connect, load_frame, run_select
from twin.model.age import pick_by_age, read_ages

if TYPE_CHECKING:


    from twin.store import Release


def in_force(rows: list[dict[str, Any]], *, year: int = 2025, regions: tuple[str, ...] = ("Jiangsu", "China", "World")
             ) -> dict[str, dict[str, Any]]:
    """Return the factors that hold, by quantity."""
    return {row["quantity"]: row for row in chosen(rows, "factor_in_force", year=year, regions=regions)}


def by_age(rows: list[dict[str, Any]], *, regions: tuple[str, ...] = ("Helsinki", "Finland", "World")
           ) -> list[tuple[str, int, str]]:
    """Return the factors that hold for buildings up to a year, after comparing them with those that pandas finds."""
    told = [(row["stem"], row["until_year"], row["quantity"])
            for row in chosen(rows, "factor_by_age", year=2025, regions=regions)]
    again = read_ages(pd.DataFrame(chosen(rows, "factor_in_force", year=2025, regions=regions)))
    assert told == [(stem, *item) for stem in sorted(again) for item in again[stem]]
    return told


def chosen(rows: list[dict[str, Any]], step: str, *, year: int, regions: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return a table of the model that is made of factors alone."""
    defaults = {"interval_kind": None, "unit": "1", "source": "test", "seen": "source", "note": None, "low": None,
                "high": None, "quantity": "grid_emission.location"}
    table = pd.DataFrame([defaults | {"factor_id": str(number)} | row for number, row in enumerate(rows)])
    with connect() as connection:
        load_frame(connection, "factor", table.astype({"low": "Float64", "high": "Float64", "value": "Float64"}))
        load_frame(connection, "region", pd.DataFrame({"rank": range(len(regions)), "name": regions}))
        load_frame(connection, "zone", pd.DataFrame({"year": [year]}))
        for name in ("factor_in_force", "factor_by_age"):
            run_select(connection, name, (model.FOLDER / f"{name}.sql").read_text(encoding="utf-8"))
        result = connection.execute(f'select * from "{step}"')
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def test_the_nearest_region_wins_even_with_an_older_factor() -> None:
    held = in_force([{"region": "World", "year": 2025, "value": 3}, {"region": "China", "year": 2015, "value": 2},
                     {"region": "Mars", "year": 2025, "value": 9}])
    assert (held["grid_emission.location"]["value"], held["grid_emission.location"]["region"]) == (2, "China")


@pytest.mark.parametrize(("year", "expected"), [(2019, 2020), (2020, 2020), (2022, 2020), (2023, 2023), (2040, 2030)])
def test_a_year_takes_the_newest_factor_that_was_there_and_says_its_vintage(year: int, expected: int) -> None:
    rows = [{"region": "World", "year": vintage, "value": vintage} for vintage in (2030, 2020, 2023)]
    held = in_force(rows, year=year)["grid_emission.location"]
    assert (held["value"], held["year"], held["zone_year"]) == (expected, expected, year)


def test_a_factor_without_bounds_takes_those_of_its_class() -> None:
    held = in_force([
        {"region": "World", "year": 2025, "value": 2},
        {"quantity": "gas_intensity.office", "region": "World", "year": 2025, "value": 10},
        {"quantity": "household_size", "region": "World", "year": 2025, "value": 2, "low": 1, "high": 4},
        {"quantity": "uncertainty.grid_emission", "region": "World", "year": 2025, "value": 10},
        {"quantity": "uncertainty.default", "region": "World", "year": 2025, "value": 50},
    ])
    bounds = {name: (row["low"], row["high"], row["is_default_interval"]) for name, row in held.items()}
    assert bounds["grid_emission.location"] == (pytest.approx(1.8), pytest.approx(2.2), True)
    assert bounds["gas_intensity.office"] == (pytest.approx(5), pytest.approx(15), True)
    assert bounds["household_size"] == (1, 4, False)


HEAT = "heat_intensity.residential"


def test_factors_by_age_stand_in_the_order_of_their_years() -> None:
    told = by_age([{"quantity": f"{HEAT}.built_to_1999", "region": "Finland", "year": 2025, "value": 100},
                   {"quantity": f"{HEAT}.built_to_1979", "region": "Helsinki", "year": 2025, "value": 200},
                   {"quantity": HEAT, "region": "World", "year": 2025, "value": 150},
                   {"quantity": f"{HEAT}.1979", "region": "Finland", "year": 2025, "value": 3}])
    assert told == [(HEAT, 1979, f"{HEAT}.built_to_1979"), (HEAT, 1999, f"{HEAT}.built_to_1999")]


@pytest.mark.parametrize(("aged", "plain", "holds"), [
    ("Finland", "Finland", True), ("Helsinki", "Finland", True), ("Finland", "Helsinki", False),
    ("World", "Finland", False)])
def test_a_nearer_factor_for_all_ages_wins_over_a_farther_one_by_age(aged: str, plain: str, *, holds: bool) -> None:
    told = by_age([{"quantity": f"{HEAT}.built_to_1979", "region": aged, "year": 2025, "value": 200},
                   {"quantity": HEAT, "region": plain, "year": 2025, "value": 150}])
    assert told == ([(HEAT, 1979, f"{HEAT}.built_to_1979")] if holds else [])


def test_spans_of_years_follow_each_other_without_a_gap() -> None:
    rows = [{"quantity": f"{HEAT}.built_to_{year}", "region": "World", "year": 2025, "value": 1}
            for year in (1999, 1920, 1979)]
    spans = [(row["from_year"], row["until_year"])
             for row in chosen(rows, "factor_by_age", year=2025, regions=("World",))]
    assert spans == [(0, 1920), (1921, 1979), (1980, 1999)]


def test_a_factor_by_age_holds_where_none_for_all_ages_is_known() -> None:
    assert len(by_age([{"quantity": f"{HEAT}.built_to_1979", "region": "World", "year": 2025, "value": 200}])) == 1


@pytest.mark.parametrize(("year_built", "quantity"), [
    (1900, "built_to_1979"), (1979, "built_to_1979"), (1980, "built_to_1999"), (1999, "built_to_1999"), (2000, None),
    (None, None)])
def test_the_year_of_construction_picks_the_factor(year_built: int | None, quantity: str | None) -> None:
    ages = {HEAT: [(1979, f"{HEAT}.built_to_1979"), (1999, f"{HEAT}.built_to_1999")]}
    assert pick_by_age(HEAT, year_built, ages) == (f"{HEAT}.{quantity}" if quantity else HEAT)


def test_no_default_interval_of_the_shipped_factors_has_zero_width(toy_release: Release) -> None:
    held = pd.read_parquet(toy_release.table("factor_in_force"))
    assert "uncertainty.default" in set(held["quantity"])
    assert held[["low", "high"]].notna().to_numpy().all()
    default = held[held["is_default_interval"] & (held["value"] != 0)]
    assert len(default)
    assert ((default["low"] < default["value"]) & (default["value"] < default["high"])).all()
