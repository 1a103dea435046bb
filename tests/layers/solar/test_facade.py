"""Facades of a zone of three buildings, one of them a tower on a base and one of them a row house's neighbour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely

from layers.solar.facade import find_facades
from layers.solar.roof import RoofRule
from layers.solar.surfaces import find_surfaces
from twin.database import connect
from twin.light.dome import Dome
from twin.light.sky import make_sky

if TYPE_CHECKING:
    import duckdb

    from twin.light.sky import Sky

ROOF = """
    null::varchar as roof_shape, null::double as roof_direction_deg, null::varchar as roof_orientation,
    null::double as roof_height_m, null::double as roof_angle_deg
"""
RULE = RoofRule({"gabled": 45.0, "hipped": 30.0, "pyramidal": 30.0, "shed": 10.0, "sawtooth": 20.0}, 8.0, 0.7)


@pytest.fixture
def zone() -> duckdb.DuckDBPyConnection:
    """Return three houses: a (12 m, lived in), b that touches a in the east (6 m), and c, an office tower on a base."""
    connection = connect()
    connection.execute(f"""
        create table building as
        select *, {ROOF} from (values
            ('a', 'residential', 'existing', 12.0, 4.0, 3.0, 0.0, 'polygon((0 0, 20 0, 20 10, 0 10, 0 0))'),
            ('b', 'retail', 'existing', 6.0, null, null, 0.0, 'polygon((20 0, 40 0, 40 10, 20 10, 20 0))'),
            ('c', 'office', 'existing', 40.0, 10.0, 3.0, 0.0, 'polygon((0 -50, 30 -50, 30 -30, 0 -30, 0 -50))'),
            ('d', 'residential', 'planned', 90.0, 30.0, 3.0, 0.0, 'polygon((0 -20, 20 -20, 20 -10, 0 -10, 0 -20))')
        ) as t(building_id, use, status, height_m, levels, ground_m, base_m, wkt)
    """)
    connection.execute("alter table building add column geometry geometry")
    connection.execute("update building set geometry = st_geomfromtext(wkt)")
    connection.execute(f"""
        create table building_part as
        select *, st_geomfromtext(wkt) as geometry, {ROOF} from (values
            ('c1', 'c', 0.0, 8.0, 'polygon((0 -50, 30 -50, 30 -30, 0 -30, 0 -50))'),
            ('c2', 'c', 8.0, 40.0, 'polygon((5 -45, 15 -45, 15 -35, 5 -35, 5 -45))')
        ) as t(part_id, building_id, base_m, height_m, wkt)
    """)
    connection.execute("create table roof_face (face_id varchar, building_id varchar, geometry geometry)")
    return connection


@pytest.fixture(scope="module")
def sky() -> Sky:
    times = pd.date_range("2023-01-01 00:30", periods=8760, freq="1h", tz="Etc/GMT-8")
    day = np.clip(np.sin((times.hour - 6) * np.pi / 12), 0, 1)
    hours = pd.DataFrame({"ghi": 500 * day, "dni": 300 * day, "dhi": 200 * day}, index=times)
    return make_sky(hours, 31.45, 121.1, months=times.month.to_numpy(), dome=Dome(64))


def test_every_side_of_every_standing_building_is_a_row(zone: duckdb.DuckDBPyConnection, sky: Sky) -> None:
    frame = find_facades(zone, sky, latitude_deg=31.45).frame
    assert sorted(frame["surface_id"]) == [f"{name}/facade/{side}" for name in "abc" for side in ("E", "N", "S", "W")]
    rows = frame.set_index("surface_id")
    assert rows.loc["a/facade/N", "area_m2"] == pytest.approx(20 * 12)
    assert rows.loc["a/facade/E", "area_m2"] == pytest.approx(10 * 6)
    assert rows.loc["a/facade/E", "party_m2"] == pytest.approx(10 * 6)
    assert rows.loc["b/facade/W", "area_m2"] == 0
    assert pd.isna(rows.loc["b/facade/W", "irradiation_kwh_per_m2_a"])
    assert rows.loc["c/facade/S", "area_m2"] == pytest.approx(30 * 8 + 10 * 32)
    assert rows["azimuth_deg"].loc[["a/facade/N", "a/facade/E", "a/facade/S"]].tolist() == [0.0, 90.0, 180.0]


def test_months_sum_to_the_year_and_the_south_is_brighter(zone: duckdb.DuckDBPyConnection, sky: Sky) -> None:
    frame = find_facades(zone, sky, latitude_deg=31.45).frame.set_index("surface_id")
    months = frame[[f"irradiation_month_{month}_kwh_per_m2" for month in range(1, 13)]]
    assert months.sum(axis=1, min_count=12).to_numpy() == pytest.approx(
        frame["irradiation_kwh_per_m2_a"].to_numpy(), nan_ok=True)  # fmt: skip
    assert frame.loc["c/facade/S", "irradiation_kwh_per_m2_a"] > frame.loc["c/facade/N", "irradiation_kwh_per_m2_a"]
    assert frame["sky_view_factor"].max() <= 0.5


def test_only_dwellings_that_the_sun_can_reach_have_hours(zone: duckdb.DuckDBPyConnection, sky: Sky) -> None:
    frame = find_facades(zone, sky, latitude_deg=31.45).frame.set_index("surface_id")
    told = frame.index[frame["sunlight_h_mean"].notna()].tolist()
    assert told == ["a/facade/S", "a/facade/W"]  # its eastern windows lie behind b
    assert 3 < frame.loc["a/facade/S", "sunlight_h_min"] < 8  # the tower's shade passes
    assert frame.loc["a/facade/S", "sunlight_h_min"] <= frame.loc["a/facade/S", "sunlight_h_mean"]


def test_the_foot_of_the_walls_is_drawn(zone: duckdb.DuckDBPyConnection, sky: Sky) -> None:
    frame = find_facades(zone, sky, latitude_deg=31.45).frame.set_index("surface_id")
    assert frame.loc["a/facade/S", "geometry"].equals(shapely.LineString([(0, 0), (20, 0)]))
    assert frame.loc["c/facade/S", "geometry"].length == pytest.approx(40)


def test_walls_under_a_gable_end_at_half_its_rise(zone: duckdb.DuckDBPyConnection, sky: Sky) -> None:
    zone.execute("update building set roof_shape = 'gabled' where building_id = 'a'")
    surfaces = find_surfaces(zone, RULE)
    frame = find_facades(zone, sky, latitude_deg=31.45, surfaces=surfaces).frame.set_index("surface_id")
    # 45 degrees over half of 10 m is a rise of 5 m: eaves at 7 m, the roof's mean at 9.5 m
    assert frame.loc["a/facade/S", "area_m2"] == pytest.approx(20 * 9.5)


def test_unknown_ground_is_that_of_most(zone: duckdb.DuckDBPyConnection, sky: Sky) -> None:
    fronts = find_facades(zone, sky, latitude_deg=31.45)
    assert set(fronts.facades.bodies.base_m) == {3.0, 11.0}


def test_an_empty_zone_has_no_facades(zone: duckdb.DuckDBPyConnection, sky: Sky) -> None:
    zone.execute("delete from building")
    frame = find_facades(zone, sky, latitude_deg=31.45).frame
    assert len(frame) == 0
    assert "sunlight_h_min" in frame


def test_a_sky_of_one_year_is_refused(zone: duckdb.DuckDBPyConnection) -> None:
    times = pd.date_range("2023-06-01", periods=24, freq="1h", tz="Etc/GMT-8")
    year = make_sky(pd.DataFrame({"ghi": 0.0, "dni": 0.0, "dhi": 0.0}, index=times), 31.45, 121.1)
    with pytest.raises(ValueError, match="twelve months"):
        find_facades(zone, year, latitude_deg=31.45)
