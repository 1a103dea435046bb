"""An area that somebody drew on the map, and what lies in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

import shapely
from pydantic import BaseModel, ConfigDict, Field
from shapely.geometry import shape

from layers.wide import SUBJECTS
from twin.errors import NotFoundError, ZoneError

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from server.database import ServedRelease

MOST_CORNERS = 2000
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-85, le=85, allow_inf_nan=False)]
Ring = Annotated[list[tuple[Longitude, Latitude]], Field(min_length=3, max_length=MOST_CORNERS)]
INSIDE = """
select feature_id, any_value(st_contains(st_geomfromgeojson($area), st_point(lon, lat)) order by base_m) as is_inside
from {table} where lon between $west and $east and lat between $south and $north
group by feature_id having is_inside order by feature_id
"""


class Area(BaseModel):
    """A polygon of GeoJSON in WGS 84; a loop that crosses itself holds what it goes around."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["Polygon"] = "Polygon"
    coordinates: Annotated[list[Ring], Field(min_length=1, max_length=20)]

    def shape(self) -> BaseGeometry:
        """
        Return the area as a geometry without faults. [degrees]

        Raises
        ------
        ZoneError
            If it holds nothing, all corners on one line, for instance, or cannot be understood.
        """
        rings = [ring if ring[0] == ring[-1] else [*ring, ring[0]] for ring in self.coordinates]
        drawn = shape({"type": "Polygon", "coordinates": rings})
        try:
            parts = shapely.get_parts(shapely.make_valid(drawn, method="structure"))
            found = shapely.union_all([part for part in parts if part.area])
        except shapely.errors.GEOSException as error:
            message = "the drawn area is too entangled to be understood: draw a simpler one"
            raise ZoneError(message) from error
        if not found.area:
            message = "the drawn area holds nothing: draw at least three corners that are not on one line"
            raise ZoneError(message)
        return found


def read_area(text: str) -> Area:
    """
    Return the area that a link or a query writes: longitude,latitude;longitude,latitude;…

    Raises
    ------
    ZoneError
        If it is written otherwise, or is no area.
    """
    try:
        ring: list[Any] = [tuple(float(degrees) for degrees in place.split(",")) for place in text.split(";")]
        return Area(coordinates=[ring])
    except ValueError as error:
        message = "the area cannot be read: write longitude,latitude;longitude,latitude;… with three corners or more"
        raise ZoneError(message) from error


def ids_inside(served: ServedRelease, area: Area, subject: str) -> list[str]:
    """
    Return the features of a subject whose inner point lies in an area, in the order of their ids.

    Raises
    ------
    NotFoundError
        If there is no such subject.
    """
    if subject not in SUBJECTS:
        message = f"nothing is called {subject[:40]!r}; there are {', '.join(SUBJECTS)}"
        raise NotFoundError(message)
    return features_inside(served, area, subject)


def features_inside(served: ServedRelease, area: Area, layer: str) -> list[str]:
    """Return the features of a layer of the map whose inner point lies in an area, in the order of their ids."""
    outline = area.shape()
    west, south, east, north = outline.bounds
    rows = served.rows(INSIDE.format(table=f'"map_{layer}"'), {
        "area": json.dumps(outline.__geo_interface__), "west": west, "south": south, "east": east, "north": north})
    return [row["feature_id"] for row in rows]
