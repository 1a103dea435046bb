"""CityGML 1, 2 and 3: buildings and their parts, with the faces of their roofs, read as a stream."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

import geopandas as gpd
import numpy as np
import shapely
from lxml import etree

from twin.sources.fault import SourceFault, require_data, require_size, shown
from twin.sources.frame import geometry_ids
from twin.sources.solid import Grid, ground_outline, height_range, make_grid, plan_view, roof_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyproj
    from geopandas import GeoDataFrame
    from lxml.etree import _Element as Element

    from twin.checks import Checks
    from twin.inputs import VectorSource
    from twin.sources.solid import Face, Ring

MOST_BYTES = 4 * 2**30
MOST_BUILDINGS = 1_000_000
MEMBERS = ("{*}Building", "{*}Envelope", "{*}cityObjectMember", "{*}featureMember", "{*}appearanceMember")
BUILDING_SPACE = "citygml/building/"
GML_ID = ("{http://www.opengis.net/gml}id", "{http://www.opengis.net/gml/3.2}id")
OUTLINES = ("lod0FootPrint", "lod0RoofEdge", "lod0MultiSurface", "GroundSurface")
SOLIDS = ("lod1Solid", "lod1MultiSurface", "lod2Solid", "lod2MultiSurface", "lod3Solid", "lod3MultiSurface")
NO_STOREYS = 9999.0
FOOT_M = 0.3048
XLINK = "{http://www.w3.org/1999/xlink}href"


@dataclass(slots=True)
class _Model:
    """What is known of a file while it streams by."""

    zone_crs: pyproj.CRS
    declared: str | int | None
    srs: str | None = None
    dimension: int = 3
    grid: Grid | None = None
    rows: list[dict[str, Any]] = field(default_factory=list)
    bare: int = 0
    broken: int = 0


def read_citygml(source: VectorSource, path: Path, zone_crs: pyproj.CRS, checks: Checks) -> GeoDataFrame:
    """
    Read the buildings of a CityGML file with the model's column names, parts behind their building.

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
        If the file is no CityGML, declares a document type, or names no coordinate system.
    """
    require_size(path, MOST_BYTES)
    require_data(path)
    if source.affine is not None or source.datum != "wgs84":
        raise SourceFault("is CityGML, for which affine and datum are not known", "set sources.buildings.crs instead")
    model = _Model(zone_crs, source.crs)
    try:
        with path.open("rb") as file:
            for building in _stream(file, model):
                _read_building(building, model)
    except etree.XMLSyntaxError as error:
        reason = f"is no well-formed XML ({shown(error)})"
        raise SourceFault(reason, "get the file again") from error
    if not model.rows:
        raise SourceFault("holds no buildings", "give a CityGML file with bldg:Building")
    checks.count("read", "buildings features", len(model.rows) + model.bare)
    checks.count("dropped", "buildings: without geometry", model.bare)
    checks.count("dropped", "buildings: face with broken coordinates", model.broken)
    return gpd.GeoDataFrame(model.rows, geometry="geometry", crs=zone_crs)


def _stream(file: BinaryIO, model: _Model) -> Iterator[Element]:
    """Yield the buildings one by one; each is forgotten afterwards. No entity is expanded, no address followed."""
    events = etree.iterparse(
        file, events=("end",), tag=MEMBERS, resolve_entities=False, no_network=True, load_dtd=False,
        dtd_validation=False, huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    first = True
    for _, element in events:
        if first and element.getroottree().docinfo.internalDTD is not None:
            raise SourceFault("declares a document type, which CityGML never needs", "remove its DOCTYPE")
        first = False
        name = etree.QName(element)
        if name.localname == "Envelope":
            model.srs = model.srs or element.get("srsName")
            model.dimension = 2 if element.get("srsDimension") == "2" else model.dimension
            continue
        if name.localname == "Building":
            if BUILDING_SPACE in (name.namespace or ""):
                yield element
            continue
        element.clear()
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]


def _read_building(building: Element, model: _Model) -> None:
    """Add a building and its parts to the rows; a building that is but its parts gets their outline."""
    wrappers = [child for child in building if _local(child) in {"consistsOfBuildingPart", "buildingPart"}]
    parts = [part for wrapper in wrappers for part in wrapper.iter("{*}BuildingPart")]
    for wrapper in wrappers:
        building.remove(wrapper)
    row = _read_member(building, model)
    owner = row["building_id"]
    rows = [_read_member(part, model) | {"part_of": owner} for part in parts]
    rows = [part for part in rows if part["geometry"] is not None]
    if row["geometry"] is None and rows:
        row["geometry"] = shapely.union_all([part["geometry"] for part in rows])
    if row["geometry"] is None:
        model.bare += 1
        return
    model.rows += [row, *rows]
    if len(model.rows) > MOST_BUILDINGS:
        reason = f"has more than {MOST_BUILDINGS} buildings"
        raise SourceFault(reason, "cut it to the zone first")


def _read_member(member: Element, model: _Model) -> dict[str, Any]:
    """Return one building or part: its attributes, outline, height and the height of the ground."""
    named = _elements_by_name(member)
    outline = next(
        (shape for name in OUTLINES if (shape := plan_view(_faces(named.get(name, []), model))).area > 0), None
    )
    faces = next((found for name in SOLIDS if (found := _faces(named.get(name, []), model))), [])
    if outline is None and faces:
        outline = ground_outline(faces)
    low_m, high_m = height_range(faces) if faces else (np.nan, np.nan)
    measured_m = _measured_height(named)
    own = next((value for key in GML_ID if (value := member.get(key))), None)
    row = _generic_attributes(named) | {
        "building_id": own or _first(named, "buildingID"),
        "gml_id": own,
        "part_of": None,
        "name_local": next((_text(child) for child in member if _local(child) == "name"), None),
        "use": _first(named, "usage") or _first(named, "function") or _first(named, "class"),
        "class": _first(named, "class"),
        "function": _first(named, "function"),
        "year_built": _first(named, "yearOfConstruction") or _first(named, "dateOfConstruction"),
        "roof_shape": _first(named, "roofType"),
        "roof_faces": roof_text(_faces(named.get("RoofSurface", []), model)),
        "levels": _storeys(_first(named, "storeysAboveGround")),
        "height_m": measured_m if measured_m is not None else high_m - low_m,
        "ground_m": low_m,
        "buildingID": _first(named, "buildingID"),
        "geometry": outline if outline is not None and not outline.is_empty else None,
    }
    if row["building_id"] is None and row["geometry"] is not None:
        row["building_id"] = geometry_ids(gpd.GeoSeries([row["geometry"]]))[0]
    return row


def _elements_by_name(member: Element) -> dict[str, list[Element]]:
    """Return a member's elements by their name without namespace."""
    named: dict[str, list[Element]] = {}
    for element in member.iter("{*}*"):
        named.setdefault(_local(element), []).append(element)
    return named


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Element) -> str | None:
    return (element.text or "").strip() or None


