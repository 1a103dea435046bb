"""The tables of data/classes: how tags and codes map onto the model's words."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def data_folder() -> Path:
    """Return the folder of the shared data: inside the installed package, else beside it in the source tree."""
    inside = Path(__file__).parent / "data"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "data"


@cache
def read_classes(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of one class table, such as `osm_building_use`."""
    with (data_folder() / "classes" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def _index(name: str, column: str) -> dict[tuple[str, str], dict[str, str]]:
    """Return, for each tag key and rank in the table's order, value to class."""
    index: dict[tuple[str, str], dict[str, str]] = {}
    for row in read_classes(name):
        index.setdefault((row.get("priority", ""), row["key"]), {})[row["value"]] = row[column]
    return index


def classify(tags: Mapping[str, str], name: str, column: str) -> str | None:
    """
    Return the class of the first row of a table that fits, by rank and order of the keys; `*` stands for any value.

    Examples
    --------
    >>> classify({"building": "school"}, "osm_building_use", "use")
    'education'
    """
    for (_, key), values in _index(name, column).items():
        tag = tags.get(key)
        if tag is not None and tag != "no":
            found = values.get(tag, values.get("*"))
            if found:
                return found
    return None
