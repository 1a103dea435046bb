"""Roofs as plane surfaces: of what a building's tags say, over whatever outline it has."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from twin.errors import LayerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

# Shapes of OpenStreetMap and CityGML by the one that stands for them; all others are flat.
FAMILIES = {
    "gabled": "gabled", "gambrel": "gabled", "round": "gabled", "half-hipped": "gabled", "saltbox": "gabled",
    "crosspitched": "gabled", "1020": "gabled", "1030": "gabled", "1050": "gabled",
    "hipped": "hipped", "mansard": "hipped", "side_hipped": "hipped", "1040": "hipped", "1060": "hipped",
    "pyramidal": "pyramidal", "dome": "pyramidal", "onion": "pyramidal", "cone": "pyramidal", "1070": "pyramidal",
    "skillion": "shed", "shed": "shed", "lean_to": "shed", "1010": "shed",
    "sawtooth": "sawtooth", "1120": "sawtooth",
}  # fmt: skip
PITCHED = frozenset(FAMILIES.values())
RIDGED = frozenset({"gabled", "shed", "sawtooth"})  # those that face one way more than the others
SNAP_DEG = 30.0  # within which a stated direction means the outline's own
SMALLEST_M2 = 0.05
LEVEL = math.tan(math.radians(1.0))  # a plane flatter than one degree is level


@dataclass(frozen=True, slots=True)
class RoofRule:
    """
    What roofs are like where nobody told.

    Attributes
    ----------
    pitch_deg
        Usual pitch by family. [degrees]
    tooth_m
        Length of the teeth of a saw-tooth roof. [m]
    most_share
        Of a building's height that its roof may take up. [-]
    """

    pitch_deg: Mapping[str, float]
    tooth_m: float
    most_share: float

    @classmethod
    def from_factors(cls, factors: Mapping[str, float]) -> RoofRule:
        """
        Read the rule from the factors that hold for a zone.

        Raises
        ------
        LayerError
            If a quantity is missing; all are listed.
        """
        needed = [*(f"roof_pitch.{family}" for family in sorted(PITCHED)), "roof_tooth.length",
                  "roof_rise.greatest_share"]
        if missing := [quantity for quantity in needed if quantity not in factors]:
            message = f"roofs cannot be made: no factor {', '.join(missing)}; add rows to layers/solar/factors.csv"
            raise LayerError(message)
        pitch_deg = {family: factors[f"roof_pitch.{family}"] for family in PITCHED}
        return cls(pitch_deg, factors["roof_tooth.length"], factors["roof_rise.greatest_share"] / 100)


@dataclass(frozen=True, slots=True)
class RoofTags:
    """
    What is known of a roof.

    Attributes
    ----------
    shape
        Word of OpenStreetMap or code of CityGML, None where nobody told.
    direction_deg
        Direction that it faces, clockwise from north. [degrees]
    across
        Whether its ridge runs across the outline instead of along it.
    rise_m
        Height of the ridge above the eaves. [m]
    pitch_deg
        Pitch of its surfaces. [degrees]
    """

    shape: str | None = None
    direction_deg: float | None = None
    across: bool = False
    rise_m: float | None = None
    pitch_deg: float | None = None

    @property
    def family(self) -> str:
        """The shape that is built: flat, shed, gabled, hipped, pyramidal or sawtooth."""
        return FAMILIES.get(self.shape or "", "flat")


@dataclass(frozen=True, slots=True)
class Plane:
    """
    A piece of a roof: height = top + east (x - x0) + north (y - y0).

    Attributes
    ----------
    outline
        Seen from above. [m]
    origin
        Where `height_m` holds: x0, y0. [m]
    height_m
        Above the building's ground, at the origin. [m]
    east, north
        Rise per metre eastward and northward. [-]
    """

    outline: shapely.Geometry
    origin: tuple[float, float]
    height_m: float
    east: float = 0.0
    north: float = 0.0

    @property
    def tilt_deg(self) -> float:
        """Angle to the horizontal. [degrees]"""
        return math.degrees(math.atan(math.hypot(self.east, self.north)))

    @property
    def azimuth_deg(self) -> float:
        """Direction that it faces, clockwise from north; south where it is level. [degrees]"""
        if math.hypot(self.east, self.north) < LEVEL:
            return 180.0
        return round(math.degrees(math.atan2(-self.east, -self.north)), 9) % 360

    @property
    def area_m2(self) -> float:
        """Area in its own plane. [m2]"""
        return float(shapely.area(self.outline)) * math.hypot(1.0, self.east, self.north)

    def heights(self, x: Vector, y: Vector) -> Vector:
        """Return its heights above the building's ground. [m]"""
        return self.height_m + self.east * (x - self.origin[0]) + self.north * (y - self.origin[1])


