"""Facades of a zone: light on every building's walls by the octant that they face, and the sun at dwellings' sills."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from layers.solar.sills import dwelling_walls, find_storeys, hours_by_side, make_bodies, read_blocks
from twin.light.facade import ALBEDO, OCTANTS, irradiate_facades
from twin.light.rays import terrain
from twin.light.sunlight import RULE, sunlight_hours

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

    from layers.solar.surfaces import Surfaces
    from twin.light.bodies import Bodies
    from twin.light.facade import Facades, Sides
    from twin.light.sky import Sky
    from twin.light.sunlight import SunRule

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.int64]

MONTHS = 12
NODE_M = 100.0  # distance of the nodes of the ground
AROUND_M = 1000.0  # that the ground reaches beyond the buildings


@dataclass(frozen=True)
class Fronts:
    """
    The facades of a zone.

    Attributes
    ----------
    frame
        The table `facade_surface`, one row per building and octant; see :func:`find_facades`.
    facades, sides
        The cells of all walls, and the same rows as arrays: `facades.signature(sides.wall_side, len(frame))` tells
        what the sun reaches in any year's hours.
    """

    frame: gpd.GeoDataFrame
    facades: Facades
    sides: Sides


def find_facades(
    connection: duckdb.DuckDBPyConnection, sky: Sky, *, latitude_deg: float, convergence_deg: float = 0.0,
    surfaces: Surfaces | None = None, albedo: float = ALBEDO, rule: SunRule = RULE,
    processes: int | None = 1,
) -> Fronts:
    """
    Return the facades of all standing buildings.

    Columns of the table: surface_id, building_id, orientation (N to NW), azimuth_deg (clockwise from true north),
    area_m2 (outside), party_m2 (behind neighbours), irradiation_kwh_per_m2_a, irradiation_month_1_kwh_per_m2 to 12,
    sky_view_factor (0.5 for an open wall), for dwellings with known levels sunlight_h_min and sunlight_h_mean at the
    sills of the lowest storey, null where the sun cannot come in the counted hours; and the walls' foot as lines. A
    facade that is wholly behind neighbours has the area 0 and no irradiation. Walls end at the mean height of the
    roof above them; overhangs, balconies, trees and glass are left out.

    Parameters
    ----------
    connection
        Database with the tables building and building_part.
    sky
        The sky of twelve months; 128 sectors are advised.
    latitude_deg
        Latitude, north positive. [degrees]
    convergence_deg
        Direction of grid north, clockwise from true north. [degrees]
    surfaces
        The roofs, where walls under pitched ones are to end lower than the ridge.
    albedo
        Share of light that ground, roofs and walls reflect. [-]
    rule
        Day and hours in which sunlight counts, and the shortest stretch of it.
    processes
        How many work at once; as many as there are cores where None.

    Raises
    ------
    ValueError
        If the sky is not one of twelve months.
    """
    if sky.periods != MONTHS:
        message = f"the sky has {sky.periods} periods; facades need the twelve months"
        raise ValueError(message)
    table = read_blocks(connection, None if surfaces is None else surfaces.frame)
    buildings, bodies = make_bodies(table)
    facades = irradiate_facades(bodies, sky, ground=_ground(bodies), albedo=albedo, processes=processes)
    sides = facades.sides(convergence_deg=convergence_deg)
    frame = _told(buildings, sides)
    frame["azimuth_deg"] = (frame["azimuth_deg"] + convergence_deg) % 360
    wall, storey_m = dwelling_walls(bodies, find_storeys(table, buildings))
    sun = sunlight_hours(
        bodies, wall, np.ones(len(wall), np.int64), storey_m, latitude_deg=latitude_deg,
        convergence_deg=convergence_deg, rule=rule, processes=processes,
    )  # fmt: skip
    hours = hours_by_side(sun, sides.wall_side).reindex(frame.index)
    frame["sunlight_h_min"], frame["sunlight_h_mean"] = hours["least_h"], hours["mean_h"]
    return Fronts(gpd.GeoDataFrame(frame, geometry=_lines(bodies, sides)), facades, sides)


def _told(buildings: NDArray[np.str_], sides: Sides) -> pd.DataFrame:
    """Return what is told of every side and its light."""
    names = np.array(OCTANTS)[sides.octant]
    return pd.DataFrame({
        "surface_id": [f"{buildings[own]}/facade/{name}" for own, name in zip(sides.owner, names, strict=True)],
        "building_id": buildings[sides.owner], "orientation": names, "azimuth_deg": sides.azimuth_deg,
        "area_m2": sides.area_m2, "party_m2": sides.party_m2,
        "irradiation_kwh_per_m2_a": sides.irradiation.sum(axis=1),
        **{f"irradiation_month_{month + 1}_kwh_per_m2": sides.irradiation[:, month] for month in range(MONTHS)},
        "sky_view_factor": sides.sky_view,
    })  # fmt: skip


def _ground(bodies: Bodies) -> Floats:
    """
    Return the ground as triangles that lie nowhere above the foot of a building.

    A node takes the lowest foot in the cells around it; where nothing stands, that of the nearest node that has one.
    """
    if not len(bodies):
        return np.empty((0, 3, 3))
    middle = (bodies.bounds[:, :2] + bodies.bounds[:, 2:]) / 2
    west, north = middle[:, 0].min() - AROUND_M, middle[:, 1].max() + AROUND_M
    column = ((middle[:, 0] - west) // NODE_M).astype(np.int64)
    row = ((north - middle[:, 1]) // NODE_M).astype(np.int64)
    more = int(AROUND_M // NODE_M) + 1
    heights = np.full((row.max() + more + 1, column.max() + more + 1), np.inf)
    for down in (0, 1):
        for right in (0, 1):
            np.minimum.at(heights, (row + down, column + right), bodies.base_m)
    known = np.isfinite(heights)
    _, nearest = cKDTree(np.argwhere(known)).query(np.argwhere(~known))
    heights[~known] = heights[known][nearest]
    return terrain(heights, float(west), float(north), NODE_M)


def _lines(bodies: Bodies, sides: Sides) -> NDArray[np.object_]:
    """Return the foot of each side's walls. shape (sides,)"""
    walls = bodies.walls
    order = np.argsort(sides.wall_side, kind="stable")
    foot = np.asarray(shapely.linestrings(np.stack([walls.start, walls.end], axis=1)[order]), dtype=object)
    together = shapely.multilinestrings(foot, indices=sides.wall_side[order])
    return np.asarray(shapely.line_merge(together), dtype=object)
