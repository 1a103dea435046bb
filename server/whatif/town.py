"""A release's town, made ready for questions: bodies of buildings, roofs and points on them, sun and weather."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from layers.solar.compute import AZIMUTHS, sun_rule
from layers.solar.overshadow import Points, Roofs, lay_points
from layers.solar.pv_settings import PvSettings
from layers.solar.sills import read_blocks
from layers.solar.yields import Daylight
from server.whatif.desk import Drawer
from twin.crs import grid_convergence, parse_crs, to_degrees
from twin.light.dome import Dome
from twin.light.sky import make_sky
from twin.weather.closure import find_place
from twin.weather.year import WeatherYear

if TYPE_CHECKING:
    import pyproj
    from numpy.typing import NDArray

    from server.database import ServedRelease
    from twin.light.sky import Sky
    from twin.light.sunlight import SunRule

    Floats = NDArray[np.float64]

ROOFS = """
select surface_id, building_id, part_id, tilt_deg, azimuth_deg, plan_m2, height_m, usable_m2, mount, capacity_kwp,
       yield_kwh_per_a, yield_common_95_kwh, yield_own_95_kwh, yield_common_90_kwh, yield_own_90_kwh,
       st_aswkb(st_force2d(geometry)) as wkb
from roof_surface order by surface_id
"""
SIGNATURES = """
select surface_id, seen, seen_bright from roof_signature inner join roof_surface using (surface_id)
where roof_surface.capacity_kwp > 0
"""
HALVES = ("common_95", "own_95", "common_90", "own_90")  # half-widths of a yield's bounds
DEGREES_PER_HOUR = 15.0


@dataclass(frozen=True)
class Sun:
    """
    Weather and photovoltaics of a release.

    Attributes
    ----------
    year, sky, daylight
        The weather year at its own place, its sky, and what its lit hours have in common.
    settings
        Of the photovoltaic model.
    signatures
        Packed signatures of the parts of roofs that modules stand on, by surface_id: four kilobytes each.
    half_widths
        Of the bounds of a yield over the yield, by :data:`HALVES`, as the release has them. [-]
    """

    year: WeatherYear
    sky: Sky
    daylight: Daylight
    settings: PvSettings
    signatures: dict[str, bytes]
    half_widths: dict[str, float]


@dataclass(frozen=True)
class Town:
    """
    A release made ready.

    Attributes
    ----------
    served
        The release.
    crs, zone
        Its coordinate system and outline. [m]
    latitude_deg, convergence_deg
        Latitude that its sun is of, north positive, and direction of grid north, clockwise from true north. [degrees]
    drawer
        Works out what the model says of drafts.
    blocks
        Bodies of the standing buildings; see :func:`layers.solar.sills.read_blocks`, with the bounds of each outline.
    rule
        What counts as sun at windows.
    roofs, solids, points
        Surfaces of roofs, the same as solids, and points on them, in one order.
    triangles, triangle_roof
        Of all solids, and the roof of each. [m], shapes (triangles, 3, 3), (triangles,)
    sun
        None where the release knows no weather.
    """

    served: ServedRelease
    crs: pyproj.CRS
    zone: shapely.Geometry
    latitude_deg: float
    convergence_deg: float
    drawer: Drawer
    blocks: pd.DataFrame
    rule: SunRule
    roofs: pd.DataFrame
    solids: Roofs
    points: Points
    triangles: Floats
    triangle_roof: NDArray[np.int64]
    sun: Sun | None

    @property
    def release_id(self) -> str:
        """Name of the release."""
        return str(self.served.release.release_id)


def make_town(served: ServedRelease) -> Town:
    """Return a release made ready."""
    crs = parse_crs(served.release.manifest["zone"]["crs"])
    row = served.row("select st_aswkb(geometry) as wkb from zone") or {}
    zone = shapely.from_wkb(bytes(row["wkb"]))
    middle = shapely.centroid(zone)
    longitude_deg, latitude_deg = to_degrees(crs, (middle.x, middle.y))
    convergence_deg = grid_convergence(crs, (middle.x, middle.y))
    roofs = served.arrow(ROOFS).to_pandas() if "roof_surface" in served.tables else pd.DataFrame()
    roofs["part_id"] = roofs.get("part_id", pd.Series(dtype=object)).fillna("")
    blocks = read_blocks(served.cursor(), roofs if len(roofs) else None)
    blocks = with_bounds(blocks)
    drawer = Drawer(served)
    solids = _solids(roofs, blocks, convergence_deg)
    triangles, triangle_roof = solids.triangles()
    sun = _sun(served, drawer.factors, roofs, (latitude_deg, longitude_deg), convergence_deg)
    return Town(served, crs, zone, latitude_deg, convergence_deg, drawer, blocks, sun_rule(drawer.solar), roofs, solids,
                lay_points(solids), triangles, triangle_roof, sun)


def with_bounds(blocks: pd.DataFrame) -> pd.DataFrame:
    """Return bodies with their outlines as shapes and the bounds of these. [m]"""
    shapes = shapely.from_wkb([bytes(wkb) for wkb in blocks["wkb"]])
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    told = {name: bounds[:, number] for number, name in enumerate(("west", "south", "east", "north"))}
    return blocks.assign(shape=pd.Series(list(shapes), index=blocks.index, dtype=object), **told)


def make_solids(outlines: NDArray[np.object_], frame: pd.DataFrame, slopes: Floats, ground_m: Floats) -> Roofs:
    """
    Return roofs as solids.

    Parameters
    ----------
    outlines
        Seen from above. [m], shape (roofs,)
    frame
        With height_m of the roofs' middles above their ground. [m]
    slopes
        Rise eastward and northward. shape (roofs, 2)
    ground_m
        [m above datum], shape (roofs,)
    """
    middle = shapely.get_coordinates(shapely.centroid(outlines))
    level = ground_m + frame["height_m"].to_numpy(float) - (slopes * middle).sum(axis=1)
    return Roofs(outlines, np.column_stack([level, slopes]), ground_m)


def _solids(roofs: pd.DataFrame, blocks: pd.DataFrame, convergence_deg: float) -> Roofs:
    """Return the release's roofs as solids; tilt and azimuth tell their planes."""
    if roofs.empty:
        return Roofs(np.empty(0, object), np.empty((0, 3)), np.empty(0))
    outlines = shapely.from_wkb([bytes(wkb) for wkb in roofs["wkb"]])
    grid_deg = np.radians(roofs["azimuth_deg"].to_numpy(float) - convergence_deg)
    fall = np.tan(np.radians(roofs["tilt_deg"].to_numpy(float)))
    slopes = -fall[:, None] * np.column_stack([np.sin(grid_deg), np.cos(grid_deg)])
    ground = (blocks["low_m"] - blocks["base_m"].fillna(0.0)).groupby(blocks["building_id"]).first()
    return make_solids(outlines, roofs, slopes, ground.reindex(roofs["building_id"]).to_numpy(float))


