"""CityJSON 1.0, 1.1 and 2.0: buildings and their parts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from twin.sources.fault import SourceFault, require_size, shown
from twin.sources.solid import ground_outline, height_range, make_grid, plan_view, roof_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyproj
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from twin.checks import Checks
    from twin.inputs import VectorSource
    from twin.sources.solid import Face

MOST_BYTES = 1 * 2**30
SNIFFED_BYTES = 65536
KINDS = {"Building", "BuildingPart"}
VERSIONS = ("1.0", "1.1", "2.0")
DEPTH = {"MultiSurface": 1, "CompositeSurface": 1, "Solid": 2, "MultiSolid": 3, "CompositeSolid": 3}


def is_cityjson(path: Path) -> bool:
    """Return whether a JSON file says that it is CityJSON; the key may stand at its beginning or its end."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(SNIFFED_BYTES)
        file.seek(max(path.stat().st_size - SNIFFED_BYTES, 0))
        return b'"CityJSON"' in head + file.read() or b'"CityObjects"' in head


def read_cityjson(source: VectorSource, path: Path, zone_crs: pyproj.CRS, checks: Checks) -> GeoDataFrame:
    """
    Read the buildings of a CityJSON file with the model's column names, parts behind their building.

    Parameters
    ----------
    source
        What the zone's description says of the file; `crs` overrides the one named in it.
    path
        The file.
    zone_crs
        Metric system that the outlines are brought into.
    checks
        Receives the counts of what was read and dropped.

    Raises
    ------
    SourceFault
        If the file is no CityJSON of a known version, or names no coordinate system.
    """
    if source.affine is not None or source.datum != "wgs84":
        raise SourceFault("is CityJSON, for which affine and datum are not known", "set sources.buildings.crs instead")
    city = _load(path)
    vertices = _vertices(city)
    objects = {name: item for name, item in city["CityObjects"].items() if _kind(item) in KINDS}
    if not objects:
        raise SourceFault("holds no buildings", "give a CityJSON file with objects of type Building")
    metadata = city.get("metadata")
    stated = metadata.get("referenceSystem") if isinstance(metadata, dict) else None
    name = source.crs if source.crs is not None else stated
    grid = make_grid(name, vertices, zone_crs, declared=source.crs is not None)
    moved = grid.move(vertices)
    rows = [_read_object(name, item, objects, moved) for name, item in objects.items()]
    rows = _outline_from_parts(rows)
    checks.count("read", "buildings features", len(rows))
    kept = [row for row in rows if row["geometry"] is not None]
    checks.count("dropped", "buildings: without geometry", len(rows) - len(kept))
    if not kept:
        raise SourceFault("holds no building with a geometry", "give a CityJSON file with outlines or solids")
    return gpd.GeoDataFrame(kept, geometry="geometry", crs=zone_crs)


def _load(path: Path) -> dict[str, Any]:
    """Return a CityJSON file's content, its outer form checked."""
    require_size(path, MOST_BYTES)
    try:
        city = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        reason = f"is no JSON ({shown(error)})"
        raise SourceFault(reason, "get the file again") from error
    if not isinstance(city, dict) or city.get("type") != "CityJSON" or not isinstance(city.get("CityObjects"), dict):
        raise SourceFault("is no CityJSON", "give a file with type CityJSON and CityObjects")
    if not str(city.get("version", "")).startswith(VERSIONS):
        reason = f"is CityJSON {shown(city.get('version'))}, which is not known"
        raise SourceFault(reason, f"bring it to version {VERSIONS[-1]} with cjio")
    return city


def _vertices(city: dict[str, Any]) -> NDArray[np.float64]:
    """Return the vertices, scaled and moved as the file says; shape (n, 3)."""
    transform = city.get("transform") or {}
    try:
        points = np.array(city.get("vertices"), dtype=np.float64).reshape(-1, 3)
        scale = np.array(transform.get("scale", (1, 1, 1)), dtype=np.float64)
        points = points * scale + np.array(transform.get("translate", (0, 0, 0)), dtype=np.float64)
    except (TypeError, ValueError, AttributeError) as error:
        raise SourceFault("has vertices that are no triples of numbers", "get the file again") from error
    if not len(points) or not np.isfinite(points).all():
        raise SourceFault("has no vertices, or some that are not finite", "get the file again")
    return points


def _kind(item: object) -> str | None:
    return item.get("type") if isinstance(item, dict) else None


