"""The model's tables: one SELECT each, run in this order."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent

# Steps lead to tables; only tables are published.
STEPS = (
    "zone",
    "factor_in_force",
    "footprint",
    "parcel",
    "building_parcel",
    "storey",
    "known_height",
    "building_height",
    "building_part",
    "building",
    "neighbourhood",
    "road",
    "road_parcel",
    "energy_asset",
    "land_cover",
)
TABLES = (
    "zone",
    "neighbourhood",
    "parcel",
    "building",
    "building_part",
    "building_parcel",
    "road",
    "road_parcel",
    "energy_asset",
    "land_cover",
    "factor",
    "factor_in_force",
)


@cache
def read_columns() -> dict[str, dict[str, tuple[str, str]]]:
    """Return unit and meaning of every column of the model, by table and column."""
    columns: dict[str, dict[str, tuple[str, str]]] = {}
    with (FOLDER / "columns.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            columns.setdefault(row["table"], {})[row["column"]] = (row["unit"], row["meaning"])
    return columns
