"""The model's tables: one SELECT each, run in this order."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent

# What is made of readings, once more when there are any.
READING_STEPS = ("reading_subject", "reading", "reading_year", "reading_area", "reading_total", "reading_cell")

# Steps lead to tables; only tables are published.
STEPS = (
    "zone",
    "factor_in_force",
    "factor_by_age",
    "footprint",
    "parcel",
    "building_parcel",
    "storey",
    "known_height",
    "building_height",
    "building_part",
    "building",
    "building_year",
    "roof_face",
    "neighbourhood",
    "road",
    "road_parcel",
    "energy_asset",
    "land_cover",
    *READING_STEPS,
)
TABLES = (
    "zone",
    "neighbourhood",
    "parcel",
    "building",
    "building_part",
    "roof_face",
    "building_parcel",
    "road",
    "road_parcel",
    "energy_asset",
    "land_cover",
    "factor",
    "factor_in_force",
    "factor_by_age",
    "reading",
    "reading_cell",
    "reading_total",
    "building_year",
)
PRIVATE = frozenset({"reading"})  # tables that only the owner of the zone may see
# first columns that tell rows apart, where one does not
KEYS = {"building_year": 2, "factor_by_age": 2, "reading_cell": 3, "reading_total": 2}


@cache
def read_columns() -> dict[str, dict[str, tuple[str, str]]]:
    """Return unit and meaning of every column of the model, by table and column."""
    columns: dict[str, dict[str, tuple[str, str]]] = {}
    with (FOLDER / "columns.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            columns.setdefault(row["table"], {})[row["column"]] = (row["unit"], row["meaning"])
    return columns
