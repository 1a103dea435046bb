"""The tables of data/plan: what the truth of a plan is made from, each row with its source."""

from __future__ import annotations

import csv

from twin.classes import data_folder


def read_table(name: str) -> list[dict[str, str]]:
    """Return the rows of one table, such as `demand`."""
    with (data_folder() / "plan" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
