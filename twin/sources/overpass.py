"""
OpenStreetMap, downloaded live: OSMnx finds the place and asks Overpass, what comes back is written as an OSM file.

The file is then read like any other. OSMnx's own tables of features hold no members and no nodes of ways, so its
`cache_only_mode` is used: it asks, pauses and caches, and the complete objects are taken from its cache.
"""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import pyproj
import shapely
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from twin.classes import read_classes
from twin.errors import NetworkError, NotFoundError, StoreError, ZoneError
from twin.sources.osm import NEIGHBOURHOOD_PLACES
from twin.sources.osmfile import Answer, data_state, write_answers
from twin.sources.services import LESS, PIECE_KM2, SERVER_S, Services, asking, damaged, knock, strange

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import requests
    from shapely.geometry.base import BaseGeometry

OVERPASS_URL = "https://overpass-api.de/api"
NOMINATIM_URL = "https://nominatim.openstreetmap.org"
AREA_KM2 = (0.0001, 500.0)  # what may be asked for
CORNERS = 100  # of an outline in a request; a finer one is widened and simplified
MARGIN_DEG = 0.0005  # by which it is widened at first
EDGE_DEG = 0.02  # of a box: a longer edge, straight in degrees, is not straight in the metres that OSMnx divides
PLACE_LENGTH = 200

# Keys of which every value is asked for, and those of which the class tables name the values.
WHOLE_KEYS = ("building", "building:part", "highway", "area:highway", "landuse", "leisure", "amenity", "power",
              "man_made", "railway")
CLASS_TABLES = ("osm_land_cover", "osm_energy")
ATTRIBUTES = ("generator:", "plant:", "substance")  # said of objects that another key finds
VAST = {("natural", "bay"), ("natural", "strait")}  # whole seas with all their shores; the coastline stands for them
MORE_VALUES = {
    "natural": {"coastline", "tree", "tree_row"},
    "place": NEIGHBOURHOOD_PLACES,
    "admin_level": {"9", "10", "11"},
}

LICENCE = (
    "Map data from OpenStreetMap, © OpenStreetMap contributors, https://www.openstreetmap.org/copyright\n"
    "Available under the Open Database License (ODbL) 1.0, https://opendatacommons.org/licenses/odbl/1-0/\n"
    "Whoever passes this file or what is derived from it on must name the contributors and keep the licence.\n"
)


class _Place(BaseModel):
    """One answer of Nominatim, as far as OSMnx needs it."""

    model_config = ConfigDict(strict=True)
    importance: float
    lat: str
    lon: str
    boundingbox: Annotated[list[str], Field(min_length=4, max_length=4)]
    geojson: dict[str, Any]


def fetch_osm(
    *,
    place: str | None,
    bbox: tuple[float, float, float, float] | None,
    out: Path,
    overpass_url: str = OVERPASS_URL,
    nominatim_url: str = NOMINATIM_URL,
    cache: Path,
    timeout_s: float = SERVER_S,
    say: Callable[[str], None],
) -> Path:
    """
    Download a place or a box of OpenStreetMap into an OSM file.

    The licence is written beside the file (`licence_path`), the outline of a place too (`boundary_path`).

    Parameters
    ----------
    place
        Name or address that Nominatim finds an outline for; or None.
    bbox
        West, south, east, north; or None. [degrees]
    out
        The file to write; its name ends in `.osm.pbf`.
    overpass_url, nominatim_url
        Addresses of the services, without `/interpreter` and `/search`.
    cache
        Folder that keeps every answer; what lies there is not asked for again.
    timeout_s
        How long to wait for an answer. [s]
    say
        Told what is being done, for a progress bar.

    Returns
    -------
    out
        The same bytes for the same answers.

    Raises
    ------
    ZoneError
        If what is asked for cannot be; every fault is listed.
    NetworkError
        If a service cannot be reached, refuses, or answers with something else than OSM data.
    NotFoundError
        If nothing goes by the place's name, or OpenStreetMap holds nothing there.
    StoreError
        If a folder cannot be written, or the cache is damaged.
    """
    services = Services(overpass_url.rstrip("/"), nominatim_url.rstrip("/"), cache, timeout_s, say)
    place = place if place is None else " ".join(place.split())
    _check_request(place, bbox, out, services)
    _make_folders(cache, out.parent)
    area = _find_place(place, services) if place is not None else shapely.box(*(bbox or ()))
    folder = _download(_widen(area) if place is not None else _segmentize(area), services)
    answers = [_read_answer(path) for path in sorted(folder.glob("*.json"))]
    if not any(answer.elements for answer in answers):
        shutil.rmtree(folder, ignore_errors=True)
        message = f"{services.overpass_url} holds no OpenStreetMap data of that area; check the place or the bbox"
        raise NotFoundError(message)
    counts = write_answers(answers, area.bounds, out)
    state = data_state(answers)
    _write_text(licence_path(out), LICENCE + (f"State of the data: {state}\n" if state else ""))
    if place is not None:
        _write_text(boundary_path(out), _geojson(area, place))
    say("wrote " + ", ".join(f"{number:,} {kind}s" for kind, number in counts.items()) + f" to {out.name}")
    return out


