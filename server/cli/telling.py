"""Saying what a release holds, whether it is sound, and writing it out."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from server.notice import notice_of, title_of
from twin.errors import ReleaseError, ZoneError
from twin.store import Store, find_damage

if TYPE_CHECKING:
    from pathlib import Path

    from server.export import Format
    from twin.store import Release

SHOWN = ("building", "parcel", "road", "energy_asset", "land_cover", "neighbourhood")


def tell_release(store: Path, zone: str | None, *, as_json: bool) -> None:
    """Print a release's manifest, as JSON or for people."""
    release = Store(store).open_release(zone)
    if as_json:
        sys.stdout.write(json.dumps(release.manifest, indent=1, ensure_ascii=False) + "\n")
    else:
        print_release(release)


def print_release(release: Release) -> None:
    """Print what a release holds and what was done to its sources."""
    console = Console()
    manifest = release.manifest
    counts = ", ".join(f"{manifest['counts'][table]} {table.replace('_', ' ')}s" for table in SHOWN)
    console.print(title_of(manifest), style="bold", markup=False)
    if notice := notice_of(manifest):
        console.print(notice, markup=False)
    year = manifest["zone"].get("year")
    told = [f"release {release.release_id}", manifest["zone"]["crs"], *([f"state of {year}"] if year else [])]
    console.print(", ".join(told), markup=False)
    console.print(counts)
    table = Table("", "what", "number", box=None)
    for what in ("read", "repaired", "clipped", "dropped"):
        for subject, number in manifest["report"][what].items():
            table.add_row(what, subject, f"{number:,.2f}".rstrip("0").rstrip("."))
    console.print(table)
    for note in manifest["report"]["notes"]:
        console.print(f"note: {note}", markup=False)


def verify_release(
    store: Path, zone: str | None, release_id: str | None, *, as_json: bool, silent: bool = False
) -> None:
    """
    Hash a release again.

    Raises
    ------
    ReleaseError
        If a file is missing, was altered or does not belong.
    """
    release = Store(store).open_release(zone, release_id)
    damage = find_damage(release)
    if as_json and not silent:
        sys.stdout.write(json.dumps({"release_id": release.release_id, "damage": damage}) + "\n")
    if damage:
        message = f"release {release.release_id} is damaged: {'; '.join(damage[:10])}; build the zone again"
        raise ReleaseError(message)
    if not as_json and not silent:
        number = len(release.manifest["files"])
        Console().print(f"release {release.release_id}: {number} files, all as they were published")


def export_release(
    store: Path, zone: str | None, *, table: str | None, form: Format, out: Path | None, everything: Path | None,
    geometry: bool,
) -> None:
    """
    Write a table, or everything, of the current release.

    Raises
    ------
    ZoneError
        If it is not said what to write, or where.
    """
    from layers.discovery import discover_layers
    from server.export import exportable, write_all, write_export

    release = Store(store).open_release(zone)
    layers = {name: layer for name, layer in discover_layers().items() if name in release.manifest["layers"]}
    if everything is not None:
        written = write_all(release, layers, everything)
        Console(stderr=True).print(f"{everything}: {len(written)} layers and tables")
        return
    if table is None or out is None:
        known = ", ".join(exportable(release, layers))
        message = f"say what and where: `zonetwin export TABLE --out FILE` or --all FILE.gpkg; tables are {known}"
        raise ZoneError(message)
    write_export(release, layers, table, out, form=form, geometry=geometry)
    Console(stderr=True).print(f"{out}: {table} of release {release.release_id}")