def _first(named: dict[str, list[Element]], name: str) -> str | None:
    """Return the text of the first element of a name that has one."""
    return next((text for element in named.get(name, []) if (text := _text(element))), None)


def _measured_height(named: dict[str, list[Element]]) -> float | None:
    """Return the height that was measured in metres, None where there is none or an impossible one."""
    heights = named.get("measuredHeight", []) + [
        value for height in named.get("Height", []) for value in height.iter("{*}value")
    ]
    for element in heights:
        try:
            value = float(_text(element) or "nan")
        except ValueError:
            continue
        unit = (element.get("uom") or "m").lower()
        height_m = value * FOOT_M if unit in {"ft", "foot", "feet"} else value
        if height_m > 0:
            return height_m
    return None


def _storeys(text: str | None) -> str | None:
    """Return a number of storeys, None for the number that stands for none."""
    try:
        return None if text is None or float(text) == NO_STOREYS else text
    except ValueError:
        return text


def _generic_attributes(named: dict[str, list[Element]]) -> dict[str, Any]:
    """Return the attributes that a file adds by name (gen:stringAttribute and its kin)."""
    found: dict[str, Any] = {}
    for kind in ("stringAttribute", "intAttribute", "doubleAttribute", "StringAttribute", "IntAttribute"):
        for element in named.get(kind, []):
            inner = {_local(child): _text(child) for child in element}
            name = element.get("name") or inner.get("name")
            if name and name != "geometry":
                found[name] = inner.get("value")
    return found


def _faces(elements: list[Element], model: _Model) -> list[Face]:
    """Return the polygons below elements in the zone's system; faces referred to by name are found nearby."""
    faces: list[Face] = []
    for element in elements:
        own = list(element.iter("{*}Polygon", "{*}Triangle", "{*}Rectangle", "{*}PolygonPatch"))
        faces += [face for polygon in own if (face := _face(polygon, model))]
        if not own:
            faces += [face for polygon in _referred(element) if (face := _face(polygon, model))]
    return faces


def _referred(element: Element) -> Iterator[Element]:
    """Yield the polygons of the same building that an element names instead of holding."""
    wanted = {
        str(item.get(XLINK))[1:] for item in element.iter("{*}surfaceMember", "{*}baseSurface") if item.get(XLINK)
    }
    if not wanted:
        return
    top = next((item for item in element.iterancestors() if _local(item) in {"Building", "BuildingPart"}), element)
    for polygon in top.iter("{*}Polygon", "{*}CompositeSurface"):
        if wanted & {polygon.get(key) for key in GML_ID}:
            yield from polygon.iter("{*}Polygon")


def _face(polygon: Element, model: _Model) -> Face:
    """Return one polygon's rings in the zone's system, none where a coordinate is missing or not finite."""
    rings = [_ring(ring, model) for ring in polygon.iter("{*}LinearRing")]
    if not rings or any(ring is None or not np.isfinite(ring).all() for ring in rings):
        model.broken += 1
        return []
    good = [ring for ring in rings if ring is not None]
    if model.grid is None:
        name = model.declared if model.declared is not None else model.srs or _named_nearby(polygon)
        model.grid = make_grid(name, good[0], model.zone_crs, declared=model.declared is not None)
    moved = [model.grid.move(ring) for ring in good]
    return moved if all(np.isfinite(ring).all() for ring in moved) else []


def _named_nearby(polygon: Element) -> str | None:
    """Return the system that a polygon or something around it names."""
    around = [polygon, *polygon.iterancestors()]
    return next((name for item in around if (name := item.get("srsName"))), None)


def _ring(ring: Element, model: _Model) -> Ring | None:
    """Return a ring's points, None where the text is no list of points."""
    lists = [item.text or "" for item in ring.iter("{*}posList", "{*}pos", "{*}coordinates")]
    try:
        numbers = np.array(" ".join(lists).replace(",", " ").split(), dtype=np.float64)
    except ValueError:
        return None
    stated = next(
        (size for item in (ring, *ring.iter("{*}posList", "{*}pos")) if (size := item.get("srsDimension"))), None
    )
    dimension = 2 if stated == "2" or (stated is None and model.dimension == 2) else 3
    if not len(numbers) or len(numbers) % dimension:
        return None
    points = numbers.reshape(-1, dimension)
    return points if dimension == 3 else np.column_stack([points, np.zeros(len(points))])
