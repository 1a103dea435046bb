"""Parcels that cover the zone: cadastral ones, or derived ones, and public space between them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from twin.arrangement import GRID_M, NOBODY, absorb_slivers, cut_faces, dissolve, is_sliver, own_faces

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.checks import Checks

SLIVER_WIDTH_M = 0.1
SLIVER_AREA_M2 = 0.5
BLOCK_AREA_M2 = 30.0  # smaller pieces of land between streets, without a building, are part of the street
BLOCK_WIDTH_M = 2.0
SEGMENT_M = 2.0  # step along the outlines that the tessellation starts from
SHRINK_M = 0.2
CELL_M = 250.0  # public space is divided, so that what happens on a street has a place
SMALLEST_BUILDING_M2 = 4.0

ATTRIBUTES = ("cadastral_ref", "land_use_raw", "land_use", "tenure", "year", "far_max", "height_max_m",
              "coverage_max", "green_min")


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies on the ground of a zone and decides how it is divided. [m]"""

    zone: shapely.Geometry
    buildings: NDArray[np.object_]
    roads: gpd.GeoDataFrame
    water: shapely.Geometry


def tile_parcels(
    ground: Ground, cadastre: gpd.GeoDataFrame | None, checks: Checks
) -> tuple[gpd.GeoDataFrame, shapely.Geometry]:
    """
    Return parcels and public space that cover the zone without gap or overlap.

    Parameters
    ----------
    ground
        Outline of the zone, buildings, roads and water.
    cadastre
        Parcels of a cadastre; None to derive them from streets and buildings.
    checks
        Receives what was mended: overlaps, slivers, parcels outside the zone.

    Returns
    -------
    parcels
        Columns parcel_id, source (cadastre, derived, public), the cadastre's own, geometry.
    outline
        Outline of the zone with its vertices on the millimetre, exactly what the parcels cover. [m]
    """
    derived = cadastre is None
    claims = derive_cells(ground) if cadastre is None else _by_right(cadastre)
    outlines = [*claims.geometry, ground.water]
    if derived:
        outlines.append(street_space(ground))
    faces = cut_faces(outlines, ground.zone)
    owner, contested = own_faces(faces, claims.geometry.to_numpy())
    if not derived:
        area = shapely.area(faces[contested])
        checks.count("repaired", "parcels: overlap given to the smaller parcel", int((area > SLIVER_AREA_M2).sum()))
    else:
        owner = _keep_whole(faces, owner, ground.buildings)
    slivers = is_sliver(faces, width_m=SLIVER_WIDTH_M, area_m2=SLIVER_AREA_M2)
    owner = _own_public(faces, owner, ground.water, first=len(claims))
    checks.count("repaired", "parcels: sliver given to the neighbour", int((slivers & ~derived).sum()))
    owner = absorb_slivers(faces, owner, slivers)
    owners, merged = dissolve(faces, owner)
    if not derived:
        checks.count("clipped", "parcels: outside the zone", len(claims) - int((owners < len(claims)).sum()))
    private = _private(claims, owners, merged, source="derived" if derived else "cadastre")
    public = _public(owners, merged, first=len(claims))
    parcels = pd.concat([private, public], ignore_index=True)
    outline = shapely.coverage_union_all(faces)
    return gpd.GeoDataFrame(parcels, geometry="geometry", crs=ground.roads.crs), outline


def street_space(ground: Ground) -> shapely.Geometry:
    """Return the space of streets: each road as wide as its class, less the buildings that stand there. [m]"""
    roads = ground.roads
    if roads.empty:
        return shapely.Polygon()
    open_air = roads["is_street"].astype(bool) & ~roads["is_tunnel"].astype(bool) & (roads["width_m"] > 0)
    chosen = roads[open_air.to_numpy()]
    bands = shapely.buffer(chosen.geometry.to_numpy(), chosen["width_m"].to_numpy(float) / 2, quad_segs=3)
    space = shapely.intersection(shapely.union_all(bands, grid_size=GRID_M), ground.zone, grid_size=GRID_M)
    near = ground.buildings[shapely.intersects(ground.buildings, space)]
    return shapely.difference(space, shapely.union_all(near, grid_size=GRID_M), grid_size=GRID_M)


def derive_cells(ground: Ground) -> gpd.GeoDataFrame:
    """Return a cell around each building, bounded by streets, water and half the way to its neighbours."""
    import momepy

    taken = shapely.union(street_space(ground), ground.water, grid_size=GRID_M)
    blocks = shapely.get_parts(shapely.difference(ground.zone, taken, grid_size=GRID_M))
    buildings = _part_touching(ground.buildings)
    built = np.isin(np.arange(len(blocks)), shapely.STRtree(buildings).query(blocks, predicate="intersects")[0])
    blocks = blocks[built | ~is_sliver(blocks, width_m=BLOCK_WIDTH_M, area_m2=BLOCK_AREA_M2)]
    crs = ground.roads.crs
    block, _ = shapely.STRtree(buildings).query(blocks, predicate="intersects")
    if not (np.bincount(block) > 1).any():  # nothing to divide
        return gpd.GeoDataFrame(geometry=[*blocks, *ground.buildings], crs=crs)
    cells = momepy.enclosed_tessellation(
        gpd.GeoSeries(buildings, crs=crs), gpd.GeoSeries(blocks, crs=crs),
        shrink=SHRINK_M, segment=SEGMENT_M, simplify=False, n_jobs=1,
    )
    found = cells.geometry[cells.geometry.notna()].to_numpy()
    geometry = shapely.make_valid(found, method="structure", keep_collapsed=False)
    # A building that got no cell (too thin, or standing in water) has its own outline as its parcel.
    return gpd.GeoDataFrame(geometry=[*geometry[~shapely.is_empty(geometry)], *ground.buildings], crs=crs)


