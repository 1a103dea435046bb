"""The zone's outline: where it comes from, and what is kept inside it."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from twin.boundary import MARGIN_M, clip, find_boundary, keep_inside
from twin.checks import Checks
from twin.crs import parse_crs
from twin.errors import ZoneError

CRS = parse_crs(32651)
NOTHING = gpd.GeoDataFrame(geometry=[], crs=CRS)


def frame(*shapes):
    return gpd.GeoDataFrame({"name": range(len(shapes))}, geometry=list(shapes), crs=CRS)


def outline(**given):
    return find_boundary(**({"crs": CRS, "outline": None, "parcels": None, "box": None, "buildings": NOTHING} | given))


def test_a_file_wins_over_everything() -> None:
    own = shapely.box(0, 0, 1, 1)
    assert outline(outline=own, parcels=frame(shapely.box(0, 0, 9, 9)), box=(121, 31, 122, 32)) == (own, "file")


def test_a_street_between_parcels_belongs_to_the_zone() -> None:
    found, source = outline(parcels=frame(shapely.box(0, 0, 100, 100), shapely.box(120, 0, 220, 100)))
    assert source == "parcels"
    assert found.area == pytest.approx(220 * 100, rel=1e-3)


def test_a_wide_gap_between_parcels_stays_outside() -> None:
    found, _ = outline(parcels=frame(shapely.box(0, 0, 100, 100), shapely.box(150, 0, 250, 100)))
    assert found.area == pytest.approx(200 * 100, rel=1e-3)


def test_buildings_alone_give_their_hull_and_a_margin() -> None:
    found, source = outline(buildings=frame(shapely.box(0, 0, 10, 10)))
    assert source == "buildings"
    assert found.bounds == pytest.approx((-MARGIN_M, -MARGIN_M, 10 + MARGIN_M, 10 + MARGIN_M))


def test_nothing_to_take_an_outline_from_is_an_error_that_says_what_to_set() -> None:
    with pytest.raises(ZoneError, match=r"set zone\.boundary"):
        outline()


def test_a_building_on_the_edge_is_kept_whole_or_not_at_all() -> None:
    checks = Checks()
    buildings = frame(shapely.box(-4, 0, 6, 10), shapely.box(-6, 20, 4, 30))
    kept = keep_inside(buildings, shapely.box(0, 0, 100, 100), checks, "buildings")
    assert list(kept["name"]) == [0]
    assert kept.area.sum() == pytest.approx(100)
    assert checks.clipped["buildings: outside the zone"] == 1


def test_roads_are_cut_at_the_edge_and_stay_lines() -> None:
    checks = Checks()
    zone = shapely.box(0, 0, 100, 100)
    roads = frame(shapely.LineString([(-50, 50), (50, 50)]),
                  shapely.LineString([(-50, 0), (0, 0), (0, 100), (-50, 100)]),
                  shapely.LineString([(-9, -9), (-9, 9)]))
    cut = clip(roads, zone, checks, "roads")
    assert cut.length.tolist() == pytest.approx([50, 100])
    assert set(cut.geom_type) <= {"LineString", "MultiLineString"}
    assert checks.clipped == {"roads: outside the zone": 1, "roads: cut at the edge": 2}