def _sun(
    served: ServedRelease, factors: Any, roofs: pd.DataFrame, place: tuple[float, float], convergence_deg: float
) -> Sun | None:
    """Return weather and photovoltaics, None where the release has none."""
    bearing = roofs[roofs["yield_kwh_per_a"] > 0] if "yield_kwh_per_a" in roofs else roofs
    if bearing.empty:
        return None
    hours = served.arrow("from solar_hour order by hour").to_pandas()
    moments = pd.DatetimeIndex(pd.to_datetime(hours["moment"], format="%Y-%m-%dT%H:%MZ", utc=True))
    names = {"ghi": "ghi_w_per_m2", "dni": "dni_w_per_m2", "dhi": "dhi_w_per_m2", "temp_air": "temp_air_degc",
             "wind_speed": "wind_speed_m_per_s"}
    weather = pd.DataFrame({name: hours[column].to_numpy(float) for name, column in names.items()}, index=moments)
    latitude_deg, longitude_deg = find_place(weather, place)
    year = WeatherYear(weather, latitude_deg, longitude_deg, 0.0, "release", synthetic=False,
                       utc_offset_h=round(longitude_deg / DEGREES_PER_HOUR))
    sky = make_sky(weather, latitude_deg, longitude_deg, convergence_deg=convergence_deg, dome=Dome(azimuths=AZIMUTHS))
    settings = PvSettings.from_factors(factors)
    first = bearing.iloc[0]
    halves = {name: float(first[f"yield_{name}_kwh"] / first["yield_kwh_per_a"]) for name in HALVES}
    seen = {row["surface_id"]: bytes(row["seen_bright"] or row["seen"]) for row in served.rows(SIGNATURES)}
    return Sun(year, sky, Daylight.of(year, settings, convergence_deg=convergence_deg), settings, seen, halves)
