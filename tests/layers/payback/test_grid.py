"""The nearest transformer or substation."""

from __future__ import annotations

import numpy as np
from shapely import Point, box

from layers.payback.grid import nearest_asset

HOUSES = np.array([box(0, 0, 10, 10), box(100, 0, 110, 10)], dtype=object)


def test_distance_is_from_outline_to_asset() -> None:
    told = nearest_asset(HOUSES, np.array([Point(13, 14), box(113, 0, 115, 5)], dtype=object), ["a", "b"])
    assert told["grid_asset_id"].tolist() == ["a", "b"]
    assert told["grid_distance_m"].tolist() == [5, 3]


def test_of_two_as_near_the_first_id_is_taken() -> None:
    places = np.array([Point(12, 5), Point(-2, 5)], dtype=object)
    assert nearest_asset(HOUSES, places, ["b", "a"])["grid_asset_id"][0] == "a"


def test_without_assets_there_is_none() -> None:
    told = nearest_asset(HOUSES, np.array([], dtype=object), [])
    assert told["grid_asset_id"].tolist() == [None, None]
    assert told["grid_distance_m"].isna().all()