def _read_object(
    name: str, item: dict[str, Any], objects: dict[str, Any], vertices: NDArray[np.float64]
) -> dict[str, Any]:
    """Return one building or part: its attributes, outline, height and the height of the ground."""
    attributes = item.get("attributes")
    attributes = attributes if isinstance(attributes, dict) else {}
    given = {
        key: value for key, value in attributes.items() if not isinstance(value, dict | list) and key != "geometry"
    }
    outline, low_m, high_m = _measure(item.get("geometry"), vertices)
    measured = attributes.get("measuredHeight")
    height_m = measured if isinstance(measured, int | float) and measured > 0 else high_m - low_m
    parents = item.get("parents")
    owner = next((parent for parent in parents if parent in objects), None) if isinstance(parents, list) else None
    return given | {
        "building_id": name,
        "part_of": owner if item["type"] == "BuildingPart" else None,
        "use": next((given[key] for key in ("usage", "function", "class") if given.get(key)), None),
        "year_built": given.get("yearOfConstruction"),
        "roof_shape": given.get("roofType"),
        "roof_faces": _roof(item.get("geometry"), vertices),
        "levels": given.get("storeysAboveGround"),
        "height_m": height_m,
        "ground_m": low_m,
        "geometry": outline,
    }


def _roof(geometries: object, vertices: NDArray[np.float64]) -> str | None:
    """Return the faces of an object's roof at the finest level that has some, as WKT in space."""
    usable = [item for item in geometries if isinstance(item, dict)] if isinstance(geometries, list) else []
    for geometry in sorted(usable, key=lambda item: str(item.get("lod", "")), reverse=True):
        faces = [face for face, kind in _faces(geometry, vertices) if kind == "RoofSurface"]
        if faces:
            return roof_text(faces)
    return None


def _measure(geometries: object, vertices: NDArray[np.float64]) -> tuple[BaseGeometry | None, float, float]:
    """Return an object's outline, and the heights of its lowest and highest point in metres."""
    outline, low_m, high_m = None, np.nan, np.nan
    usable = [item for item in geometries if isinstance(item, dict)] if isinstance(geometries, list) else []
    for geometry in sorted(usable, key=lambda item: str(item.get("lod", ""))):
        flat = str(geometry.get("lod", "")).startswith("0")
        pairs = list(_faces(geometry, vertices))
        faces = [face for face, _ in pairs]
        if not faces:
            continue
        ground = [face for face, kind in pairs if kind == "GroundSurface"]
        if outline is None:
            outline = plan_view(ground or faces) if flat or ground else ground_outline(faces)
            outline = outline if outline.area > 0 else None
        if not flat and np.isnan(low_m):
            low_m, high_m = height_range(faces)
    return outline, low_m, high_m


def _faces(geometry: dict[str, Any], vertices: NDArray[np.float64]) -> Iterator[tuple[Face, str | None]]:
    """Yield a geometry's faces with their semantic kind; faces that name missing vertices are left out."""
    depth = DEPTH.get(str(geometry.get("type")))
    if depth is None:
        return
    semantics = geometry.get("semantics")
    semantics = semantics if isinstance(semantics, dict) else {}
    surfaces = semantics.get("surfaces") or []
    for surface, value in _flatten(geometry.get("boundaries"), semantics.get("values"), depth):
        kind = surfaces[value].get("type") if isinstance(value, int) and 0 <= value < len(surfaces) else None
        try:
            rings = [vertices[_indices(ring, len(vertices))] for ring in surface]
        except (TypeError, ValueError, IndexError):
            continue
        if rings:
            yield [np.vstack([ring, ring[:1]]) for ring in rings], kind


def _flatten(boundaries: object, values: object, depth: int) -> Iterator[tuple[Any, object]]:
    """Yield surfaces with the value of their semantics, however deep they lie."""
    if not isinstance(boundaries, list):
        return
    below = values if isinstance(values, list) else []
    for number, item in enumerate(boundaries):
        value = below[number] if number < len(below) else None
        if depth == 1:
            yield item, value
        else:
            yield from _flatten(item, value, depth - 1)


def _indices(ring: object, size: int) -> NDArray[np.int64]:
    """Return a ring's vertex numbers, each of which exists."""
    numbers = np.asarray(ring, dtype=np.int64)
    if numbers.ndim != 1 or not len(numbers) or numbers.min() < 0 or numbers.max() >= size:
        message = "a ring names vertices that do not exist"
        raise ValueError(message)
    return numbers


def _outline_from_parts(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows in which a building without geometry of its own has the outline of its parts."""
    parts: dict[str, list[BaseGeometry]] = {}
    for row in rows:
        if row["part_of"] is not None and row["geometry"] is not None:
            parts.setdefault(row["part_of"], []).append(row["geometry"])
    for row in rows:
        if row["geometry"] is None and row["building_id"] in parts:
            row["geometry"] = shapely.union_all(parts[row["building_id"]])
    return rows
