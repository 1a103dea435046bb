"""Sun at the sills of dwellings: bodies of buildings, the walls behind which people live, and their hours of sun."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.solar.surfaces import read_bodies
from twin.light.bodies import Bodies
from twin.light.facade import find_octant
from twin.light.sunlight import RULE, sunlight_hours

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

    from twin.light.sunlight import Sunlight, SunRule

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.int64]

LOWEST_STOREY_M, HIGHEST_STOREY_M = 2.2, 6.0  # a storey's height that is not to be believed lies outside
SAME_M = 0.01


def read_blocks(connection: duckdb.DuckDBPyConnection, roofs: pd.DataFrame | None) -> pd.DataFrame:
    """
    Return the bodies of standing buildings with building_id, use, levels, wkb, low_m and top_m. [m above datum]

    Parameters
    ----------
    connection
        Database with the tables building and building_part.
    roofs
        Surfaces of the roofs, where walls under pitched ones are to end at their mean height: building_id, part_id,
        height_m [m above ground], plan_m2 [m2].
    """
    table = read_bodies(connection)
    top = table["height_m"].astype(float)
    if roofs is not None:
        parts = roofs.assign(volume=roofs["height_m"] * roofs["plan_m2"], part_id=roofs["part_id"].fillna(""))
        sums = parts.groupby(["building_id", "part_id"])[["volume", "plan_m2"]].sum()
        mean = (sums["volume"] / sums["plan_m2"]).rename("roof_m").reset_index()
        table = table.merge(mean, on=["building_id", "part_id"], how="left", validate="many_to_one")
        top = table["roof_m"].fillna(table["height_m"]).clip(upper=table["height_m"])
    known = table["ground_m"].astype(float)
    ground = known.fillna(known.median() if known.notna().any() else 0.0)
    return table.assign(low_m=ground + table["base_m"].fillna(0.0), top_m=ground + top)


def make_bodies(table: pd.DataFrame) -> tuple[NDArray[np.str_], Bodies]:
    """Return the buildings of a table of bodies in the order of their names, and the bodies, owned by their numbers."""
    buildings, owner = np.unique(table["building_id"].to_numpy(str), return_inverse=True)
    outlines = shapely.from_wkb([bytes(wkb) for wkb in table["wkb"]])
    return buildings, Bodies.of(outlines, table["low_m"].to_numpy(float), table["top_m"].to_numpy(float), owner)


def find_storeys(table: pd.DataFrame, buildings: NDArray[np.str_]) -> tuple[Floats, Floats]:
    """Return the height of a storey, NaN where nobody lives or levels are unknown, and the lowest foot. (buildings,)"""
    groups = table.groupby("building_id")
    low = groups["low_m"].min().reindex(buildings).to_numpy(float)
    levels = groups["levels"].first().reindex(buildings).to_numpy(float)
    height = (groups["top_m"].max() - groups["low_m"].min()).reindex(buildings).to_numpy(float)
    lived = (groups["use"].first() == "residential").reindex(buildings).to_numpy(bool) & (levels > 0)
    storey = np.clip(height / np.where(lived, levels, 1), LOWEST_STOREY_M, HIGHEST_STOREY_M)
    return np.where(lived, storey, np.nan), low


def dwelling_walls(bodies: Bodies, storeys: tuple[Floats, Floats]) -> tuple[Numbers, Floats]:
    """Return the walls of dwellings that stand on the ground, and the height of a storey. shapes (n,)"""
    walls = bodies.walls
    owner = bodies.owner[walls.body]
    storey, low = storeys[0][owner], storeys[1][owner]
    wanted = np.flatnonzero(np.isfinite(storey) & (walls.base_m < low + SAME_M))
    return wanted, storey[wanted]


def hours_by_side(sun: Sunlight, side: Numbers) -> pd.DataFrame:
    """
    Return the hours of sun of sides, by the number of the side: least_h at its darkest window, mean_h of all. [h]

    Parameters
    ----------
    sun
        Hours of walls.
    side
        Side of each wall of the city. shape (walls,)
    """
    frame = pd.DataFrame({"side": side[sun.wall], "least": sun.least_h, "windows": sun.windows,
                          "total": sun.mean_h * sun.windows}).groupby("side")  # fmt: skip
    return pd.DataFrame({"least_h": frame["least"].min(), "mean_h": frame["total"].sum() / frame["windows"].sum()})


def dwelling_hours(
    table: pd.DataFrame, wanted: NDArray[np.str_], *, latitude_deg: float, convergence_deg: float, rule: SunRule = RULE
) -> pd.DataFrame:
    """
    Return the hours of sun of some dwellings among what stands around, as `building_solar` has them.

    Of the sides of a building by octant the sunniest counts, and of that the lowest storey of dwellings.

    Parameters
    ----------
    table
        Bodies, as :func:`read_blocks` gives them.
    wanted
        building_id of those that are asked for.
    latitude_deg, convergence_deg
        Latitude, north positive, and direction of grid north, clockwise from true north. [degrees]
    rule
        Day and hours in which sunlight counts, and the shortest stretch of it.

    Returns
    -------
    hours
        Index building_id; least_h at the darkest window, mean_h. [h] Buildings without a sunny side are left out.
    """
    buildings, bodies = make_bodies(table)
    wall, storey_m = dwelling_walls(bodies, find_storeys(table, buildings))
    walls = bodies.walls
    owner = bodies.owner[walls.body]
    asked = np.isin(buildings, wanted)[owner[wall]]
    wall, storey_m = wall[asked], storey_m[asked]
    octant = find_octant(walls.azimuth_deg + convergence_deg)
    sides, side = np.unique(np.column_stack([owner, octant]), axis=0, return_inverse=True)
    sun = sunlight_hours(bodies, wall, np.ones(len(wall), np.int64), storey_m, latitude_deg=latitude_deg,
                         convergence_deg=convergence_deg, rule=rule)  # fmt: skip
    hours = hours_by_side(sun, side.reshape(-1))
    hours["building_id"] = buildings[sides[hours.index.to_numpy(), 0]]
    sunniest = hours.sort_values("mean_h", ascending=False, kind="stable").drop_duplicates("building_id")
    return sunniest.set_index("building_id")[["least_h", "mean_h"]].sort_index()
