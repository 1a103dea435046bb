"""Exports over HTTP, with licence and attribution inside."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Query
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse

from server.access import require_open
from server.area import Area, ids_inside
from server.dependencies import AppSettings, Basis, Book, IsOwner, Language, Release, Year
from server.download import send_file
from server.export import MEDIA, write_export
from server.gpc_table import MEDIA as TABLE_MEDIA
from server.gpc_table import TableFormat, write_inventory
from server.table import TableQuery, write_table
from twin.errors import NotFoundError, ZoneError
from twin.model import PRIVATE

router = APIRouter(tags=["export"])


@router.get("/export/inventory.{form}")
def get_inventory_table(
    release: Release, form: TableFormat, book: Book = "gpc", basis: Basis = "location", year: Year = None,
    lang: Language = "en",
) -> FileResponse:
    """Return the inventory of a book as a table: CSV, or a workbook with its factors."""
    name = f"{release.release.zone_name}_inventory_{book}_{basis}{'_' + str(year) if year else ''}.{form}"
    return send_file(name, TABLE_MEDIA[form], lambda path: write_inventory(
        release, path, form=form, language=lang, book=book, basis=basis, year=year))


@router.get("/export/table/{view}.csv")
def get_view_table(
    release: Release, settings: AppSettings, view: Annotated[str, PathParameter(max_length=80)],
    query: Annotated[TableQuery, Query()],
) -> FileResponse:
    """Return the features that a view colours as a table of all rows, filtered and sorted as asked."""
    return send_file(f"{release.release.zone_name}_{view}.csv", MEDIA["csv"], lambda path: write_table(
        release, view, query, path, most_rows=settings.export_rows))


@router.post("/export/selection.{form}")
def post_selection_export(
    release: Release, form: Literal["csv", "geojson", "gpkg", "parquet"], area: Annotated[Area, Body(embed=True)],
    subject: Annotated[Literal["building", "parcel", "energy_asset"], Query()] = "building",
) -> FileResponse:
    """Return all that is known of the features in a drawn area, as a file."""
    ids = ids_inside(release, area, subject)
    return send_file(f"{release.release.zone_name}_{subject}_selection.{form}", MEDIA[form], lambda path: write_export(
        release.release, release.layers, f"wide_{subject}", path, form=form, only=ids))


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
    return send_file(f"{release.release.zone_name}_{table}.{form}", MEDIA[form], lambda path: write_export(
        release.release, release.layers, table, path, form=form, geometry=geometry),
        {"Cache-Control": "private, no-store"} if table in PRIVATE else None)
