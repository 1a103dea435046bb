from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from layers.solar.surfaces import find_surfaces
from layers.solar.walls import make_bodies, make_walls
from tests.layers.solar.test_roof import RULE
from twin.database import connect, load_frame

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

TAGS = {"roof_shape": None, "roof_direction_deg": None, "roof_orientation": None, "roof_height_m": None,
        "roof_angle_deg": None}


@pytest.fixture
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as connection:
        yield connection


def fill(
    connection: duckdb.DuckDBPyConnection, buildings: list[dict[str, Any]], parts: list[dict[str, Any]] | None = None,
    faces: list[dict[str, Any]] | None = None,
) -> None:
    """Make the three tables that roofs are found from."""
    crs = "EPSG:4549"
    defaults = TAGS | {"status": "existing", "ground_m": 3.0, "use": "office", "levels": 3.0, "base_m": 0.0}
    load_frame(connection, "building", gpd.GeoDataFrame([defaults | row for row in buildings], crs=crs))
    nowhere = {"building_id": "none", "geometry": shapely.box(0, 0, 1, 1)}
    part = TAGS | {"part_id": "none", "base_m": 0.0, "height_m": 0.0}
    load_frame(connection, "building_part", gpd.GeoDataFrame([part | row for row in parts or [nowhere]], crs=crs))
    load_frame(connection, "roof_face", gpd.GeoDataFrame(faces or [{"face_id": "none"} | nowhere], crs=crs))
    connection.execute("alter table building alter ground_m type double")
    for name in TAGS:
        kind = "varchar" if name in {"roof_shape", "roof_orientation"} else "double"
        for table in ("building", "building_part"):
            connection.execute(f'alter table "{table}" alter "{name}" type {kind} using "{name}"::{kind}')


def test_planned_buildings_have_no_roof_yet(database: duckdb.DuckDBPyConnection) -> None:
    fill(database, [{"building_id": "a", "height_m": 9.0, "geometry": shapely.box(0, 0, 10, 10)},
                    {"building_id": "b", "height_m": 9.0, "status": "planned", "geometry": shapely.box(20, 0, 30, 10)}])
    assert find_surfaces(database, RULE).frame["building_id"].tolist() == ["a"]


def test_a_tower_takes_its_ground_from_the_roof_around_it(database: duckdb.DuckDBPyConnection) -> None:
    """A podium of 20 m by 20 m bears a tower of 10 m by 10 m: 300 m2 at 6 m are left, and 100 m2 at 40 m."""
    podium, tower = shapely.box(0, 0, 20, 20), shapely.box(5, 5, 15, 15)
    fill(database, [{"building_id": "a", "height_m": 40.0, "geometry": podium}],
         [{"part_id": "p", "building_id": "a", "height_m": 6.0, "geometry": podium},
          {"part_id": "t", "building_id": "a", "height_m": 40.0, "geometry": tower}])
    frame = find_surfaces(database, RULE).frame.set_index("part_id")
    assert frame["plan_m2"].to_dict() == {"p": 300.0, "t": 100.0}
    assert frame["height_m"].to_dict() == {"p": 6.0, "t": 40.0}


def test_ground_without_a_part_lies_as_low_as_the_lowest(database: duckdb.DuckDBPyConnection) -> None:
    fill(database, [{"building_id": "a", "height_m": 30.0, "geometry": shapely.box(0, 0, 20, 10)}],
         [{"part_id": "p", "building_id": "a", "height_m": 12.0, "geometry": shapely.box(0, 0, 10, 10)}])
    surfaces = find_surfaces(database, RULE)
    assert sorted(surfaces.frame["plan_m2"]) == [100.0, 100.0]
    assert set(surfaces.frame["height_m"]) == {12.0}


def gable(ground_m: float) -> list[shapely.Geometry]:
    """Return two planes of 45 degrees over a house of 10 m by 10 m, eaves at 5 m, ridge at 10 m, one side in two."""
    low, high = ground_m + 5, ground_m + 10
    return [
        shapely.Polygon([(0, 0, low), (5, 0, low), (5, 5, high), (0, 5, high)]),
        shapely.Polygon([(5, 0, low), (10, 0, low), (10, 5, high), (5, 5, high)]),
        shapely.Polygon([(0, 10, low), (0, 5, high), (10, 5, high), (10, 10, low)]),
    ]


def test_faces_of_a_city_model_are_the_roof(database: duckdb.DuckDBPyConnection) -> None:
    house = {"building_id": "a", "height_m": 10.0, "geometry": shapely.box(0, 0, 10, 10)}
    fill(database, [house], faces=[{"face_id": str(number), "building_id": "a", "geometry": face}
                                   for number, face in enumerate(gable(3.0))])
    surfaces = find_surfaces(database, RULE)
    found = surfaces.frame.sort_values("azimuth_deg")
    assert found["shape_source"].tolist() == ["lod2", "lod2"]
    assert found["azimuth_deg"].round().tolist() == [0, 180]
    assert found["tilt_deg"].round(6).tolist() == [45, 45]
    assert found["area_m2"].sum() == pytest.approx(100 * np.sqrt(2))
    assert found["height_m"].tolist() == pytest.approx([7.5, 7.5])


