"""Streets of a plan: arterials, collectors and local streets, with bridges over water and underpasses below rails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.ops import substring

from twin.plan.lines import Axis, band, place_line, sample_span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.plan.site import Site

LOCAL_M = 206.0  # between local streets
WIDTH_M = {"primary": 44.0, "secondary": 34.0, "tertiary": 24.0, "residential": 16.0}  # land between the blocks
LANES = {"primary": 6, "secondary": 4, "tertiary": 2, "residential": 2}
ABUTMENT_M = 6.0  # of a bridge or underpass beyond what it crosses
LONGEST_WET_M = 150.0  # of a local street in one piece
LEFT_OUT = 0.05  # share of local streets that were never built


@dataclass(frozen=True, slots=True)
class Street:
    """
    A street from end to end in street coordinates. [m]

    Attributes
    ----------
    along
        The coordinate that changes along the street.
    across
        The other's value.
    """

    along: Axis
    across: float
    start: float
    end: float
    kind: str
    name: str | None = None


@dataclass(slots=True, eq=False)
class Way:
    """
    A piece of a street between two structures.

    Attributes
    ----------
    points
        [m], EPSG:4549, shape (n, 2)
    structure
        bridge or underpass, where there is one.
    feature_id
        Its id in the model once it is numbered.
    """

    street: Street
    points: NDArray[np.float64]
    structure: str | None = None
    feature_id: str = ""


def lay_streets(site: Site) -> list[Street]:
    """Return all streets of a plan, the great ones first."""
    width_m, height_m = site.width_m, site.height_m
    streets = [Street("v", u, 0.0, height_m, rank(number)) for number, u in enumerate(site.lines_u)]
    streets += [Street("u", v, 0.0, width_m, rank(number)) for number, v in enumerate(site.lines_v)]
    random = site.random("streets")
    for column in site.columns:
        for row in site.rows:
            streets += _local_streets(random, "v", column, row, site.rail)
            streets += _local_streets(random, "u", row, column, site.rail)
    return streets


def rank(number: int) -> str:
    """Return the kind of an arterial by its number from the edge."""
    return "primary" if number % 2 == 0 else "secondary"


def _local_streets(
    random: np.random.Generator, along: Axis, across: tuple[float, float], span: tuple[float, float], rail: float
) -> list[Street]:
    """Return the streets that divide one block of arterials in one direction; its middle is a collector."""
    low, high = across
    number = max(round((high - low) / LOCAL_M), 2)
    cuts = low + (high - low) * np.arange(1, number) / number
    streets = []
    for index, cut in enumerate(cuts, start=1):
        is_middle = 2 * index in {number, number + 1}
        position = round(float(cut + (0 if is_middle else random.uniform(-9, 9))), 1)
        if along == "u" and abs(position - rail) < 2 * WIDTH_M["primary"] / 2:
            position = round(rail - WIDTH_M["primary"], 1)
        if random.random() < LEFT_OUT and not is_middle:
            continue
        streets.append(Street(along, position, *span, "tertiary" if is_middle else "residential"))
    return streets


def street_space(site: Site, streets: list[Street]) -> shapely.Geometry:
    """Return the land that streets take. [m], EPSG:4549"""
    return shapely.union_all([band(_points(site, street, streets), WIDTH_M[street.kind]) for street in streets])


def draw_ways(
    site: Site, streets: list[Street], water: shapely.Geometry, rails: shapely.Geometry
) -> list[Way]:
    """
    Return the ways of all streets, cut where they cross water (bridges) and rails (underpasses).

    Local streets end where rails stop them; a street that runs in the water for long is left out.
    """
    shapely.prepare(water)
    ways = []
    for street in streets:
        points = _points(site, street, streets)
        line = shapely.LineString(points)
        wet = shapely.intersection(line, water)
        if wet.length > line.length / 3 or (street.kind == "residential" and _longest(wet) > LONGEST_WET_M):
            continue
        spans = spans_inside(line, wet, "bridge")
        spans += spans_inside(line, shapely.intersection(line, rails), "underpass")
        for piece, structure in cut_line(line, sorted(spans)):
            if structure == "underpass" and street.kind == "residential":
                continue
            ways.append(Way(street, shapely.get_coordinates(piece), structure))
    return ways


def _points(site: Site, street: Street, streets: list[Street]) -> NDArray[np.float64]:
    """Return a street's points; where another meets it both have the same one."""
    meets = [
        other.across
        for other in streets
        if other.along != street.along and other.start <= street.across <= other.end
        and street.start <= other.across <= street.end
    ]  # fmt: skip
    return place_line(site, street.along, street.across, sample_span(street.start, street.end, meets))


def _longest(line: shapely.Geometry) -> float:
    return max((float(part.length) for part in shapely.get_parts(line)), default=0.0)


def spans_inside(line: shapely.LineString, inside: shapely.Geometry, structure: str) -> list[tuple[float, float, str]]:
    """Return from where to where a structure carries a line through an area, given what of the line is inside. [m]"""
    spans = []
    for part in shapely.get_parts(inside):
        if part.geom_type != "LineString" or part.length < 1:
            continue
        ends = [line.project(shapely.Point(part.coords[index])) for index in (0, -1)]
        spans.append((max(min(ends) - ABUTMENT_M, 0.0), min(max(ends) + ABUTMENT_M, line.length), structure))
    return spans


def cut_line(
    line: shapely.LineString, spans: list[tuple[float, float, str]]
) -> list[tuple[shapely.LineString, str | None]]:
    """Return a line in pieces, each with what carries it there."""
    pieces: list[tuple[shapely.LineString, str | None]] = []
    position = 0.0
    for start, end, structure in spans:
        if end <= position + 1:
            continue
        if start > position + 1:
            pieces.append((_piece(line, position, start), None))
            position = start
        pieces.append((_piece(line, position, end), structure))
        position = end
    if position < line.length - 1:
        pieces.append((_piece(line, position, line.length), None))
    return pieces


def _piece(line: shapely.LineString, start: float, end: float) -> shapely.LineString:
    piece = substring(line, start, end)
    return shapely.LineString(np.round(shapely.get_coordinates(piece), 3))