@dataclass(frozen=True, slots=True)
class _Frame:
    """An outline's own axes: its middle, unit vectors along and across it, and half its size. [m]"""

    middle: Vector
    along: Vector
    across: Vector
    half: tuple[float, float]

    @property
    def turned(self) -> _Frame:
        return _Frame(self.middle, self.across, -self.along, (self.half[1], self.half[0]))


def make_roof(outline: shapely.Geometry, height_m: float, tags: RoofTags, rule: RoofRule) -> list[Plane]:
    """
    Return the surfaces of a roof; seen from above they fill the outline.

    The planes are those of a roof over the outline's smallest rectangle, cut to the outline.

    Parameters
    ----------
    outline
        Seen from above. [m]
    height_m
        Of the highest point above ground. [m]
    tags
        What is known of the roof.
    rule
        What it is like where the tags do not say.
    """
    family = tags.family
    frame = _frame_of(outline) if family in PITCHED else None
    if frame is None:
        middle = shapely.centroid(outline)
        return [Plane(outline, (middle.x, middle.y), height_m)]
    downhill = frame.across
    if family in RIDGED:
        frame, downhill = _facing(frame, tags, family)
    makers = {"gabled": _gabled, "hipped": _hipped, "pyramidal": _pyramidal, "shed": _shed, "sawtooth": _shed}
    teeth = max(round(2 * frame.half[1] / rule.tooth_m), 1) if family == "sawtooth" else 1
    run_m = frame.half[1] * (2 / teeth if family in {"shed", "sawtooth"} else 1)
    rise_m = tags.rise_m if tags.rise_m is not None else run_m * math.tan(
        math.radians(tags.pitch_deg if tags.pitch_deg is not None else rule.pitch_deg[family]))
    rise_m = min(rise_m, rule.most_share * height_m)
    pieces = makers[family](frame, downhill, height_m, rise_m) if teeth == 1 else _sawtooth(
        frame, downhill, height_m, rise_m, teeth)
    cut = [Plane(_areas(shapely.intersection(outline, piece.outline)), piece.origin, piece.height_m, piece.east,
                 piece.north) for piece in pieces]
    return [plane for plane in cut if shapely.area(plane.outline) > SMALLEST_M2]


def _frame_of(outline: shapely.Geometry) -> _Frame | None:
    """Return an outline's axes, none where it is as thin as a line."""
    box = shapely.oriented_envelope(outline)
    if shapely.get_dimensions(box) != 2:
        return None
    corners = shapely.get_coordinates(box)[:4]
    first, second = corners[1] - corners[0], corners[2] - corners[1]
    sides = float(np.hypot(*first)), float(np.hypot(*second))
    if min(sides) <= 0:
        return None
    along, across = (first / sides[0], second / sides[1]) if sides[0] >= sides[1] else (
        second / sides[1], -first / sides[0])
    return _Frame(corners.mean(axis=0), along, across, (max(sides) / 2, min(sides) / 2))


def _facing(frame: _Frame, tags: RoofTags, family: str) -> tuple[_Frame, Vector]:
    """Return the axes with the ridge along the first, and the unit vector downhill across it."""
    if tags.direction_deg is None:
        frame = frame.turned if tags.across else frame
        southward = frame.across if frame.across[1] <= 0 else -frame.across
        return frame, southward if family in {"shed", "sawtooth"} else frame.across
    turn = math.radians(tags.direction_deg)
    told = np.array([math.sin(turn), math.cos(turn)])
    axes = [(frame, frame.across), (frame, -frame.across), (frame.turned, frame.turned.across),
            (frame.turned, -frame.turned.across)]
    chosen, downhill = max(axes, key=lambda item: float(item[1] @ told))
    if float(downhill @ told) >= math.cos(math.radians(SNAP_DEG)) or family != "shed":
        return chosen, downhill
    reach = frame.half[0] * abs(float(frame.along @ told)) + frame.half[1] * abs(float(frame.across @ told))
    side = np.array([-told[1], told[0]])
    width = frame.half[0] * abs(float(frame.along @ side)) + frame.half[1] * abs(float(frame.across @ side))
    return _Frame(frame.middle, side, told, (width, reach)), told