def geometry_id(geometry: shapely.Geometry) -> str:
    """Return an id that stays the same as long as the geometry does, to the centimetre."""
    rounded = shapely.normalize(shapely.set_precision(geometry, 0.01, mode="pointwise"))
    return hashlib.sha256(shapely.to_wkb(rounded)).hexdigest()[:12]


def divide(geometry: shapely.Geometry, cell_m: float = CELL_M) -> NDArray[np.object_]:
    """Return a geometry cut along a square grid whose lines lie at multiples of `cell_m`."""
    west, south, east, north = shapely.bounds(geometry)
    x = np.arange(np.floor(west / cell_m), np.ceil(east / cell_m)) * cell_m
    y = np.arange(np.floor(south / cell_m), np.ceil(north / cell_m)) * cell_m
    west_m, south_m = (axis.ravel() for axis in np.meshgrid(x, y))
    boxes = shapely.box(west_m, south_m, west_m + cell_m, south_m + cell_m)
    shapely.prepare(geometry)
    pieces = shapely.intersection(boxes[shapely.intersects(geometry, boxes)], geometry)
    areas = np.empty(len(pieces), dtype=object)
    areas[:] = [_areas(piece) for piece in pieces]
    return np.asarray(areas[~shapely.is_empty(areas)], dtype=object)


def _areas(geometry: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(geometry, return_index=False)
    areas = parts[shapely.get_dimensions(parts) == 2]
    area: shapely.Geometry = shapely.multipolygons(areas) if len(areas) != 1 else areas[0]
    return area


def _part_touching(buildings: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return footprints without the hairbreadth by which drawn outlines overlap: no tessellation may start from it."""
    pieces = buildings[shapely.area(buildings) >= SMALLEST_BUILDING_M2]
    pieces = pieces[np.argsort(shapely.area(pieces), kind="stable")]
    first, second = shapely.STRtree(pieces).query(pieces, predicate="intersects")
    for small, large in zip(first[first < second], second[first < second], strict=True):
        pieces[large] = shapely.difference(pieces[large], pieces[small], grid_size=GRID_M)
    parts = shapely.get_parts(pieces)
    return np.asarray(parts[shapely.area(parts) >= SMALLEST_BUILDING_M2], dtype=object)


def _by_right(cadastre: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return parcels in the order of their right to contested ground: the smaller, then the lesser reference."""
    order = np.lexsort((cadastre["feature_id"].astype(str), cadastre.area.round(3)))
    return cadastre.iloc[order].reset_index(drop=True)


def _keep_whole(
    faces: NDArray[np.object_], owner: NDArray[np.intp], buildings: NDArray[np.object_]
) -> NDArray[np.intp]:
    """Return the owners with all of a building on the one derived parcel that holds most of it."""
    building, contested = own_faces(faces, buildings)
    inside = (building != NOBODY) & ~contested & (owner != NOBODY)
    table = pd.DataFrame({"building": building[inside], "owner": owner[inside], "area": shapely.area(faces[inside])})
    held = table.groupby(["building", "owner"])["area"].sum().reset_index().sort_values(["building", "area", "owner"])
    most = held.groupby("building")["owner"].last()
    home = pd.Series(building).map(most)
    return np.where(home.notna() & ~contested, home.fillna(NOBODY), owner).astype(np.intp)


def _own_public(
    faces: NDArray[np.object_], owner: NDArray[np.intp], water: shapely.Geometry, *, first: int
) -> NDArray[np.intp]:
    """Return the owners with unclaimed faces given to public streets (`first`) or public water (`first` + 1)."""
    owner = owner.copy()
    free = np.flatnonzero(owner == NOBODY)
    shapely.prepare(water)
    wet = shapely.intersects(water, shapely.point_on_surface(faces[free]))
    owner[free] = np.where(wet, first + 1, first)
    return owner


def _private(
    claims: gpd.GeoDataFrame, owners: NDArray[np.intp], merged: NDArray[np.object_], *, source: str
) -> pd.DataFrame:
    held = owners < len(claims)
    table = pd.DataFrame({"source": source, "geometry": merged[held]})
    rows = claims.iloc[owners[held]]
    for name in ATTRIBUTES:
        table[name] = rows[name].to_numpy() if name in rows else None
    if "feature_id" in rows:
        table["parcel_id"] = rows["feature_id"].to_numpy()
    else:
        table["parcel_id"] = [f"derived:{geometry_id(item)}" for item in merged[held]]
    return table


def _public(owners: NDArray[np.intp], merged: NDArray[np.object_], *, first: int) -> pd.DataFrame:
    """Return public streets and water, divided into pieces that have a place."""
    rows: list[dict[str, Any]] = []
    for kind, owner in (("street", first), ("water", first + 1)):
        for whole in merged[owners == owner]:
            rows += [
                {"parcel_id": f"public:{geometry_id(piece)}", "source": "public", "land_use": kind, "geometry": piece}
                for piece in divide(whole)
            ]
    return pd.DataFrame(rows, columns=["parcel_id", "source", "land_use", "geometry"])
