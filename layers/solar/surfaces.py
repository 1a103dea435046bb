"""Every roof of a zone as plane surfaces: of city models where they have some, else of what tags say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.solar.roof import LEVEL, SMALLEST_M2, Plane, RoofTags, make_roof

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb
    from numpy.typing import NDArray

    from layers.solar.roof import RoofRule

    Floats = NDArray[np.float64]

LOD2_SHARE = 0.8  # of an outline that a city model's faces must cover to be its roof
FLAT_DEG = 5.0
LEAST_M2 = 1.0  # of the ground under a building that no part of it covers
STEEPEST = 11.0  # slope beyond which a face is a wall
SAME_SLOPE, SAME_M = 0.02, 0.15  # faces that differ less lie in one plane

BODIES = """
    with lowest as (
        select building_id, min(height_m) as height_m, st_union_agg(geometry) as covered
        from building_part where height_m > base_m group by all
    )
    select building.building_id, '' as part_id, building.use, building.levels, building.base_m, building.height_m,
           building.ground_m, building.roof_shape, building.roof_direction_deg, building.roof_orientation,
           building.roof_height_m, building.roof_angle_deg, st_aswkb(building.geometry) as wkb
    from building anti join lowest using (building_id)
    where building.status = 'existing'
    union all
    select building.building_id, '', building.use, building.levels, building.base_m, lowest.height_m,
           building.ground_m, null, null, null, null, null,
           st_aswkb(st_difference(building.geometry, lowest.covered))
    from building inner join lowest using (building_id)
    where building.status = 'existing' and st_area(st_difference(building.geometry, lowest.covered)) > $least
    union all
    select building.building_id, part.part_id, building.use, building.levels, part.base_m, part.height_m,
           building.ground_m, part.roof_shape, part.roof_direction_deg, part.roof_orientation, part.roof_height_m,
           part.roof_angle_deg, st_aswkb(part.geometry)
    from building_part as part inner join building using (building_id)
    where building.status = 'existing' and part.height_m > part.base_m
    order by building_id, part_id
