"""Which of several factors holds for a building, by its year of construction; apart from the SQL, to check it by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

MARK = ".built_to_"

Ages = dict[str, list[tuple[int, str]]]


def read_ages(factors: pd.DataFrame) -> Ages:
    """
    Return the quantities that hold up to a year of construction, by what they are of, the earliest first.

    Parameters
    ----------
    factors
        The factors in force: quantity and rank, the place of the factor's region among the zone's. One of a region
        farther away than that of the factor for all ages is left out.
    """
    rank = factors.set_index("quantity")["rank"].to_dict()
    ages: Ages = {}
    for quantity, place in rank.items():
        stem, mark, year = str(quantity).rpartition(MARK)
        if mark and year.isdigit() and place <= rank.get(stem, place):
            ages.setdefault(stem, []).append((int(year), str(quantity)))
    return {stem: sorted(found) for stem, found in ages.items()}


def pick_by_age(stem: str, year_built: float | None, ages: Mapping[str, list[tuple[int, str]]]) -> str:
    """Return the quantity that holds for a building of a year; where none fits or no year is known that of all ages."""
    if year_built is None or pd.isna(year_built):
        return stem
    return next((quantity for until_year, quantity in ages.get(stem, []) if year_built <= until_year), stem)
