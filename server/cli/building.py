"""Building a zone from the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server.cli.planning import draw_sources
from server.cli.progress import progress
from server.cli.telling import print_release
from twin.classes import data_folder
from twin.errors import ZoneError, ZonetwinError
from twin.settings import BASE_YEAR
from twin.store import Store, find_damage
from twin.zone import Zone, load_zone, make_zone, set_base_year

if TYPE_CHECKING:
    from twin.store import Release

STEPS = 8  # things the model says it does, before and after the layers


def find_zone(text: str) -> Zone:
    """Return the zone of a folder, or an embedded one by its name."""
    folder = Path(text)
    embedded = data_folder() / "zones" / text
    if not folder.exists() and text.isidentifier() and embedded.is_dir():
        return load_zone(embedded)
    return load_zone(folder)


def zone_from_flags(flags: dict[str, Any]) -> Zone:
    """
    Return the zone that flags describe.

    Raises
    ------
    ZoneError
        If there is neither a name nor a source, or a flag is wrong.
    """
    if not flags["name"]:
        message = "nothing to build: give --zone FOLDER, or --name NAME with sources such as --osm FILE"
        raise ZoneError(message)
    sources: dict[str, Any] = {}
    for role in ("osm", "parcels", "buildings", "neighbourhoods", "weather", "meters"):
        if flags[role]:
            sources[role] = {"file": flags[role]}
    for role, singular in (("parcels", "parcel"), ("buildings", "building")):
        columns, layer = _pairs(flags[f"{singular}_column"]), flags[f"{singular}_layer"]
        if (columns or layer) and role not in sources:
            message = f"--{singular}-column and --{singular}-layer need --{role} FILE"
            raise ZoneError(message)
        if role in sources:
            sources[role] |= {"columns": columns} | ({"layer": layer} if layer else {})
    if flags["dsm"] or flags["dtm"]:
        sources["terrain"] = {key: flags[key] for key in ("dsm", "dtm") if flags[key]}
    settings: dict[str, Any] = {"name": flags["name"], "title": flags["title"], "sources": sources}
    if flags["region"]:
        settings["regions"] = flags["region"]
    if flags["population"] is not None:
        settings["population"] = {BASE_YEAR if flags["year"] is None else flags["year"]: flags["population"]}
    settings |= {key: flags[key] for key in ("crs", "boundary") if flags[key]}
    return make_zone(settings, folder=Path(), where="flags")


def in_year(zone: Zone, year: int | None) -> Zone:
    """Return a zone as it stands in a year, in its own base year where none is given."""
    return zone if year is None else set_base_year(zone, year)


def _pairs(items: list[str] | None) -> dict[str, str]:
    pairs = {}
    for item in items or []:
        left, sign, right = item.partition("=")
        if not (left and sign and right):
            message = f"{item!r} is no mapping; write model=file, for instance cadastral_ref=LOT_ID"
            raise ZoneError(message)
        pairs[left.strip()] = right.strip()
    return pairs


def download_osm(zone: Zone, store: Path) -> Zone:
    """
    Return a zone whose OSM data are a file: what it names by place or box is downloaded once, beside the releases.

    Raises
    ------
    NetworkError
        If the services do not answer.
    """
    source = zone.sources.osm
    if source is None or source.file is not None or not (source.place or source.bbox):
        return zone
    from server.cli.fetching import fetch_file
    from twin.sources.overpass import boundary_path

    out = (store / "downloads" / f"{zone.name}.osm.pbf").resolve()
    if not out.exists():
        box = ",".join(str(value) for value in source.bbox) if source.bbox else None
        fetch_file(place=source.place, bbox=box, out=out, cache=store / "downloads" / "cache")
    outline = boundary_path(out)
    sources = zone.sources.model_copy(update={"osm": source.model_copy(update={"file": out})})
    boundary = zone.boundary or (outline if outline.exists() else None)
    return zone.model_copy(update={"sources": sources, "boundary": boundary})


def build_zone(zone: Zone, store: Path, *, as_json: bool = False) -> Release:
    """Build a zone with a progress bar, and say what came of it."""
    from layers.discovery import discover_layers
    from layers.release import build_release

    zone = download_osm(draw_sources(zone, store), store)
    with progress(f"building {zone.name}", STEPS + len(discover_layers())) as say:
        release = build_release(zone, Store(store), say)
    if as_json:
        sys.stdout.write(json.dumps({"release_id": release.release_id, "folder": str(release.folder),
                                     "counts": release.manifest["counts"], "report": release.manifest["report"]},
                                    indent=1, ensure_ascii=False) + "\n")
    else:
        print_release(release)
    return release


def build_embedded(name: str, store: Path) -> None:
    """Build an embedded zone, unless the store holds a sound release of it made by this version."""
    from importlib.metadata import version

    try:
        release = Store(store).open_release(name)
        if release.manifest.get("version") == version("zonetwin") and not find_damage(release):
            return
    except ZonetwinError:
        pass
    build_zone(find_zone(name), store)
