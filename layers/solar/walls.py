"""Walls as upright polygons below the edges of roofs, and whole bodies of roof and walls for the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from twin.light.facade import OCTANTS, find_octant

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.solar.surfaces import Surfaces

SHORTEST_M = 0.05
SLANTED_DEG = 5.0  # a roof that nowhere slants more is as well drawn by its outline and height
DIGITS = 2  # of a metre


def make_walls(surfaces: Surfaces, *, convergence_deg: float = 0.0) -> pd.DataFrame:
    """
    Return the walls of buildings for the map, from the ground to the roof.

    An edge that two surfaces of one building share at one height is a ridge, and bears no wall.

    Parameters
    ----------
    surfaces
        The roofs.
    convergence_deg
        Direction of grid north, clockwise from true north. [degrees]

    Returns
    -------
    walls
        building_id, orientation (one of eight sides, by true north), geometry (polygons in space, above ground).
    """
    edges = _edges(surfaces)
    if edges.empty:
        return pd.DataFrame({"building_id": [], "orientation": [], "geometry": []})
    # outward of a ring that runs clockwise lies to its left: the normal of (dx, dy) is (-dy, dx)
    normal = np.degrees(np.arctan2((edges["y1"] - edges["y2"]).to_numpy(), (edges["x2"] - edges["x1"]).to_numpy()))
    edges["orientation"] = np.array(OCTANTS)[find_octant(normal + convergence_deg)]
    quads = _quads(edges, np.zeros(len(edges)))
    frame = edges[["building_id", "orientation"]].assign(quad=quads)
    grouped = frame.groupby(["building_id", "orientation"], sort=True)["quad"].agg(list).reset_index()
    grouped["geometry"] = [shapely.multipolygons(quads) for quads in grouped.pop("quad")]
    return grouped


def make_bodies(surfaces: Surfaces) -> pd.DataFrame:
    """
    Return the buildings whose roof slants, as polygons in space: their roofs and the walls below.

    Ground of an outline that no part of it covers bears none: as on the map, what has parts is drawn by them.

    Parameters
    ----------
    surfaces
        The roofs.

    Returns
    -------
    bodies
        building_id, shape (that of its largest slanted surface), shape_source, geometry (above ground, [m]).
    """
    frame = surfaces.frame
    slanted = frame[frame["tilt_deg"] > SLANTED_DEG].sort_values("plan_m2", ascending=False)
    told = slanted.drop_duplicates("building_id")[["building_id", "shape", "shape_source"]]
    has_parts = frame["part_id"].notna().groupby(frame["building_id"]).transform("any")
    chosen = (frame["building_id"].isin(told["building_id"]) & (frame["part_id"].notna() | ~has_parts)).to_numpy()
    edges = _edges(surfaces)
    edges = edges[chosen[edges["surface"]]]
    faces = pd.DataFrame({
        "building_id": [*frame.loc[chosen, "building_id"], *edges["building_id"]],
        "face": [*surfaces.in_space()[chosen], *_quads(edges, surfaces.base_m[edges["surface"]])],
    })
    shapes = {name: shapely.multipolygons(shapely.get_parts(parts.to_numpy()))
              for name, parts in faces.groupby("building_id")["face"]}
    bodies: pd.DataFrame = told.sort_values("building_id").reset_index(drop=True)
    whole = np.array([shapes[name] for name in bodies["building_id"]], dtype=object)
    return bodies.assign(geometry=shapely.transform(whole, lambda at: at.round(DIGITS), include_z=True))


def _edges(surfaces: Surfaces) -> pd.DataFrame:
    """
    Return the edges of all surfaces, clockwise, without those that two surfaces of a building share at one height.

    Columns: surface (its number), building_id, and both ends x1, y1, z1, x2, y2, z2. [m]
    """
    shapes = shapely.force_3d(surfaces.in_space())
    polygons, owner = shapely.get_parts(shapes, return_index=True)
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    number = owner[polygon]
    outer = np.zeros(len(rings), dtype=bool)
    outer[np.unique(polygon, return_index=True)[1]] = True
    points, ring = shapely.get_coordinates(rings, include_z=True, return_index=True)
    same = ring[1:] == ring[:-1]
    start, end = points[:-1][same], points[1:][same]
    ring = ring[:-1][same]
    clockwise = ~shapely.is_ccw(rings) == outer
    swap = ~clockwise[ring]
    start[swap], end[swap] = end[swap], start[swap].copy()
    rows: pd.DataFrame = pd.DataFrame({
        "surface": number[ring],
        "building_id": surfaces.frame["building_id"].to_numpy()[number[ring]],
        "x1": start[:, 0], "y1": start[:, 1], "z1": start[:, 2], "x2": end[:, 0], "y2": end[:, 1], "z2": end[:, 2],
    })
    rows = pd.DataFrame(rows[np.hypot(rows["x2"] - rows["x1"], rows["y2"] - rows["y1"]) > SHORTEST_M])
    there = rows.drop(columns="surface").round(2)
    back = there.rename(columns={"x1": "x2", "y1": "y2", "z1": "z2", "x2": "x1", "y2": "y1", "z2": "z1"})
    shared = there.reset_index().merge(back, on=list(there.columns), how="inner")["index"]
    return pd.DataFrame(rows.loc[~rows.index.isin(shared)].reset_index(drop=True))


def _quads(edges: pd.DataFrame, base_m: NDArray[np.float64]) -> NDArray[np.object_]:
    """Return the polygon between each edge and where its wall begins."""
    corners = np.stack([
        edges[["x1", "y1"]].assign(z=base_m).to_numpy(), edges[["x2", "y2"]].assign(z=base_m).to_numpy(),
        edges[["x2", "y2", "z2"]].to_numpy(), edges[["x1", "y1", "z1"]].to_numpy(),
    ], axis=1)  # fmt: skip
    return np.asarray(shapely.polygons(corners), dtype=object)
