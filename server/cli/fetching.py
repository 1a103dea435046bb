"""Downloading OpenStreetMap data from the command line."""

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


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        message = f"--bbox {text[:60]!r} is no box; write west,south,east,north, such as 24.93,60.16,24.95,60.18"
        raise ZoneError(message) from error
    return west, south, east, north
