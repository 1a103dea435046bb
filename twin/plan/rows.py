"""Placing houses on a lot: straight rows across its width, as far inside as the setback asks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import affinity

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry as Geometry

Span = tuple[float, float]
SEEK_M = 2.0  # step in which room for a row is sought
LEAST_SPAN_M = 0.01


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


@dataclass(frozen=True)
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

    @cached_property
    def edges(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Starts and ends of the area's edges. [m], shape (edges, 2)"""
        points, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(self.area)), return_index=True)
        follows = ring[1:] == ring[:-1]
        return points[:-1][follows], points[1:][follows]

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
        starts = np.arange(south, north - depth_m, SEEK_M)
        roomy = np.unique(self._gaps(starts, depth_m, least_m)[0])
        return (south, south) if not len(roomy) else (float(starts[roomy[0]]), float(starts[roomy[-1]] + depth_m))

    def spans(self, y: float, depth_m: float, least_m: float = 6.0) -> list[Span]:
        """Return where along x a strip lies wholly in the area."""
        _, gaps = self._gaps(np.array([y]), depth_m, least_m)
        return [(low, high) for low, high in gaps.tolist()]

    def _gaps(
        self, y: NDArray[np.float64], depth_m: float, least_m: float
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """
        Return the gaps between the area's edges in strips, as far as they lie in the area.

        Parameters
        ----------
        y, depth_m
            Where the strips begin, and their depth. [m], shape (strips,)
        least_m
            Shortest gap. [m]

        Returns
        -------
        strip, span
            Number of the strip of each gap, and from where to where it goes. [m], shape (gaps,) and (gaps, 2)
        """
        start, end = self.edges
        bounds = y[:, None, None] + np.array([0.0, depth_m])[:, None]  # (strips, 2, 1)
        low, high = np.minimum(start[:, 1], end[:, 1]), np.maximum(start[:, 1], end[:, 1])
        crosses = (low < bounds[:, 1]) & (high > bounds[:, 0])  # (strips, edges)
        rise = np.where(high == low, 1.0, end[:, 1] - start[:, 1])
        share = np.where(high == low, np.array([[0.0], [1.0]]), np.clip((bounds - start[:, 1]) / rise, 0.0, 1.0))
        x = start[:, 0] + share * (end[:, 0] - start[:, 0])  # (strips, 2, edges)
        west = np.where(crosses, x.min(axis=1), np.inf)
        east = np.where(crosses, x.max(axis=1), -np.inf)
        order = np.argsort(west, axis=1, kind="stable")
        west, east = (np.take_along_axis(side, order, axis=1) for side in (west, east))
        begin, stop = np.maximum.accumulate(east, axis=1)[:, :-1], west[:, 1:]
        strip, gap = np.nonzero(np.isfinite(stop) & (stop - begin >= max(least_m, LEAST_SPAN_M)))
        spans = np.column_stack([begin[strip, gap], stop[strip, gap]])
        inside = shapely.contains_xy(self.area, spans.mean(axis=1), y[strip] + depth_m / 2)
        return strip[inside], spans[inside]


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