def licence_path(out: Path) -> Path:
    """Return where the licence of a fetched file is written."""
    return out.with_name(f"{out.name}.licence.txt")


def boundary_path(out: Path) -> Path:
    """Return where the outline of a fetched place is written: a GeoJSON file, ready to be a zone's boundary."""
    return out.with_name(f"{out.name.removesuffix('.osm.pbf')}.boundary.geojson")


def asked_tags() -> dict[str, bool | str | list[str]]:
    """Return the tags that are asked for: those that the reader of OSM files knows, True for every value of a key."""
    values: dict[str, set[str]] = {key: set(more) for key, more in MORE_VALUES.items()}
    for name in CLASS_TABLES:
        for row in read_classes(name):
            if (row["key"], row["value"]) not in VAST and not row["key"].startswith(ATTRIBUTES):
                values.setdefault(row["key"], set()).add(row["value"])
    tags: dict[str, bool | str | list[str]] = dict.fromkeys(WHOLE_KEYS, True)
    return tags | {key: sorted(values[key]) for key in sorted(values) if key not in WHOLE_KEYS}


def _check_request(
    place: str | None, bbox: tuple[float, float, float, float] | None, out: Path, services: Services
) -> None:
    """Raise one error that lists everything wrong with a request."""
    faults = []
    if (place is None) == (bbox is None):
        faults.append("give either a place or a bbox")
    if place is not None and not (place and place.isprintable() and len(place) <= PLACE_LENGTH):
        faults.append(f"place {place[:40]!r} is no name; give a line of 1 to {PLACE_LENGTH} characters")
    if bbox is not None:
        faults += _bbox_faults(bbox)
    if not out.name.endswith(".osm.pbf"):
        faults.append(f"{out} does not end in .osm.pbf; name the file so")
    if not (math.isfinite(services.timeout_s) and services.timeout_s > 0):
        faults.append(f"timeout {services.timeout_s} s is not above 0; give some seconds")
    faults += [fault for url in (services.overpass_url, services.nominatim_url) for fault in _url_faults(url)]
    if faults:
        raise ZoneError("download of OpenStreetMap: " + "; ".join(faults))


def _bbox_faults(bbox: tuple[float, float, float, float]) -> list[str]:
    """Return what is wrong with a box, its size only where its corners are right."""
    order = "give west,south,east,north in degrees"
    if len(bbox) != 4:
        return [f"bbox has {len(bbox)} numbers; {order}"]
    west, south, east, north = bbox
    sides = (("west", west, 180, "longitude"), ("south", south, 90, "latitude"),
             ("east", east, 180, "longitude"), ("north", north, 90, "latitude"))
    faults = [
        f"bbox: {side} {value} is no {kind}; {order}" for side, value, most, kind in sides if not -most <= value <= most
    ]
    if not faults and west >= east:
        faults.append(f"bbox: west {west} is not west of east {east}; {order}, in two halves at the 180th meridian")
    if not faults and south >= north:
        faults.append(f"bbox: south {south} is not south of north {north}; {order}")
    return faults or _size_faults(shapely.box(*bbox), "bbox")


def _size_faults(area: BaseGeometry, what: str) -> list[str]:
    """Return what is wrong with the size of an area."""
    least, most = AREA_KM2
    size_km2 = _size_km2(area)
    if size_km2 > most:
        return [f"{what} covers {size_km2:,.0f} km2, and at most {most:,.0f} km2 are downloaded; {LESS}"]
    return [f"{what} covers next to nothing ({size_km2:.2g} km2); choose a larger area"] if size_km2 < least else []