def _piece(frame: _Frame, corners: list[tuple[float, float]], downhill: Vector, top_m: float, slope: float,
           ridge: tuple[float, float]) -> Plane:  # fmt: skip
    """Return a plane that falls from a ridge point; corners and ridge in the frame's axes. [m]"""
    points = frame.middle + np.array([x * frame.along + y * frame.across for x, y in corners])
    start = frame.middle + ridge[0] * frame.along + ridge[1] * frame.across
    east, north = (-slope * downhill).tolist()
    return Plane(shapely.Polygon(points), (float(start[0]), float(start[1])), top_m, east, north)


FAR = 1.001  # pieces reach a little beyond the rectangle, so that nothing of the outline is lost by rounding


def _gabled(frame: _Frame, _: Vector, top_m: float, rise_m: float) -> list[Plane]:
    """Return two planes that fall from a ridge along the middle."""
    length, width = frame.half[0] * FAR, frame.half[1] * FAR
    slope = rise_m / frame.half[1]
    return [
        _piece(frame, [(-length, 0), (length, 0), (length, side * width), (-length, side * width)],
               side * frame.across, top_m, slope, (0, 0))
        for side in (1, -1)
    ]  # fmt: skip


def _hipped(frame: _Frame, _: Vector, top_m: float, rise_m: float) -> list[Plane]:
    """Return four planes of one pitch; the ridge is as long as the sides differ."""
    half, short = frame.half
    ridge, slope = half - short, rise_m / short
    length, width = half + short * (FAR - 1), short * FAR
    long_sides = [
        _piece(frame, [(-ridge, 0), (ridge, 0), (length, side * width), (-length, side * width)],
               side * frame.across, top_m, slope, (0, 0))
        for side in (1, -1)
    ]  # fmt: skip
    ends = [
        _piece(frame, [(side * ridge, 0), (side * length, width), (side * length, -width)],
               side * frame.along, top_m, slope, (side * ridge, 0))
        for side in (1, -1)
    ]  # fmt: skip
    return [*long_sides, *ends]


def _pyramidal(frame: _Frame, _: Vector, top_m: float, rise_m: float) -> list[Plane]:
    """Return four planes that meet in one point above the middle."""
    length, width = frame.half[0] * FAR, frame.half[1] * FAR
    across = [
        _piece(frame, [(0, 0), (length, side * width), (-length, side * width)], side * frame.across, top_m,
               rise_m / frame.half[1], (0, 0)) for side in (1, -1)
    ]  # fmt: skip
    along = [
        _piece(frame, [(0, 0), (side * length, width), (side * length, -width)], side * frame.along, top_m,
               rise_m / frame.half[0], (0, 0)) for side in (1, -1)
    ]  # fmt: skip
    return [*across, *along]


def _shed(frame: _Frame, downhill: Vector, top_m: float, rise_m: float) -> list[Plane]:
    """Return one plane that falls from side to side."""
    length, width = frame.half[0] * FAR, frame.half[1] * FAR
    side = 1 if float(downhill @ frame.across) > 0 else -1
    corners = [(-length, -width), (length, -width), (length, width), (-length, width)]
    return [_piece(frame, corners, downhill, top_m, rise_m / (2 * frame.half[1]), (0, -side * frame.half[1]))]


def _sawtooth(frame: _Frame, downhill: Vector, top_m: float, rise_m: float, number: int) -> list[Plane]:
    """Return a row of planes, each falling from its own upright side."""
    side = 1 if float(downhill @ frame.across) > 0 else -1
    tooth, length = 2 * frame.half[1] / number, frame.half[0] * FAR
    planes = []
    for step in range(number):
        start, end = -frame.half[1] + step * tooth, -frame.half[1] + (step + 1) * tooth
        low = start - (frame.half[1] * (FAR - 1) if step == 0 else 0)
        high = end + (frame.half[1] * (FAR - 1) if step == number - 1 else 0)
        corners = [(-length, side * low), (length, side * low), (length, side * high), (-length, side * high)]
        planes.append(_piece(frame, corners, downhill, top_m, rise_m / tooth, (0, side * start)))
    return planes


def _areas(geometry: shapely.Geometry) -> shapely.Geometry:
    """Return the areas of a geometry, without lines and points."""
    parts = shapely.get_parts(geometry)
    areas = parts[shapely.get_dimensions(parts) == 2]
    area: shapely.Geometry = areas[0] if len(areas) == 1 else shapely.multipolygons(areas)
    return area
