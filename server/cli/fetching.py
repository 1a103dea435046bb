"""Downloading OpenStreetMap data and weather from the command line."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from rich.console import Console

from server.cli.progress import progress
from twin.errors import ZoneError

if TYPE_CHECKING:
    from pathlib import Path

TIMEOUT_S = 180.0
STEPS = 4


def fetch_file(
    *, place: str | None, bbox: str | None, out: Path, cache: Path, overpass_url: str | None = None,
    nominatim_url: str | None = None,
) -> None:
    """Download a place or a box into an OSM file."""
    from twin.sources.overpass import NOMINATIM_URL, OVERPASS_URL, boundary_path, fetch_osm

    overpass_url = overpass_url or os.environ.get("ZONETWIN_OVERPASS_URL") or OVERPASS_URL
    nominatim_url = nominatim_url or os.environ.get("ZONETWIN_NOMINATIM_URL") or NOMINATIM_URL
    box = _box(bbox) if bbox else None
    with progress("fetching", STEPS) as say:
        path = fetch_osm(place=place, bbox=box, out=out, overpass_url=overpass_url, nominatim_url=nominatim_url,
                         cache=cache, timeout_s=TIMEOUT_S, say=say)
    Console(stderr=True).print(f"{path} © OpenStreetMap contributors, ODbL 1.0.")
    outline = f" --boundary {boundary_path(path)}" if boundary_path(path).exists() else ""
    Console(stderr=True).print(f"Next: zonetwin build --name NAME --osm {path}{outline}")


def fetch_weather_file(*, at: str | None, out: Path, pvgis_url: str | None = None) -> None:
    """Download the typical year of a place into a file of PVGIS."""
    latitude_deg, longitude_deg = _point(at)
    from twin.weather.download import PVGIS_URL, fetch_weather

    url = pvgis_url or os.environ.get("ZONETWIN_PVGIS_URL") or PVGIS_URL
    year = fetch_weather(latitude_deg, longitude_deg, out, url=url, timeout_s=TIMEOUT_S)
    console = Console(stderr=True)
    said = f"{year.source}: {year.ghi_kwh_per_m2:,.0f} kWh/m2 of global irradiation. PVGIS © European Union."
    console.print(said, soft_wrap=True, markup=False)
    console.print(f"Next: zonetwin build --name NAME --osm FILE --weather {out}", soft_wrap=True, markup=False)


def require_one_subject(*, weather: bool, at: str | None, place: str | None, bbox: str | None) -> None:
    """
    Refuse flags of the map and of the weather together.

    Raises
    ------
    ZoneError
        If they are.
    """
    if weather and (place or bbox):
        message = "--weather is of a point, not of a --place or --bbox; give --at latitude,longitude"
        raise ZoneError(message)
    if at and not weather:
        message = "--at is the point of the weather; add --weather, or give --place or --bbox for a map"
        raise ZoneError(message)


def _point(text: str | None) -> tuple[float, float]:
    try:
        latitude_deg, longitude_deg = (float(part) for part in (text or "").split(","))
    except ValueError as error:
        message = f"--at {(text or '')[:60]!r} is no place; write latitude,longitude, such as 31.45,121.1"
        raise ZoneError(message) from error
    return latitude_deg, longitude_deg


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        message = f"--bbox {text[:60]!r} is no box; write west,south,east,north, such as 24.93,60.16,24.95,60.18"
        raise ZoneError(message) from error
    return west, south, east, north
