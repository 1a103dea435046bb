"""What a zone is made from: every source read once, in the zone's coordinate system, inside the zone's outline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from twin import boundary
from twin.checks import Checks
from twin.crs import WGS84, parse_crs, transform, utm_crs
from twin.errors import ZoneError
from twin.neighbourhood import find_neighbourhoods
from twin.parts import attach_parts, drop_unseen, share_ground
from twin.sea import find_sea
from twin.sources import osm
from twin.sources.frame import BUILDING_COLUMNS
from twin.tiling import Ground, tile_parcels

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.zone import Zone

WORLD = pyproj.CRS.from_epsg(3857)  # only to find out where a source lies


@dataclass(frozen=True, slots=True)
class Material:
    """The tables of a zone's sources, in one coordinate system and inside one outline."""

    crs: pyproj.CRS
    outline: shapely.Geometry
    outline_source: str
    buildings: gpd.GeoDataFrame
    parcels: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    energy_assets: gpd.GeoDataFrame
    land: gpd.GeoDataFrame
    neighbourhoods: gpd.GeoDataFrame


def gather_material(zone: Zone, checks: Checks, say: Callable[[str], None]) -> Material:
    """
    Read every source of a zone.

    Parameters
    ----------
    zone
        The zone's description.
    checks
        Receives faults and counts.
    say
        Told what is being done, for a progress bar.

    Raises
    ------
    SourceError
        If a source has faults; all are listed.
    ZoneError
        If nothing tells where the zone lies.
    """
    files = zone.files()
    if not files.keys() & {"osm", "buildings", "parcels"}:
        message = f"zone {zone.name!r} has no source; give OSM data, buildings or parcels"
        raise ZoneError(message)
    crs = parse_crs(zone.crs) if zone.crs is not None else _estimate_crs(zone)
    say("reading OpenStreetMap")
    base = _no_osm(crs)
    if "osm" in files:
        base = osm.read_osm(files["osm"], crs, checks, with_buildings="buildings" not in files)
    say("reading buildings and parcels")
    buildings = _read_vector(zone, "buildings", crs, checks)
    buildings = base.buildings if buildings is None else buildings
    parcels, given = _read_vector(zone, "parcels", crs, checks), _read_vector(zone, "neighbourhoods", crs, checks)
    checks.raise_faults()
    outline, outline_source = boundary.find_boundary(
        crs=crs,
        outline=boundary.read_boundary(files["boundary"], crs) if "boundary" in files else None,
        parcels=parcels, box=base.bounds, buildings=buildings,
    )
    say("measuring heights")
    buildings = _inside(attach_parts(drop_unseen(buildings, checks), checks), outline, checks)
    buildings = share_ground(buildings, checks)
    buildings = _measure(zone, buildings, crs, checks)
    checks.raise_faults()
    land = _with_sea(boundary.clip(base.land, outline, checks, "land covers"), base.coastline, outline)
    roads = boundary.clip(base.roads, outline, checks, "roads")
    say("dividing the ground into parcels")
    footprints = buildings.geometry.to_numpy()[~buildings["is_part"].to_numpy(bool)]
    water = shapely.union_all(land.geometry.to_numpy()[(land["kind"] == "water").to_numpy()])
    ground = Ground(zone=outline, buildings=footprints, roads=roads, water=shapely.make_valid(water))
    tiled, outline = tile_parcels(ground, parcels, checks)
    return Material(
        crs=crs, outline=outline, outline_source=outline_source, buildings=buildings, parcels=tiled, roads=roads,
        energy_assets=boundary.clip(base.energy_assets, outline, checks, "energy assets"), land=land,
        neighbourhoods=find_neighbourhoods(outline, footprints, base.places, given, checks),
    )


def _read_vector(zone: Zone, role: str, crs: pyproj.CRS, checks: Checks) -> gpd.GeoDataFrame | None:
    """Return the features of one vector source, None where the zone has no such file."""
    from twin.sources.buildings import read_buildings
    from twin.sources.neighbourhoods import read_neighbourhoods
    from twin.sources.parcels import read_parcels

    readers = {"buildings": read_buildings, "parcels": read_parcels, "neighbourhoods": read_neighbourhoods}
    source, path = getattr(zone.sources, role), zone.files().get(role)
    if source is None or path is None:
        return None
    return readers[role](source.in_year(zone.inventory.base_year), path, crs, checks)


