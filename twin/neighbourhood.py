"""Neighbourhoods: from a file, from OpenStreetMap's boundaries and places, or derived from where buildings stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from twin.arrangement import GRID_M, absorb_slivers, cut_faces, dissolve, is_sliver, own_faces

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.checks import Checks

MOST_BUILDINGS = 400  # of a derived neighbourhood
LEAST_SHARE = 0.02  # of the zone's area that an OSM boundary must hold to be taken as a neighbourhood
NEARLY_WHOLE = 0.999  # less is missing than two surveys of one boundary differ by
COLUMNS = ("neighbourhood_id", "name_local", "name_latin", "population", "households", "source", "inside_share")


def find_neighbourhoods(
    zone: shapely.Geometry, buildings: NDArray[np.object_], places: gpd.GeoDataFrame | None,
    given: gpd.GeoDataFrame | None, checks: Checks,
) -> gpd.GeoDataFrame:
    """
    Return neighbourhoods that cover the zone.

    Parameters
    ----------
    zone
        Outline of the zone. [m]
    buildings
        Footprints, which derived neighbourhoods are balanced by. [m]
    places
        Places and administrative areas of OpenStreetMap, areas and points.
    given
        Neighbourhoods from a file; they win.
    checks
        Told where the neighbourhoods came from.
    """
    for source, found in (("file", given), ("osm", _areas(zone, places)), ("osm", _points(zone, places))):
        if found is not None and len(found):
            checks.note(f"neighbourhoods: {len(found)} from {source}")
            return _cover(zone, found.assign(source=source))
    cells = _halve(zone, shapely.centroid(buildings))
    checks.note(f"neighbourhoods: {len(cells)} derived, with equal numbers of buildings")
    rows = [{"neighbourhood_id": f"derived:{number}", "name_local": None, "source": "derived"}
            for number in range(1, len(cells) + 1)]
    crs = places.crs if places is not None else None
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=list(COLUMNS)), geometry=list(cells), crs=crs)


def _areas(zone: shapely.Geometry, places: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    """Return the finest areas of OpenStreetMap that divide the zone at all."""
    if places is None or places.empty:
        return None
    areas = places[shapely.get_dimensions(places.geometry.to_numpy()) == 2]
    share = shapely.area(shapely.intersection(areas.geometry.to_numpy(), zone)) / shapely.area(zone)
    areas = areas[(share > LEAST_SHARE) & (share < 1 - LEAST_SHARE)]
    return areas.sort_values(["rank", "neighbourhood_id"], ascending=[False, True]) if len(areas) > 1 else None


def _points(zone: shapely.Geometry, places: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    """Return the ground nearest to each place that OpenStreetMap names by a point."""
    if places is None or places.empty:
        return None
    points = places[(shapely.get_dimensions(places.geometry.to_numpy()) == 0) & places.intersects(zone).to_numpy()]
    points = points.sort_values("neighbourhood_id")
    if len(points) < 2:
        return None
    cells = shapely.get_parts(shapely.voronoi_polygons(
        shapely.multipoints(points.geometry.to_numpy()), extend_to=zone, ordered=True))
    cells = gpd.GeoSeries(cells, index=points.index, crs=points.crs)
    return points.set_geometry(cells).assign(population=None)  # of ground that nobody has drawn


def _cover(zone: shapely.Geometry, found: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return neighbourhoods without overlap; ground that none holds goes to the neighbour it touches most."""
    claims = found.geometry.to_numpy()
    faces = cut_faces(claims, zone)
    owner, _ = own_faces(faces, claims)
    loose = (owner < 0) | is_sliver(faces, width_m=GRID_M * 10, area_m2=1.0)
    owners, merged = dissolve(faces, absorb_slivers(faces, owner, loose))
    rows = found.iloc[owners]
    table = pd.DataFrame({name: rows[name].to_numpy() if name in rows else None for name in COLUMNS})
    whole_m2 = shapely.area(rows.geometry.to_numpy())
    share = shapely.area(merged) / np.maximum(whole_m2, 1e-9)
    table["inside_share"] = np.where(share > NEARLY_WHOLE, 1.0, share)
    return gpd.GeoDataFrame(table, geometry=list(merged), crs=found.crs)


def _halve(zone: shapely.Geometry, points: NDArray[np.object_]) -> list[shapely.Geometry]:
    """Return the zone halved along its longer side until no part holds more buildings than a neighbourhood may."""
    if len(points) <= MOST_BUILDINGS:
        return [zone]
    west, south, east, north = shapely.bounds(zone)
    xy = shapely.get_coordinates(points)
    axis = 0 if east - west >= north - south else 1
    middle = float(np.median(xy[:, axis]))
    low = shapely.box(west, south, middle, north) if axis == 0 else shapely.box(west, south, east, middle)
    before = xy[:, axis] <= middle
    if before.all() or not before.any():
        return [zone]
    inside, beyond = shapely.intersection(zone, low), shapely.difference(zone, low)
    return _halve(inside, points[before]) + _halve(beyond, points[~before])
