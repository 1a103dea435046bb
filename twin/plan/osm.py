"""Writing a plan as an OSM file: nodes shared where lines meet, areas as closed ways or multipolygons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import osmium
import osmium.io
import shapely
from osmium.osm import Box, Location, mutable

from twin.crs import WGS84, parse_crs, transform
from twin.plan import tagging
from twin.plan.lines import tidy
from twin.plan.site import CRS
from twin.plan.streets import cut_line, spans_inside

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry as Geometry

    from twin.plan.records import Plan

GENERATOR = "zonetwin plan"
DIGITS = 7  # of degrees, as OSM keeps them
RIVER_NAME = "娄江"
RAIL_TAGS = {"railway": "rail", "electrified": "contact_line", "usage": "main"}


class Sheet:
    """
    Features gathered for a file: coordinates become nodes once, however many features share them.

    Attributes
    ----------
    ways, relations
        Number, members and tags.
    """

    def __init__(self) -> None:
        self.nodes: dict[tuple[float, float], int] = {}
        self.node_tags: dict[int, dict[str, str]] = {}
        self.ways: list[tuple[int, list[int], dict[str, str]]] = []
        self.relations: list[tuple[int, list[tuple[str, int, str]], dict[str, str]]] = []

    def point(self, x: float, y: float, tags: dict[str, str] | None = None) -> int:
        """Return the node at a place, with more tags where some are given."""
        number = self.nodes.setdefault((round(x, 2), round(y, 2)), len(self.nodes) + 1)
        if tags:
            self.node_tags[number] = self.node_tags.get(number, {}) | tags
        return number

    def line(self, points: NDArray[np.float64], tags: dict[str, str]) -> str:
        """Add a way and return its id in the model."""
        nodes = [self.point(x, y) for x, y in points.tolist()]
        self.ways.append((len(self.ways) + 1, nodes, tags))
        return f"osm:way/{len(self.ways)}"

    def area(self, shape: shapely.Polygon, tags: dict[str, str]) -> str:
        """Add an area, as a multipolygon where it has holes, and return its id in the model."""
        rings = [shape.exterior, *shape.interiors]
        if len(rings) == 1:
            return self.line(shapely.get_coordinates(shape.exterior), tags)
        members = []
        for number, ring in enumerate(rings):
            self.line(shapely.get_coordinates(ring), {})
            members.append(("w", len(self.ways), "inner" if number else "outer"))
        self.relations.append((len(self.relations) + 1, members, {"type": "multipolygon"} | tags))
        return f"osm:relation/{len(self.relations)}"

    def add(self, shape: Geometry, tags: dict[str, str]) -> str:
        """Add a point, line or area and return its id in the model."""
        if isinstance(shape, shapely.Point):
            return f"osm:node/{self.point(shape.x, shape.y, tags)}"
        if isinstance(shape, shapely.Polygon):
            return self.area(shape, tags)
        return self.line(shapely.get_coordinates(shape), tags)


def draw_sheet(plan: Plan) -> Sheet:
    """Return a plan's features as a mapper would note them; every house learns the id it will have in the model."""
    sheet = Sheet()
    for number, house in enumerate(plan.houses):
        random = np.random.default_rng([plan.site.seed, 11, number])
        house.feature_id = sheet.area(house.geometry, tagging.tag_house(random, house))
        for part in house.parts:
            sheet.area(part.geometry, tagging.tag_part(house, part))
    for way in plan.ways:
        way.feature_id = sheet.line(way.points, tagging.tag_way(way))
    random = plan.site.random("land tags")
    for lot in plan.lots:
        if tags := tagging.tag_lot(random, lot):
            sheet.area(lot.geometry, tags)
    _draw_waters(sheet, plan)
    _draw_rails(sheet, plan)
    for asset in plan.assets:
        sheet.add(asset.geometry, asset.tags)
    for feature in plan.features:
        sheet.add(feature.geometry, feature.tags)
    return sheet


def _draw_waters(sheet: Sheet, plan: Plan) -> None:
    for stream in plan.streams:
        name = {"name": RIVER_NAME} if stream.kind == "river" else {}
        sheet.line(shapely.get_coordinates(stream.axis), {"waterway": stream.kind} | name)
        area = tidy(shapely.intersection(stream.area, shapely.buffer(plan.zone, 200)))
        sheet.area(area, {"natural": "water", "water": stream.kind} | name)


def _draw_rails(sheet: Sheet, plan: Plan) -> None:
    """Draw the railway, on bridges over water, and its stations as nodes of it beside their houses."""
    stations = [(plan.rail.project(lot.geometry.centroid), lot.name) for lot in plan.lots if lot.purpose == "station"]
    wet = spans_inside(plan.rail, shapely.intersection(plan.rail, plan.water), "bridge")
    for piece, structure in cut_line(plan.rail, sorted(wet)):
        start = plan.rail.project(shapely.Point(piece.coords[0]))
        stops = [away - start for away, _ in stations if 0 < away - start < piece.length]
        corners = [piece.project(shapely.Point(corner)) for corner in piece.coords]
        points = shapely.get_coordinates([piece.interpolate(away) for away in sorted({*corners, *stops})])
        sheet.line(points, RAIL_TAGS | ({"bridge": "yes", "layer": "1"} if structure else {}))
    for away, name in stations:
        point = plan.rail.interpolate(away)
        sheet.point(point.x, point.y, {"railway": "station", "public_transport": "station", "name": str(name)})


def write_sheet(sheet: Sheet, path: Path, zone: shapely.Polygon) -> None:
    """
    Write gathered features as a file that pyosmium chooses by its name's ending.

    Parameters
    ----------
    sheet
        The features. [m], EPSG:4549
    path
        The file; it is replaced.
    zone
        Outline whose bounds the header declares. [m], EPSG:4549
    """
    places = shapely.MultiPoint(list(sheet.nodes))
    degrees = np.round(shapely.get_coordinates(_in_degrees(places)), DIGITS)
    west, south, east, north = (round(value, DIGITS) for value in _in_degrees(zone).bounds)
    header = osmium.io.Header()
    header.add_box(Box(Location(west, south), Location(east, north)))
    header.set("generator", GENERATOR)
    writer: Any = osmium.SimpleWriter(str(path), header=header, overwrite=True)
    try:
        for number, (lon, lat) in zip(sheet.nodes.values(), degrees.tolist(), strict=True):
            tags = sheet.node_tags.get(number, {})
            writer.add_node(mutable.Node(id=number, version=1, location=(lon, lat), tags=tags))
        for number, nodes, tags in sheet.ways:
            writer.add_way(mutable.Way(id=number, version=1, nodes=nodes, tags=tags))
        for number, members, tags in sheet.relations:
            writer.add_relation(mutable.Relation(id=number, version=1, members=members, tags=tags))
    finally:
        writer.close()


def _in_degrees(shape: Geometry) -> Geometry:
    moved: Geometry = transform(shape, parse_crs(CRS), WGS84)
    return moved