def test_faces_that_cover_little_of_an_outline_are_not_its_roof(database: duckdb.DuckDBPyConnection) -> None:
    house = {"building_id": "a", "height_m": 10.0, "geometry": shapely.box(0, 0, 40, 40)}
    fill(database, [house], faces=[{"face_id": "f", "building_id": "a", "geometry": gable(3.0)[0]}])
    assert find_surfaces(database, RULE).frame["shape_source"].tolist() == ["assumed"]


def test_walls_stand_below_the_edges_and_not_below_the_ridge(database: duckdb.DuckDBPyConnection) -> None:
    """A gable of 20 m by 10 m, ridge at 12 m, eaves at 12 - 5 tan 30 m: 2 x 20 m of eaves and two gable ends."""
    house = {"building_id": "a", "height_m": 12.0, "roof_shape": "gabled", "geometry": shapely.box(0, 0, 20, 10)}
    fill(database, [house])
    walls = make_walls(find_surfaces(database, RULE)).set_index("orientation")
    assert sorted(walls.index) == ["E", "N", "S", "W"]
    eaves = 12 - 5 * np.tan(np.radians(30))
    assert shapely.get_coordinates(walls.loc["S", "geometry"], include_z=True)[:, 2].max() == pytest.approx(eaves)
    assert shapely.get_coordinates(walls.loc["E", "geometry"], include_z=True)[:, 2].max() == pytest.approx(12.0)
    east = shapely.get_coordinates(walls.loc["E", "geometry"], include_z=True)
    assert np.allclose(east[:, 0], 20.0)


def test_a_court_has_walls_that_look_inward(database: duckdb.DuckDBPyConnection) -> None:
    ring = shapely.difference(shapely.box(0, 0, 30, 30), shapely.box(10, 10, 20, 20))
    fill(database, [{"building_id": "a", "height_m": 12.0, "geometry": ring}])
    walls = make_walls(find_surfaces(database, RULE)).set_index("orientation")
    north = shapely.get_coordinates(walls.loc["N", "geometry"])
    assert set(north[:, 1]) == {30.0, 10.0}  # the outer wall in the north, and the court's own in the south of it


def area_in_space(faces: shapely.Geometry) -> float:
    """Return the area of plane faces in space, by the cross products of their corners. [m2]"""
    total = 0.0
    for face in shapely.get_parts(faces):
        at = shapely.get_coordinates(shapely.get_exterior_ring(face), include_z=True)
        total += float(np.linalg.norm(np.cross(at[:-1], at[1:]).sum(axis=0))) / 2
    return total


def test_a_body_is_roof_and_walls(database: duckdb.DuckDBPyConnection) -> None:
    """20 m by 10 m, eaves 9 m, ridge 12 m: walls of 20 x 9 and of 10 x 9 + 10 x 3 / 2, planes of 20 x 34^0.5."""
    house = {"building_id": "a", "height_m": 12.0, "roof_shape": "gabled", "roof_height_m": 3.0,
             "geometry": shapely.box(0, 0, 20, 10)}
    fill(database, [house, house | {"building_id": "flat", "roof_shape": None}])
    bodies = make_bodies(find_surfaces(database, RULE))
    assert bodies[["building_id", "shape", "shape_source"]].to_numpy().tolist() == [["a", "gabled", "tag"]]
    body = bodies["geometry"].iloc[0]
    assert area_in_space(body) == pytest.approx(2 * 180 + 2 * (90 + 15) + 2 * 20 * np.sqrt(34), rel=1e-3)
    heights = shapely.get_coordinates(body, include_z=True)[:, 2]
    assert set(heights.round(6)) == {0.0, 9.0, 12.0}


def test_a_part_in_the_air_has_walls_from_where_it_begins(database: duckdb.DuckDBPyConnection) -> None:
    outline = shapely.box(0, 0, 10, 10)
    fill(database, [{"building_id": "a", "height_m": 20.0, "geometry": outline}],
         [{"part_id": "p", "building_id": "a", "base_m": 8.0, "height_m": 20.0, "roof_shape": "pyramidal",
           "roof_height_m": 4.0, "geometry": outline}])
    (body,) = make_bodies(find_surfaces(database, RULE))["geometry"]
    assert set(shapely.get_coordinates(body, include_z=True)[:, 2].round(6)) == {8.0, 16.0, 20.0}
    assert area_in_space(body) == pytest.approx(4 * 10 * 8 + 4 * 10 * np.hypot(5, 4) / 2, rel=1e-3)


def test_a_zone_of_flat_roofs_has_no_bodies(database: duckdb.DuckDBPyConnection) -> None:
    fill(database, [{"building_id": "a", "height_m": 9.0, "geometry": shapely.box(0, 0, 10, 10)}])
    assert make_bodies(find_surfaces(database, RULE)).empty


def test_what_stands_on_another_part_has_its_walls_down_to_the_ground(database: duckdb.DuckDBPyConnection) -> None:
    """Seen from above only the upper of two parts of one outline is there: its walls are those of both."""
    outline = shapely.box(0, 0, 10, 10)
    fill(database, [{"building_id": "a", "height_m": 20.0, "geometry": outline}],
         [{"part_id": "low", "building_id": "a", "height_m": 10.0, "geometry": outline},
          {"part_id": "high", "building_id": "a", "base_m": 10.0, "height_m": 20.0, "roof_shape": "pyramidal",
           "roof_height_m": 4.0, "geometry": outline}])
    (body,) = make_bodies(find_surfaces(database, RULE))["geometry"]
    assert set(shapely.get_coordinates(body, include_z=True)[:, 2].round(6)) == {0.0, 16.0, 20.0}