"""


def read_bodies(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """
    Return the bodies of all standing buildings: their parts and ground without one, or the outline of those without.

    Returns
    -------
    bodies
        building_id, part_id (empty for an outline), use, levels, base_m, height_m, ground_m [m], roof tags, wkb.
    """
    return connection.execute(BODIES, {"least": LEAST_M2}).df()


@dataclass(frozen=True)
class Surfaces:
    """
    The roofs of a zone.

    Attributes
    ----------
    frame
        One row per surface: surface_id, building_id, part_id, shape, shape_source (lod2, tag, assumed), tilt_deg,
        azimuth_deg (clockwise from grid north), area_m2 (in its plane), plan_m2, height_m (of its middle above ground).
    planes
        The surfaces themselves.
    ground_m
        Ground of each surface's building, NaN where unknown. [m above datum], shape (surfaces,)
    base_m
        Above that ground, where the walls below each surface begin. [m], shape (surfaces,)
    """

    frame: pd.DataFrame
    planes: list[Plane]
    ground_m: Floats
    base_m: Floats

    def __len__(self) -> int:
        return len(self.planes)

    @property
    def outlines(self) -> NDArray[np.object_]:
        """Seen from above. shape (surfaces,)"""
        return np.array([plane.outline for plane in self.planes], dtype=object)

    @property
    def coefficients(self) -> Floats:
        """Height above ground at the origin of coordinates, and rise eastward and northward. shape (surfaces, 3)"""
        return np.array([
            (plane.height_m - plane.east * plane.origin[0] - plane.north * plane.origin[1], plane.east, plane.north)
            for plane in self.planes
        ]).reshape(-1, 3)

    def in_space(self) -> NDArray[np.object_]:
        """Return the surfaces as polygons with heights above ground. [m], shape (surfaces,)"""
        return np.array([_raised(plane) for plane in self.planes], dtype=object)


def find_surfaces(connection: duckdb.DuckDBPyConnection, rule: RoofRule) -> Surfaces:
    """
    Return the roofs of all standing buildings; seen from above they fill the outlines without overlap.

    Parameters
    ----------
    connection
        Database with the tables building, building_part and roof_face.
    rule
        What roofs are like where the sources do not tell.
    """
    bodies = read_bodies(connection)
    faces = _read_faces(connection)
    rows: list[dict[str, object]] = []
    planes: list[Plane] = []
    grounds: list[float] = []
    bases: list[float] = []
    for building_id, group in bodies.groupby("building_id", sort=False):
        found = _surfaces_of(group, faces.get(str(building_id)), rule)
        base_m = _bases(group)
        for number, (part_id, shape, source, plane) in enumerate(found, start=1):
            planes.append(plane)
            grounds.append(float(group["ground_m"].iloc[0]))
            bases.append(float(base_m.get(part_id, 0.0)))
            middle = shapely.centroid(plane.outline)
            rows.append({
                "surface_id": f"{building_id}/roof/{number}", "building_id": building_id, "part_id": part_id or None,
                "shape": shape, "shape_source": source, "tilt_deg": plane.tilt_deg, "azimuth_deg": plane.azimuth_deg,
                "area_m2": plane.area_m2, "plan_m2": float(shapely.area(plane.outline)),
                "height_m": float(plane.heights(np.array(middle.x), np.array(middle.y))),
            })
    names = ["surface_id", "building_id", "part_id", "shape", "shape_source", "tilt_deg", "azimuth_deg", "area_m2",
             "plan_m2", "height_m"]
    frame = pd.DataFrame(rows, columns=names)
    return Surfaces(frame, planes, np.array(grounds, dtype=np.float64), np.array(bases, dtype=np.float64))


def _bases(bodies: pd.DataFrame) -> dict[str, float]:
    """Return where walls begin, by part: where the lowest of the parts begins that a part shares ground with."""
    base_m = bodies["base_m"].fillna(0.0).to_numpy(float)
    if base_m.any() and len(bodies) > 1:
        outlines = shapely.from_wkb([bytes(wkb) for wkb in bodies["wkb"]])
        shared = shapely.area(shapely.intersection(outlines[:, None], outlines[None])) > SMALLEST_M2
        base_m = np.where(shared, base_m[None], np.inf).min(axis=1, initial=np.inf).clip(max=base_m)
    return dict(zip(bodies["part_id"], base_m.tolist(), strict=True))


def _surfaces_of(
    bodies: pd.DataFrame, faces: list[Plane] | None, rule: RoofRule
) -> Iterator[tuple[str, str, str, Plane]]:
    """Yield the surfaces of one building: part, shape, where the shape is from, plane."""
    outlines = shapely.from_wkb([bytes(wkb) for wkb in bodies["wkb"]])
    if faces:
        whole = shapely.union_all(outlines)
        cut = [face for face in (_cut(face, whole) for face in faces) if face is not None]
        if shapely.area([face.outline for face in cut]).sum() >= LOD2_SHARE * whole.area:
            yield from (("", "flat" if face.tilt_deg < FLAT_DEG else "pitched", "lod2", face) for face in cut)
            rest = shapely.difference(whole, shapely.union_all([face.outline for face in cut]))
            if rest.area > LEAST_M2:
                middle = shapely.centroid(rest)
                yield "", "flat", "assumed", Plane(rest, (middle.x, middle.y), float(bodies["height_m"].min()))
            return
    taller = shapely.Polygon()
    for place in np.argsort(-bodies["height_m"].to_numpy(), kind="stable"):
        body, outline = bodies.iloc[place], shapely.difference(outlines[place], taller)
        if outline.area < SMALLEST_M2:
            continue
        taller = outlines[place] if taller.is_empty else shapely.union(taller, outlines[place])
        tags = _tags(body)
        source = "tag" if tags.shape is not None else "assumed"
        for plane in make_roof(outline, float(body["height_m"]), tags, rule):
            yield str(body["part_id"]), tags.family, source, plane


def _tags(body: pd.Series) -> RoofTags:
    def number(name: str) -> float | None:
        return None if pd.isna(body[name]) else float(body[name])

    return RoofTags(
        shape=body["roof_shape"] if isinstance(body["roof_shape"], str) else None,
        direction_deg=number("roof_direction_deg"), across=body["roof_orientation"] == "across",
        rise_m=number("roof_height_m"), pitch_deg=number("roof_angle_deg"),
    )


def _cut(face: Plane, outline: shapely.Geometry) -> Plane | None:
    """Return the part of a face over an outline, None where there is none."""
    shared = shapely.intersection(face.outline, outline)
    areas = shapely.get_parts(shared)[shapely.get_dimensions(shapely.get_parts(shared)) == 2]
    if not len(areas) or shapely.area(areas).sum() < SMALLEST_M2:
        return None
    united = areas[0] if len(areas) == 1 else shapely.multipolygons(areas)
    return Plane(united, face.origin, face.height_m, face.east, face.north)


def _read_faces(connection: duckdb.DuckDBPyConnection) -> dict[str, list[Plane]]:
    """
    Return the planes of the roofs that city models hold, by building; faces of one plane together.

    Heights are above the building's ground. Where faces lie one above the other, the higher is the roof.
    """
    rows = connection.execute(
        "select roof_face.building_id, building.ground_m, st_aswkb(roof_face.geometry) as wkb from roof_face "
        "inner join building using (building_id) where building.status = 'existing' order by face_id"
    ).fetchall()
    found: dict[str, list[Plane]] = {}
    for building_id, ground_m, wkb in rows:
        if ground_m is None:
            continue
        plane = _plane_of(shapely.from_wkb(bytes(wkb)), ground_m)
        if plane is not None:
            found.setdefault(building_id, []).append(plane)
    return {building_id: _uncovered(_merged(planes)) for building_id, planes in found.items()}


def _plane_of(face: shapely.Geometry, ground_m: float) -> Plane | None:
    """Return the plane through a face's corners by least squares, None where it is upright or broken."""
    points = shapely.get_coordinates(face, include_z=True)
    middle = points.mean(axis=0)
    offset = points - middle
    solved, _, rank, _ = np.linalg.lstsq(offset[:, :2], offset[:, 2], rcond=None)
    outline = shapely.make_valid(shapely.force_2d(face), method="structure", keep_collapsed=False)
    if rank < 2 or np.hypot(*solved) > STEEPEST or outline.area < SMALLEST_M2:
        return None
    east, north = (0.0, 0.0) if np.hypot(*solved) < LEVEL else (float(solved[0]), float(solved[1]))
    return Plane(outline, (float(middle[0]), float(middle[1])), float(middle[2] - ground_m), east, north)


