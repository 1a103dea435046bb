"""The JSON API: the zone, its layers, one feature, search."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from server.area import Area
from server.caching import is_known
from server.catalogue import describe_layers, labels
from server.dependencies import AppSettings, Basis, Book, Language, Release, Year
from server.distribution import describe_distribution
from server.explain import explain
from server.features import describe_feature
from server.footprint import describe_footprint
from server.inventory import describe_inventory
from server.neighbourhoods import describe_neighbourhoods
from server.search import find
from server.selection import describe_selection
from server.table import TableQuery, describe_table
from server.views import PLINTH_M
from server.zone import describe_zone, ground, map_labels

router = APIRouter(prefix="/api", tags=["api"])
Id = Annotated[str, Path(max_length=200)]


@router.get("/zone")
def get_zone(release: Release, lang: Language = "en") -> dict[str, Any]:
    """Return the zone: name, extent, release, year, notice, counts, totals with intervals, attribution."""
    return describe_zone(release, lang)


@router.get("/layers")
def get_layers(release: Release) -> dict[str, Any]:
    """Return the layers by domain, with columns, units and views."""
    return describe_layers(release.layers)


@router.get("/layers/{layer}/histogram")
def get_histogram(
    release: Release, layer: Annotated[str, Path(max_length=80)], column: Annotated[str, Query(max_length=80)],
    subject: Annotated[str | None, Query(max_length=40)] = None,
) -> dict[str, Any]:
    """Return how the values of a layer's column are distributed: numbers in classes, words each."""
    return describe_distribution(release, layer, column, subject)


@router.get("/labels")
def get_labels(release: Release, lang: Language = "en") -> dict[str, str]:
    """Return every text for people in one language."""
    return labels(release.layers, lang)


@router.get("/buildings/{building_id:path}/explain")
def get_building_explanation(
    building_id: Id, release: Release, metric: Annotated[str, Query(max_length=80)], lang: Language = "en"
) -> dict[str, Any]:
    """Return how a building's figure came about: formula, rows, factors, sources, hashes of the inputs."""
    return explain(release, building_id, metric, lang, subject="building")


@router.get("/buildings/{building_id:path}")
def get_building(building_id: Id, release: Release, lang: Language = "en") -> dict[str, Any]:
    """Return one building with every layer's values, units, intervals and evidence, and the zone's notice."""
    return describe_feature(release, "building", building_id, lang)


@router.get("/parcels/{parcel_id:path}/explain")
def get_explanation(
    parcel_id: Id, release: Release, metric: Annotated[str, Query(max_length=80)], lang: Language = "en"
) -> dict[str, Any]:
    """Return how a parcel's figure came about: formula, rows, factors, sources, hashes of the inputs."""
    return explain(release, parcel_id, metric, lang)


@router.get("/parcels/{parcel_id:path}")
def get_parcel(parcel_id: Id, release: Release, lang: Language = "en") -> dict[str, Any]:
    """Return one parcel with every layer's values, units, intervals and evidence, and the zone's notice."""
    return describe_feature(release, "parcel", parcel_id, lang)


@router.get("/energy-assets/{asset_id:path}")
def get_energy_asset(asset_id: Id, release: Release, lang: Language = "en") -> dict[str, Any]:
    """Return one energy asset."""
    return describe_feature(release, "energy_asset", asset_id, lang)


@router.get("/neighbourhoods")
def get_neighbourhoods(request: Request, release: Release, lang: Language = "en") -> Response:
    """Return every neighbourhood: residents, centre, what was measured there and may be shown; the zone's notice."""
    headers = {"ETag": f'"{release.release.release_id}-neighbourhoods-{lang}"', "Cache-Control": "no-cache"}
    if is_known(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return JSONResponse(describe_neighbourhoods(release, lang), headers=headers)


@router.get("/neighbourhoods/{neighbourhood_id:path}/footprint")
def get_footprint(neighbourhood_id: Id, release: Release, lang: Language = "en") -> dict[str, Any]:
    """Return what residents are told of their quarter: homes per head with intervals, the way on, actions."""
    return describe_footprint(release, neighbourhood_id, lang)


@router.get("/inventory")
def get_inventory(
    release: Release, book: Book = "gpc", basis: Basis = "location", year: Year = None, lang: Language = "en"
) -> dict[str, Any]:
    """Return the inventory of a book: every code with figure or notation key, totals with intervals, neutrality."""
    return describe_inventory(release, lang, book=book, basis=basis, year=year)


@router.get("/table/{view}")
def get_table(
    release: Release, view: Annotated[str, Path(max_length=80)], query: Annotated[TableQuery, Query()],
) -> dict[str, Any]:
    """Return the features that a view colours as a table: sorted, filtered, a page at a time."""
    return describe_table(release, view, query)


@router.post("/selection")
def post_selection(
    release: Release, area: Annotated[Area, Body(embed=True)],
    view: Annotated[str | None, Body(max_length=80, embed=True)] = None, lang: Language = "en",
) -> dict[str, Any]:
    """Return the sums over a drawn area, and how the values of a view are spread in it; public values alone."""
    return describe_selection(release, area, lang, view)


@router.get("/search")
def get_search(
    release: Release, settings: AppSettings, q: Annotated[str, Query(max_length=200)],
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> dict[str, Any]:
    """Return parcels, buildings, streets and neighbourhoods by id, name (local, Latin) or address."""
    return {"results": find(release, q, min(limit, settings.search_limit))}


@router.get("/map-labels")
def get_map_labels(release: Release, lang: Language = "en") -> list[dict[str, Any]]:
    """Return the names that stand on the map."""
    return map_labels(release, lang)


@router.get("/ground")
def get_ground(release: Release) -> list[dict[str, Any]]:
    """Return the zone's outline, on which the map stands."""
    return ground(release, PLINTH_M)
