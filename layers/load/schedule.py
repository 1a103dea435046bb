"""The layer's schedules: 24 weights for each kind of use, part and kind of day, and which use has which."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from twin.errors import LayerError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

FOLDER = Path(__file__).parent
HOURS = [str(hour) for hour in range(24)]
PARTS = ("base", "operated")
DAYS = ("weekday", "weekend")


@cache
def read_schedules() -> dict[tuple[str, str, str], Array]:
    """
    Return the weights of a day by schedule, part and kind of day. [1], shape (24,)

    Raises
    ------
    LayerError
        If a weight is no number from 0 to 1, or a day has none above 0 in its base.
    """
    found: dict[tuple[str, str, str], Array] = {}
    with (FOLDER / "schedule.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = (row["schedule"], row["part"], row["day"])
            try:
                weights = np.array([float(row[hour]) for hour in HOURS])
            except (TypeError, ValueError) as error:
                message = f"schedule.csv: {'/'.join(key)} has a weight that is no number ({error}); give 24 numbers"
                raise LayerError(message) from error
            if not ((weights >= 0) & (weights <= 1)).all() or (key[1] == "base" and not weights.any()):
                message = f"schedule.csv: {'/'.join(key)} needs weights from 0 to 1, and some base above 0"
                raise LayerError(message)
            found[key] = weights
    return found


@cache
def schedule_of_use() -> dict[str, str]:
    """Return which schedule each use has."""
    with (FOLDER / "use_schedule.csv").open(encoding="utf-8", newline="") as file:
        return {row["use"]: row["schedule"] for row in csv.DictReader(file)}


def day_weights(use: str, part: str) -> tuple[Array, Array]:
    """
    Return a use's weights of a weekday and of a day at the weekend; uses that are not listed have those of `other`.

    Returns
    -------
    weekday, weekend
        [1], shape (24,) each
    """
    schedule = schedule_of_use().get(use, "other")
    schedules = read_schedules()
    weekday, weekend = (schedules[schedule, part, day] for day in DAYS)
    return weekday, weekend
