"""Building a zone from the command line."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from layers.discovery import discover_layers
from layers.release import build_release
from server.cli.telling import print_release
from twin.classes import data_folder
from twin.errors import ZoneError, ZonetwinError
from twin.store import Store, find_damage
from twin.zone import Zone, load_zone, make_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from twin.store import Release

STEPS = 7  # things the model says it does, before and after the layers


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
    for role in ("osm", "parcels", "buildings", "neighbourhoods", "weather"):
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
        settings["population"] = {2025: flags["population"]}
    settings |= {key: flags[key] for key in ("crs", "boundary") if flags[key]}
    return make_zone(settings, folder=Path(), where="flags")


def _pairs(items: list[str] | None) -> dict[str, str]:
    pairs = {}
    for item in items or []:
        left, sign, right = item.partition("=")
        if not (left and sign and right):
            message = f"{item!r} is no mapping; write model=file, for instance cadastral_ref=LOT_ID"
            raise ZoneError(message)
        pairs[left.strip()] = right.strip()
    return pairs


def build_zone(zone: Zone, store: Path, *, as_json: bool = False) -> Release:
    """Build a zone with a progress bar, and say what came of it."""
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


@contextmanager
def progress(title: str, steps: int) -> Iterator[Callable[[str], None]]:
    """Show a progress bar on standard error, and lend the function that moves it."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=steps)

        def say(what: str) -> None:
            bar.update(task, advance=1, description=f"{title}: {what}")

        yield say
