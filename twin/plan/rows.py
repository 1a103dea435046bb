"""Placing houses on a lot: straight rows across its width, as far inside as the setback asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import affinity

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry as Geometry

Span = tuple[float, float]
SEEK_M = 2.0  # step in which room for a row is sought


@dataclass(frozen=True, slots=True)
class Row:
    """
    A row of places of one depth, in the lot's own frame (x along the row, y across it). [m]

    Attributes
    ----------
    spans
        Where along x the row has room.
    """

    y: float
    depth_m: float
    spans: list[Span]


@dataclass(frozen=True, slots=True)
class Frame:
    """
    A lot turned so that its rows run along x.

    Attributes
    ----------
    area
        Land that houses may stand on. [m]
    """

    area: Geometry
    centre: shapely.Point
    bearing_deg: float

    def back(self, shape: shapely.Polygon) -> shapely.Polygon:
        """Return a shape of the frame where it lies on the ground, its vertices on the centimetre. [m]"""
        turned = affinity.rotate(shape, self.bearing_deg, origin=self.centre)
        return shapely.Polygon(np.round(shapely.get_coordinates(turned), 2))

    def without(self, taken: Geometry) -> Frame:
        """Return the frame less land that is taken, given in the frame. [m]"""
        return Frame(shapely.difference(self.area, taken), self.centre, self.bearing_deg)

    def reach(self, depth_m: float, least_m: float) -> Span:
        """Return from where to where across the lot rows of a depth find room."""
        _, south, _, north = self.area.bounds
        starts = np.arange(south, north - depth_m, SEEK_M).tolist()
        low = next((y for y in starts if self.spans(y, depth_m, least_m)), None)
        high = next((y for y in reversed(starts) if self.spans(y, depth_m, least_m)), None)
        return (south, south) if low is None or high is None else (low, high + depth_m)

    def spans(self, y: float, depth_m: float, least_m: float = 6.0) -> list[Span]:
        """Return where along x a strip lies wholly in the area."""
        west, _, east, _ = self.area.bounds
        strip = shapely.box(west - 1, y, east + 1, y + depth_m)
        outside = shapely.difference(strip, self.area)
        free = [(west - 1, east + 1)]
        for part in shapely.get_parts(outside):
            low, _, high, _ = part.bounds
            free = [piece for span in free for piece in _less(span, (low, high))]
        return [(low, high) for low, high in free if high - low >= least_m]


def _less(span: Span, taken: Span) -> list[Span]:
    low, high = span
    pieces = [(low, min(high, taken[0])), (max(low, taken[1]), high)]
    return [(start, end) for start, end in pieces if end > start]


def turn(lot: shapely.Polygon, bearing_deg: float, setback_m: float) -> Frame:
    """Return a lot's frame: set back from its edges and turned against its bearing. [m], [degrees]"""
    centre = lot.centroid
    inner = shapely.buffer(lot, -setback_m, join_style="mitre")
    return Frame(affinity.rotate(inner, -bearing_deg, origin=centre), centre, bearing_deg)


def fill_span(
    random: np.random.Generator, span: Span, lengths_m: tuple[float, ...], gap_m: float
) -> list[Span]:
    """Return houses that fill a span of a row: of the lengths that fit, gaps between, the rest at both ends."""
    low, high = span
    room = high - low
    chosen: list[float] = []
    while True:
        used = sum(chosen) + gap_m * len(chosen)
        fitting = [length for length in lengths_m if used + length <= room]
        if not fitting:
            break
        chosen.append(float(random.choice(fitting)))
    if not chosen:
        return []
    gap = gap_m + max(room - sum(chosen) - gap_m * (len(chosen) - 1), 0) / len(chosen) * (len(chosen) > 1)
    gap = min(gap, 2.2 * gap_m)
    used = sum(chosen) + gap * (len(chosen) - 1)
    start = low + (room - used) / 2
    places = []
    for length in chosen:
        places.append((round(start, 2), round(start + length, 2)))
        start += length + gap
    return places


def chief_bearing(lot: shapely.Polygon) -> float:
    """Return how far a lot's longer sides near east-west are turned from east, anticlockwise. [degrees], -45 to 45"""
    ring = shapely.get_coordinates(shapely.simplify(lot, 2.0).exterior)
    edges = np.diff(ring, axis=0)
    lengths = np.hypot(*edges.T)
    angles = np.degrees(np.arctan2(edges[:, 1], edges[:, 0]))
    folded = (angles + 45) % 90 - 45
    turned = np.degrees(np.angle((lengths * np.exp(4j * np.radians(folded))).sum())) / 4
    return round(float(turned), 2)
