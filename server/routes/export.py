"""Exports over HTTP, with licence and attribution inside."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from server.access import require_open
from server.dependencies import AppSettings, Basis, Book, IsOwner, Language, Release, Year
from server.export import MEDIA, write_export
from server.gpc_table import MEDIA as TABLE_MEDIA
from server.gpc_table import TableFormat, write_inventory
from twin.errors import NotFoundError, ZoneError
from twin.model import PRIVATE

router = APIRouter(tags=["export"])


@router.get("/export/inventory.{form}")
def get_inventory_table(
    release: Release, form: TableFormat, book: Book = "gpc", basis: Basis = "location", year: Year = None,
    lang: Language = "en",
) -> FileResponse:
    """Return the inventory of a book as a table: CSV, or a workbook with its factors."""
    folder = Path(tempfile.mkdtemp(prefix="zonetwin-"))
    name = f"{release.release.zone_name}_inventory_{book}_{basis}{'_' + str(year) if year else ''}.{form}"
    try:
        write_inventory(release, folder / name, form=form, language=lang, book=book, basis=basis, year=year)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return FileResponse(folder / name, media_type=TABLE_MEDIA[form],
                        headers={"Content-Disposition": f'attachment; filename="{name}"'},
                        background=BackgroundTask(shutil.rmtree, folder, ignore_errors=True))


@router.get("/export/{table}.{form}")
def get_export(
    release: Release, settings: AppSettings, is_owner: IsOwner, table: Annotated[str, PathParameter(max_length=80)],
    form: Literal["csv", "geojson", "gpkg", "parquet"],
    geometry: Annotated[bool, Query(description="whether CSV carries the geometry, as WKT in WGS 84")] = False,  # noqa: FBT002 a query
) -> FileResponse:
    """Return a table of the release as a file; one that is not public to those who have a key."""
    require_open(table, is_owner=is_owner)
    rows = release.release.manifest["counts"].get(table.removeprefix("wide_"))
    if rows is None:
        message = f"there is no table {table!r} in this release"
        raise NotFoundError(message)
    if rows > settings.export_rows:
        message = f"{table} has {rows} rows, more than the {settings.export_rows} of a download; use `zonetwin export`"
        raise ZoneError(message)
    folder = Path(tempfile.mkdtemp(prefix="zonetwin-"))
    name = f"{release.release.zone_name}_{table}.{form}"
    try:
        write_export(release.release, release.layers, table, folder / name, form=form, geometry=geometry)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if table in PRIVATE:
        headers["Cache-Control"] = "private, no-store"
    return FileResponse(folder / name, media_type=MEDIA[form], headers=headers,
                        background=BackgroundTask(shutil.rmtree, folder, ignore_errors=True))