def _merged(planes: list[Plane]) -> list[Plane]:
    """Return planes of which those that touch and lie in one plane are one."""
    kept: list[Plane] = []
    for plane in planes:
        for number, other in enumerate(kept):
            step = float(other.heights(np.array(plane.origin[0]), np.array(plane.origin[1]))) - plane.height_m
            lean = np.hypot(plane.east - other.east, plane.north - other.north)
            if lean < SAME_SLOPE and abs(step) < SAME_M and shapely.distance(plane.outline, other.outline) < SAME_M:
                united = shapely.union(plane.outline, other.outline)
                kept[number] = Plane(united, other.origin, other.height_m, other.east, other.north)
                break
        else:
            kept.append(plane)
    return kept


def _uncovered(planes: list[Plane]) -> list[Plane]:
    """Return planes that do not overlap seen from above: the higher one covers the lower."""
    ordered = sorted(planes, key=lambda plane: -plane.height_m)
    covered: shapely.Geometry = shapely.Polygon()
    kept = []
    for plane in ordered:
        left = _cut(plane, shapely.difference(plane.outline, covered))
        if left is not None:
            kept.append(left)
        covered = shapely.union(covered, plane.outline)
    return kept


def _raised(plane: Plane) -> shapely.Geometry:
    def lift(points: Floats) -> Floats:
        return np.column_stack([points[:, :2], plane.heights(points[:, 0], points[:, 1])])

    return shapely.transform(shapely.force_3d(plane.outline), lift, include_z=True)