def _url_faults(url: str) -> list[str]:
    """Return what is wrong with the address of a service."""
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").encode("idna"), parts.port
    except ValueError:
        host = b""
    plain = host and parts.scheme in {"http", "https"} and not parts.query and not parts.fragment
    if plain and "@" not in parts.netloc:
        return []
    return [f"{url[:80].rpartition('@')[2]!r} is no address of a service; give one such as {OVERPASS_URL}"]


def _make_folders(*folders: Path) -> None:
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            message = f"{folder} cannot be made a folder ({error.strerror}); choose another one"
            raise StoreError(message) from error


def _find_place(place: str, services: Services) -> BaseGeometry:
    """Return the outline of a place, in degrees."""
    services.say(f"looking for {place!r} at {services.nominatim_url}")
    url = services.nominatim_url

    def check(response: requests.Response) -> None:
        try:
            found = TypeAdapter(list[_Place]).validate_json(response.content)
        except ValidationError as error:
            raise strange(url, error, "places") from error
        if not found:
            message = f"{url} finds no place {place!r}; write it as 'Town, Country', or give its bbox"
            raise NotFoundError(message)

    import osmnx

    with asking(services, url, services.cache, check):
        try:
            frame = osmnx.geocode_to_gdf(place)
        except TypeError as error:
            message = f"{url} knows {place!r} only as a point or a line; name the area around it, or give a bbox"
            raise NotFoundError(message) from error
    area: BaseGeometry = shapely.make_valid(frame.geometry.iloc[0], method="structure", keep_collapsed=False)
    faults = _size_faults(_widen(area), f"place {place!r}")
    if faults:
        raise ZoneError(faults[0])
    return area


def _widen(area: BaseGeometry) -> shapely.Polygon:
    """Return a polygon of few corners around an area; the hull where it has several pieces, as OSMnx would ask for."""
    margin_deg = MARGIN_DEG
    while True:
        wide = area.buffer(margin_deg).simplify(margin_deg)
        hull = wide if isinstance(wide, shapely.Polygon) else wide.convex_hull
        outline = shapely.Polygon(shapely.get_exterior_ring(hull))
        if shapely.get_num_coordinates(outline) <= CORNERS:
            return outline
        margin_deg *= 2


def _segmentize(box: BaseGeometry) -> shapely.Polygon:
    """Return a box with corners along its edges."""
    return shapely.Polygon(shapely.get_exterior_ring(shapely.segmentize(box, EDGE_DEG)))


def _download(area: shapely.Polygon, services: Services) -> Path:
    """Return the folder that holds the answers of Overpass for an area."""
    url, tags = services.overpass_url, asked_tags()
    request = json.dumps([url, shapely.to_wkt(area, rounding_precision=7), tags, PIECE_KM2, SERVER_S], sort_keys=True)
    folder = services.cache / f"overpass-{hashlib.sha256(request.encode()).hexdigest()[:16]}"
    services.say(f"asking {url} for {_size_km2(area):,.2f} km2 of OpenStreetMap")

    def check(response: requests.Response) -> None:
        try:
            answer = Answer.model_validate_json(response.content)
        except ValidationError as error:
            raise strange(url, error, "OSM data") from error
        if answer.remark:
            remark = " ".join(answer.remark.split())[:160]
            message = f"{url} broke off its answer ({remark}); {LESS}"
            raise NetworkError(message)
        services.say(f"received {len(answer.elements):,} objects, {len(response.content) / 1e6:,.1f} MB")

    import osmnx

    with asking(services, url, folder, check):
        if services.has_slots and not folder.exists():
            knock(services)
        with suppress(InterruptedError):  # the end of its cache_only_mode
            osmnx.features_from_polygon(area, tags)
    return folder


def _read_answer(path: Path) -> Answer:
    try:
        return Answer.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise damaged(path.parent) from error


def _write_text(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror}); check the folder and the space on the disk"
        raise StoreError(message) from error


def _geojson(area: BaseGeometry, place: str) -> str:
    """Return a place's outline as GeoJSON."""
    properties = {"name": place, "attribution": "© OpenStreetMap contributors", "licence": "ODbL-1.0"}
    feature = {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(area))}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}, ensure_ascii=False)


def _size_km2(area: BaseGeometry) -> float:
    return abs(pyproj.Geod(ellps="WGS84").geometry_area_perimeter(area)[0]) / 1e6
