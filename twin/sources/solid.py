"""Faces of city models: the system they are in, the outline on the ground, the height between lowest and highest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely

from twin.crs import WGS84, parse_crs
from twin.errors import ZoneError
from twin.sources.axes import MOST, inside
from twin.sources.fault import SourceFault, shown

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Ring = NDArray[np.float64]
    Face = list[Ring]  # its outer ring, then its holes; shape (n, 3) each

EPSG = re.compile(r"EPSG(?:[:/#]+(?:v?[\d.]+[:/])?|\.xml#)(\d{4,6})", re.IGNORECASE)
GERMAN = re.compile(r"ETRS89_UTM(3[123])")
LEVEL_M = 0.1  # faces this near to the lowest point are the ground
LEAST_SHARE = 0.5  # of the plan view that the lowest faces must fill to be the outline
SMALLEST_M2 = 0.01


@dataclass(frozen=True, slots=True)
class Grid:
    """How a city model's coordinates become the zone's: their system, whether north stands first, the way over."""

    crs: pyproj.CRS
    north_first: bool
    transformer: pyproj.Transformer

    def move(self, ring: Ring) -> Ring:
        """Return a ring in the zone's system, heights unchanged."""
        first, second = (1, 0) if self.north_first else (0, 1)
        east, north = self.transformer.transform(ring[:, first], ring[:, second])
        return np.column_stack([east, north, ring[:, 2]])


def make_grid(name: str | int | None, sample: Ring, zone_crs: pyproj.CRS, *, declared: bool) -> Grid:
    """
    Return the way from a city model's system into the zone's.

    The order of the axes is the one that the system's authority lays down when it is named by URN or URL, and
    east, north when it is named otherwise; unless only the other order puts the sample where the system is used.

    Parameters
    ----------
    name
        The model's system as written in it.
    sample
        Some coordinates. [the system's units], shape (n, 3)
    declared
        Whether the name comes from the zone's description.

    Raises
    ------
    SourceFault
        If the model names no system, an unknown one, or one that is not used where the coordinates lie.
    """
    crs = _horizontal(name)
    authority = not declared and str(name).lower().startswith(("urn:ogc", "http"))
    north_first = crs.axis_info[0].direction.lower() == "north" and (authority or crs.is_geographic)
    points = sample[:, [1, 0]] if north_first else sample[:, [0, 1]]
    if inside(points, crs) < MOST:
        if inside(points[:, ::-1], crs) < MOST:
            reason = f"the coordinates lie outside the area where {crs.name} is used"
            raise SourceFault(reason, "set sources.buildings.crs to the system they are in")
        north_first = not north_first
    return Grid(crs, north_first, pyproj.Transformer.from_crs(crs, zone_crs, always_xy=True))


def _horizontal(name: str | int | None) -> pyproj.CRS:
    """Return the horizontal part of the system that a URN, a URL or a code names."""
    if name is None:
        raise SourceFault("names no coordinate system", "set sources.buildings.crs to the one its coordinates are in")
    text = str(name)
    german, code = GERMAN.search(text), EPSG.search(text)
    if "CRS84" in text:
        return WGS84
    try:
        crs = parse_crs(f"EPSG:258{german[1]}" if german else f"EPSG:{code[1]}" if code else text)
    except ZoneError as error:
        reason = f"names the coordinate system {shown(text)!r}, which is unknown"
        raise SourceFault(reason, "set sources.buildings.crs to an EPSG code") from error
    return crs.sub_crs_list[0].to_2d() if crs.is_compound else crs.to_2d()


def plan_view(faces: list[Face]) -> BaseGeometry:
    """Return the union of faces as seen from above; empty where they are all upright."""
    polygons = []
    for outer, *holes in faces:
        if len(outer) >= 4:
            polygon = shapely.Polygon(outer[:, :2], [hole[:, :2] for hole in holes if len(hole) >= 4])
            polygons.append(polygon)
    shapes = np.asarray(polygons, dtype=object)
    if not len(shapes):
        return shapely.Polygon()
    broken = ~shapely.is_valid(shapes)
    shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
    shapes = shapes[shapely.area(shapes) > SMALLEST_M2 * 1e-3]
    union: BaseGeometry = shapely.union_all(shapes)
    return union


def ground_outline(faces: list[Face]) -> BaseGeometry:
    """Return the outline of a solid: its lowest level faces, or its whole plan view where these fill little of it."""
    low, _ = height_range(faces)
    ground = plan_view([face for face in faces if face[0][:, 2].max() <= low + LEVEL_M])
    whole = plan_view(faces)
    return ground if ground.area >= LEAST_SHARE * whole.area and ground.area > SMALLEST_M2 else whole


def roof_text(faces: list[Face]) -> str | None:
    """Return the faces of a roof that are not upright, as WKT in space; None where there are none."""
    kept = [
        shapely.Polygon(outer, [hole for hole in holes if len(hole) >= 4]) for outer, *holes in faces if len(outer) >= 4
    ]
    kept = [polygon for polygon in kept if shapely.area(shapely.make_valid(shapely.force_2d(polygon))) > SMALLEST_M2]
    return str(shapely.to_wkt(shapely.multipolygons(kept), rounding_precision=3)) if kept else None


def height_range(faces: list[Face]) -> tuple[float, float]:
    """Return the heights of the lowest and of the highest point of faces, in metres."""
    heights = np.concatenate([face[0][:, 2] for face in faces])
    return float(heights.min()), float(heights.max())
