"""Roofs for photovoltaics: ranked, one by one, and as a table."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse

from server.assumptions import TermsQuery
from server.dependencies import Release
from server.download import send_file
from server.export import MEDIA
from server.roof import describe_roof
from server.site_table import LAYER, SiteFormat, write_sites
from server.sites import SiteQuery, rank_sites

router = APIRouter(prefix="/api/solar", tags=["solar"])


@router.get("/sites")
def get_sites(release: Release, query: Annotated[SiteQuery, Query()]) -> dict[str, Any]:
    """Return roofs in order: yield, cost, payback, intervals, what is left out and why, sums, targets, assumptions."""
    return rank_sites(release, query)


@router.get("/sites.{form}")
def get_sites_table(release: Release, form: SiteFormat, query: Annotated[SiteQuery, Query()]) -> FileResponse:
    """Return all roofs that pass the filter as a file."""
    return send_file(f"{release.release.zone_name}_{LAYER}.{form}", MEDIA[form],
                     lambda path: write_sites(release, query, path, form=form))


@router.get("/sites/{building_id:path}")
def get_site(
    building_id: Annotated[str, PathParameter(max_length=200)], release: Release,
    query: Annotated[TermsQuery, Query()],
) -> dict[str, Any]:
    """Return one roof with its months, the mean day of each month, its surfaces and what is left out of them."""
    return describe_roof(release, building_id, query)