def _inside(buildings: gpd.GeoDataFrame, outline: shapely.Geometry, checks: Checks) -> gpd.GeoDataFrame:
    """Return the buildings that stand in the zone, with their parts."""
    is_part = buildings["is_part"].to_numpy(bool)
    kept = boundary.keep_inside(buildings[~is_part], outline, checks, "buildings")
    parts = buildings[is_part & buildings["part_of"].isin(set(kept["feature_id"])).to_numpy()]
    checks.count("clipped", "building parts: outside the zone", int(is_part.sum()) - len(parts))
    together = pd.concat([kept, parts], ignore_index=True) if len(parts) else kept
    return gpd.GeoDataFrame(together, geometry="geometry", crs=buildings.crs)


def _measure(zone: Zone, buildings: gpd.GeoDataFrame, crs: pyproj.CRS, checks: Checks) -> gpd.GeoDataFrame:
    """Return the buildings with height above ground and ground height from the zone's rasters, where it has them."""
    files = zone.files()
    if buildings.empty or not {"terrain.dsm", "terrain.dtm"} & set(files):
        return buildings.assign(height_dsm_m=np.nan)
    from twin.sources.raster import building_heights, ground_heights

    if "terrain.dsm" not in files:
        ground_m = ground_heights(buildings.geometry, files["terrain.dtm"], crs, checks)
        told_m = pd.to_numeric(buildings["ground_m"])
        return buildings.assign(height_dsm_m=np.nan, ground_m=ground_m.where(ground_m.notna(), told_m))
    measured = building_heights(buildings.geometry, files["terrain.dsm"], files.get("terrain.dtm"), crs, checks)
    if measured.empty:
        return buildings.assign(height_dsm_m=np.nan)
    return buildings.assign(
        height_dsm_m=measured["height_dsm_m"].to_numpy(float), ground_m=measured["ground_m"].to_numpy(float)
    )


def _with_sea(land: gpd.GeoDataFrame, coastline: gpd.GeoDataFrame, outline: shapely.Geometry) -> gpd.GeoDataFrame:
    """Return the land cover with the sea added where a coastline crosses the zone."""
    sea = find_sea(coastline.geometry.to_numpy(), outline)
    if shapely.is_empty(sea):
        return land
    row = gpd.GeoDataFrame(
        {"feature_id": ["osm:coastline"], "kind": ["water"], "subkind": ["sea"]}, geometry=[sea], crs=land.crs
    )
    return gpd.GeoDataFrame(pd.concat([land, row], ignore_index=True), geometry="geometry", crs=land.crs)


def _no_osm(crs: pyproj.CRS) -> osm.OsmData:
    """Return the themes of OpenStreetMap, empty."""
    def empty(columns: tuple[str, ...]) -> gpd.GeoDataFrame:
        plain = {name: pd.Series(dtype=object) for name in columns if name != "geometry"}
        return gpd.GeoDataFrame(plain, geometry=[], crs=crs)

    return osm.OsmData(
        buildings=empty(BUILDING_COLUMNS), roads=empty(osm.ROAD_COLUMNS),
        energy_assets=empty(osm.ENERGY_COLUMNS), land=empty(osm.LAND_COLUMNS), places=empty(osm.PLACE_COLUMNS),
        coastline=empty(("feature_id",)), bounds=None,
    )


def _estimate_crs(zone: Zone) -> pyproj.CRS:
    """Return the UTM zone that the first source lies in; a faulty source says its faults here already."""
    files = zone.files()
    if "osm" in files and (box := osm.read_bounds(files["osm"])):
        return utm_crs((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    checks = Checks()
    for role in ("osm", "parcels", "buildings"):
        if role not in files:
            continue
        if role == "osm":
            found = osm.read_osm(files[role], WORLD, checks).buildings
        else:
            found = _read_vector(zone, role, WORLD, checks)
        checks.raise_faults()
        if found is not None and len(found):
            west, south, east, north = transform(shapely.box(*found.total_bounds), WORLD, WGS84).bounds
            return utm_crs((west + east) / 2, (south + north) / 2)
    message = "no source tells where the zone lies; set zone.crs (for instance EPSG:4549) or --crs"
    raise ZoneError(message)
