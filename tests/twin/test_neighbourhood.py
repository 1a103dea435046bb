"""Neighbourhoods: from a file, from OpenStreetMap, or derived; always a cover of the zone."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from twin.checks import Checks
from twin.crs import parse_crs
from twin.neighbourhood import MOST_BUILDINGS, find_neighbourhoods

CRS = parse_crs(32651)
ZONE = shapely.box(0, 0, 1000, 1000)
ONE = np.array([shapely.box(1, 1, 2, 2)], dtype=object)


def places(**shapes):
    return gpd.GeoDataFrame(
        {"neighbourhood_id": list(shapes), "name_local": list(shapes), "name_latin": None, "population": None,
         "rank": 10, "households": None},
        geometry=list(shapes.values()), crs=CRS,
    )


def test_neighbourhoods_of_a_file_win_and_cover_the_zone() -> None:
    given = places(a=shapely.box(0, 0, 500, 1000)).drop(columns="rank")
    found = find_neighbourhoods(ZONE, ONE, places(b=shapely.Point(1, 1), c=shapely.Point(900, 900)), given, Checks())
    assert list(found["neighbourhood_id"]) == ["a"]
    assert found.area.sum() == pytest.approx(1e6)


def test_areas_of_openstreetmap_are_taken_without_overlap() -> None:
    found = find_neighbourhoods(
        ZONE, ONE, places(west=shapely.box(0, 0, 600, 1000), east=shapely.box(400, 0, 1000, 1000)), None, Checks()
    )
    assert found.area.sum() == pytest.approx(1e6)
    assert found.geometry.iloc[0].intersection(found.geometry.iloc[1]).area == pytest.approx(0)


def test_named_points_hold_the_ground_nearest_to_them() -> None:
    found = find_neighbourhoods(
        ZONE, ONE, places(a=shapely.Point(250, 500), b=shapely.Point(750, 500)), None, Checks()
    ).set_index("neighbourhood_id")
    assert found.loc["a"].geometry.equals(shapely.box(0, 0, 500, 1000))
    assert found.area.tolist() == pytest.approx([5e5, 5e5])


def test_derived_neighbourhoods_hold_no_more_buildings_than_one_may() -> None:
    places_of = np.random.default_rng(1).uniform(0, 1000, size=(2000, 2))
    buildings = shapely.points(places_of)
    found = find_neighbourhoods(ZONE, buildings, None, None, Checks())
    held = [int(shapely.contains(cell, buildings).sum()) for cell in found.geometry]
    assert max(held) <= MOST_BUILDINGS
    assert sum(held) == len(buildings)
    assert found.area.sum() == pytest.approx(1e6)


def test_a_small_zone_is_one_neighbourhood() -> None:
    found = find_neighbourhoods(ZONE, ONE, None, None, Checks())
    assert list(found["neighbourhood_id"]) == ["derived:1"]
