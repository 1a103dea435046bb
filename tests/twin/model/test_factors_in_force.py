"""Which factor is in force, and with what interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from twin import model
from twin.database import connect, load_frame, run_select

if TYPE_CHECKING:


    from twin.store import Release


def in_force(rows: list[dict[str, Any]], *, year: int = 2025, regions: tuple[str, ...] = ("Jiangsu", "China", "World")
             ) -> dict[str, dict[str, Any]]:
    """Return the factors that hold, by quantity."""
    defaults = {"interval_kind": None, "unit": "1", "source": "test", "seen": "source", "note": None, "low": None,
                "high": None, "quantity": "grid_emission.location"}
    table = pd.DataFrame([defaults | {"factor_id": str(number)} | row for number, row in enumerate(rows)])
    with connect() as connection:
        load_frame(connection, "factor", table.astype({"low": "Float64", "high": "Float64", "value": "Float64"}))
        load_frame(connection, "region", pd.DataFrame({"rank": range(len(regions)), "name": regions}))
        load_frame(connection, "zone", pd.DataFrame({"year": [year]}))
        run_select(connection, "chosen", (model.FOLDER / "factor_in_force.sql").read_text(encoding="utf-8"))
        result = connection.execute("select * from chosen")
        names = [column[0] for column in result.description]
        return {row[0]: dict(zip(names, row, strict=True)) for row in result.fetchall()}


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


def test_no_default_interval_of_the_shipped_factors_has_zero_width(toy_release: Release) -> None:
    held = pd.read_parquet(toy_release.table("factor_in_force"))
    assert "uncertainty.default" in set(held["quantity"])
    assert held[["low", "high"]].notna().to_numpy().all()
    default = held[held["is_default_interval"] & (held["value"] != 0)]
    assert len(default)
    assert ((default["low"] < default["value"]) & (default["value"] < default["high"])).all()
