"""What may be drawn: the request's form and bounds, and the drafts that come of it, in the zone's coordinates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import shapely
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, field_validator, model_validator
from shapely.validation import explain_validity

from twin.classes import read_classes
from twin.crs import WGS84, transform
from twin.errors import DraftError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyproj

MOST_BUILDINGS, MOST_REMOVED = 5, 20
MOST_VERTICES, MOST_STOREYS, MOST_M2 = 64, 120, 50_000.0
LEAST_M2 = 4.0
EDGE_M = 0.5  # by which a footprint may reach over the zone's edge: the width of a line on the screen
USES = tuple(row["use"] for row in read_classes("use"))

Id = Annotated[str, Field(min_length=1, max_length=200)]
Degrees = Annotated[FiniteFloat, Field(ge=-180, le=180)]
Position = Annotated[list[Degrees], Field(min_length=2, max_length=3)]
Ring = Annotated[list[Position], Field(min_length=4, max_length=MOST_VERTICES + 1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Footprint(_Strict):
    """A GeoJSON polygon without holes, in EPSG:4326."""

    type: Literal["Polygon"]
    coordinates: Annotated[list[Ring], Field(min_length=1, max_length=1)]


class DrawnBuilding(_Strict):
    """
    A building as it is drawn, or a standing one that is changed: this has no footprint, and keeps what is not told.

    Attributes
    ----------
    footprint
        Outline; none where the building that it replaces keeps its own shape, parts and all.
    storeys
        Above ground.
    storey_height_m
        Of each, the usual one of the use where not given. [m]
    use
        As in the model.
    roof
        Its shape, flat where not given.
    roof_pv
        Whether photovoltaics are to stand on it.
    replaces
        building_id of what makes way for it.
    """

    footprint: Footprint | None = None
    storeys: Annotated[int, Field(ge=1, le=MOST_STOREYS)] | None = None
    storey_height_m: Annotated[FiniteFloat, Field(ge=2, le=30)] | None = None
    use: Annotated[str, Field(max_length=40)] | None = None
    roof: Literal["flat", "gabled", "hipped", "pyramidal", "skillion", "sawtooth"] | None = None
    roof_pv: bool = False
    replaces: Id | None = None

    @field_validator("use")
    @classmethod
    def _is_known(cls, use: str | None) -> str | None:
        if use is not None and use not in USES:
            message = f"unknown use; known are {', '.join(USES)}"
            raise ValueError(message)
        return use

    @model_validator(mode="after")
    def _is_whole(self) -> DrawnBuilding:
        message = ""
        if self.footprint is not None and (self.storeys is None or self.use is None):
            message = "a footprint alone is no building; give storeys and use, too"
        elif self.footprint is None and self.replaces is None:
            message = "draw a footprint, or name in `replaces` the building that is to change"
        elif self.footprint is None and self.storey_height_m is not None:
            message = "a building that is changed keeps the height of its storeys; leave storey_height_m out"
        if message:
            raise ValueError(message)
        return self

    @property
    def height_m(self) -> float | None:
        """Height where that of a storey is given. [m]"""
        if self.storey_height_m is None or self.storeys is None:
            return None
        return self.storeys * self.storey_height_m

    @property
    def is_change(self) -> bool:
        """Whether a standing building keeps its shape."""
        return self.footprint is None


class Request(_Strict):
    """Buildings that are drawn, and such as are taken away."""

    buildings: Annotated[list[DrawnBuilding], Field(max_length=MOST_BUILDINGS)] = []
    remove: Annotated[list[Id], Field(max_length=MOST_REMOVED)] = []
    lang: Literal["en", "zh", "fr", "de"] = "en"

    @model_validator(mode="after")
    def _does_something(self) -> Request:
        if not self.buildings and not self.remove:
            message = "draw a building, or name one to remove"
            raise ValueError(message)
        return self

    @property
    def removed(self) -> list[str]:
        """Ids of all that goes, each once."""
        replaced = [drawn.replaces for drawn in self.buildings if drawn.replaces is not None]
        return [*dict.fromkeys([*self.remove, *replaced])]


@dataclass(frozen=True, slots=True)
class Draft:
    """
    A drawn building in the zone's coordinates.

    Attributes
    ----------
    draft_id
        Its name in answers: `draft:1` is the first.
    drawn
        As it was drawn.
    outline
        Valid polygon; of a building that is changed whatever the release has. [m]
    """

    draft_id: str
    drawn: DrawnBuilding
    outline: shapely.Geometry


def make_drafts(
    request: Request, crs: pyproj.CRS, zone: shapely.Geometry, standing: Mapping[str, shapely.Geometry]
) -> list[Draft]:
    """
    Return the drafts of a request.

    Parameters
    ----------
    request
        What was drawn.
    crs
        The zone's coordinate system. [m]
    zone
        Its outline.
    standing
        Outlines of what is replaced, by building_id. [m]

    Raises
    ------
    DraftError
        If a footprint is no simple polygon, is too small or too large, or reaches out of the zone.
    """
    reach = shapely.buffer(zone, EDGE_M)
    return [Draft(f"draft:{number}", drawn, standing[str(drawn.replaces)] if drawn.footprint is None
                  else _outline(number, drawn.footprint, crs, reach))
            for number, drawn in enumerate(request.buildings, start=1)]


def _outline(number: int, footprint: Footprint, crs: pyproj.CRS, reach: shapely.Geometry) -> shapely.Polygon:
    """Return a footprint in the zone's coordinates, checked."""
    ring = [(position[0], position[1]) for position in footprint.coordinates[0]]
    where = f"building {number}: the footprint"
    if ring[0] != ring[-1]:
        message = f"{where} is not closed; repeat the first position at the end"
        raise DraftError(message, "whatif.refused.open", number=number)
    if any(abs(latitude) > 90 for _, latitude in ring):
        message = f"{where} has latitudes beyond 90 degrees; give longitude before latitude"
        raise DraftError(message, "whatif.refused.latitude", number=number)
    drawn = shapely.Polygon(ring)
    outline = transform(drawn, WGS84, crs)
    outside = DraftError(f"{where} reaches out of the zone; draw inside it", "whatif.refused.outside", number=number)
    if not all(math.isfinite(bound) for bound in outline.bounds):
        raise outside
    if not outline.is_valid:
        message = f"{where} is no simple polygon ({explain_validity(drawn).split('[')[0].lower()}); draw it anew"
        raise DraftError(message, "whatif.refused.crossed", number=number)
    if not shapely.covers(reach, outline):
        raise outside
    if not LEAST_M2 <= outline.area <= MOST_M2:
        message = f"{where} has {outline.area:,.1f} m2; draw one between {LEAST_M2:,.0f} and {MOST_M2:,.0f} m2"
        raise DraftError(message, "whatif.refused.size", number=number, area_m2=round(outline.area, 1),
                         least_m2=LEAST_M2, most_m2=MOST_M2)
    polygon: shapely.Polygon = outline
    return polygon
