"""What a plan consists of: lots, houses and their parts, and other features; geometry in EPSG:4549."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import shapely
    from shapely.geometry.base import BaseGeometry as Geometry

    from twin.plan.site import Site
    from twin.plan.streets import Way
    from twin.plan.water import Stream

ACROSS = "across three parcels"  # an oddity of its lots, not of the house
RESIDENTIAL_STOREY_M = 2.8  # GB 50096-2011, 5.5.1
RESIDENTIAL_STOREY_2025_M = 3.0  # GB 55038-2025, in force since May 2025


@dataclass(slots=True)
class Part:
    """A part of a house that rises from a storey to another; storeys are of the house's height."""

    geometry: shapely.Polygon
    base_levels: int
    top_levels: int


@dataclass(slots=True, eq=False)
class House:
    """
    A building as the plan knows it, whatever of it a mapper would have noted.

    Attributes
    ----------
    kind
        Value of the tag `building`.
    use
        The model's word for its use.
    levels, storey_m
        Storeys above ground and the height of one. [m]
    year
        Year of completion.
    lot
        Number of the lot it stands on.
    is_home
        Whether its dwellings have a right to sunlight.
    bearing_deg
        How far its long side is turned from east-west, anticlockwise. [degrees]
    feature_id
        Its id in the model once it is numbered, such as `osm:way/12`.
    oddity
        What is odd about it, where it was planted to be.
    """

    geometry: shapely.Polygon
    kind: str
    use: str
    levels: int
    storey_m: float
    year: int
    lot: int
    roof_shape: str = "flat"
    name: str | None = None
    is_home: bool = False
    bearing_deg: float = 0.0
    parts: list[Part] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    feature_id: str = ""
    oddity: str = ""

    @property
    def is_odd(self) -> bool:
        """Whether it was planted against the rules of the plan."""
        return bool(self.oddity) and self.oddity != ACROSS

    @property
    def height_m(self) -> float:
        """Height of the roof above ground."""
        return self.levels * self.storey_m

    @property
    def floor_area_m2(self) -> float:
        """Gross floor area above ground."""
        if self.parts:
            return float(sum(part.geometry.area * (part.top_levels - part.base_levels) for part in self.parts))
        return float(self.geometry.area * self.levels)


@dataclass(slots=True, eq=False)
class Lot:
    """
    A parcel of the cadastre with its planning limits.

    Attributes
    ----------
    purpose
        What the plan put there, such as `gated` or `industry`.
    code
        Land-use code of the classification of 2023.
    tenure
        How the land was granted.
    year
        Year of the grant.
    quarter
        Number of the neighbourhood.
    level
        Voltage of the substation that is to stand on it.
    ref
        Reference number in the cadastre.
    """

    geometry: shapely.Polygon
    purpose: str
    code: str
    bearing_deg: float
    tenure: str = ""
    year: int = 0
    quarter: int = 0
    name: str | None = None
    level: str = ""
    ref: str = ""
    far_max: float | None = None
    height_max_m: float | None = None
    coverage_max: float | None = None
    green_min: float | None = None


@dataclass(slots=True)
class Feature:
    """A lane, a lake, a cable or a plant as a mapper would note it: a point, a line or an area with its tags."""

    geometry: Geometry
    tags: dict[str, str]


@dataclass(slots=True)
class Quarter:
    """
    A neighbourhood. [m], EPSG:4549

    Attributes
    ----------
    population, households
        By year. [persons], [1]
    built_before_2000, built_since_2020
        Shares of the floor area of its homes at build-out. [1]
    """

    geometry: shapely.Polygon
    name: str
    population: dict[int, int] = field(default_factory=dict)
    households: dict[int, int] = field(default_factory=dict)
    median_year: int | None = None
    built_before_2000: float | None = None
    built_since_2020: float | None = None


@dataclass(slots=True, eq=False, repr=False)
class Plan:
    """
    An invented zone. Geometry in EPSG:4549. [m]

    Attributes
    ----------
    site
        Its frame.
    zone
        Outline.
    streams, water
        River and canals, and the area they cover.
    rail
        Axis of the railway.
    ways
        Pieces of streets.
    lots, houses
        The cadastre, and what stands on it.
    assets
        The energy system.
    features
        Lanes, lakes and tracks.
    quarters, population
        Neighbourhoods, and the zone's residents by year. [persons]
    oddities
        What was planted to be odd, and the feature that is.
    """

    site: Site
    sun_h: float
    zone: shapely.Polygon
    streams: list[Stream]
    water: shapely.Geometry
    rail: shapely.LineString
    ways: list[Way]
    lots: list[Lot] = field(default_factory=list)
    houses: list[House] = field(default_factory=list)
    assets: list[Feature] = field(default_factory=list)
    features: list[Feature] = field(default_factory=list)
    quarters: list[Quarter] = field(default_factory=list)
    population: dict[int, int] = field(default_factory=dict)
    oddities: dict[str, House | Lot | Way] = field(default_factory=dict)
