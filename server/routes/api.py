"""The JSON API: the zone, its layers, one feature, search."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from server.catalogue import describe_layers, find_column, labels
from server.dependencies import AppSettings, Language, Release
from server.features import describe_feature
from server.search import find
from server.views import PLINTH_M
from server.zone import describe_zone, ground, map_labels

router = APIRouter(prefix="/api", tags=["api"])
BINS = 24


@router.get("/zone")
def get_zone(release: Release) -> dict[str, Any]:
    """Return the zone: name, extent, release, counts, totals with intervals, attribution."""
    return describe_zone(release)


@router.get("/layers")
def get_layers(release: Release) -> dict[str, Any]:
    """Return the layers by domain, with columns, units and views."""
    return describe_layers(release.layers)


@router.get("/layers/{layer}/histogram")
def get_histogram(
    layer: str, release: Release, column: Annotated[str, Query(max_length=80)]
) -> dict[str, Any]:
    """Return how the values of a layer's column are distributed."""
    table, described = find_column(release.layers, layer, column)
    row = release.row(
        f'select min("{described.name}") as low, max("{described.name}") as high, '
        f'count(*) filter ("{described.name}" is null) as missing, '
        f'any_value(typeof("{described.name}")) as kind from "{table}"'
    ) or {}
    answer = {"table": table, "column": described.name, "unit": described.unit, "edges": [], "counts": [],
              "missing": row.get("missing", 0)}
    if row.get("low") is None or row.get("kind") not in {"DOUBLE", "INTEGER", "BIGINT"}:
        return answer
    low, high = float(row["low"]), float(row["high"])
    width = (high - low) / BINS or 1.0
    counted = release.rows(
        f'select least(floor(("{described.name}" - $low) / $width), {BINS - 1})::integer as bin, count(*) as number '
        f'from "{table}" where "{described.name}" is not null group by all', {"low": low, "width": width},
    )
    counts = {item["bin"]: item["number"] for item in counted}
    return answer | {"edges": [low + step * width for step in range(BINS + 1)],
                     "counts": [counts.get(step, 0) for step in range(BINS)]}


@router.get("/labels")
def get_labels(release: Release, lang: Language = "en") -> dict[str, str]:
    """Return every text for people in one language."""
    return labels(release.layers, lang)


@router.get("/buildings/{building_id:path}")
def get_building(building_id: str, release: Release) -> dict[str, Any]:
    """Return one building with every layer's values, units, intervals and evidence."""
    return describe_feature(release, "building", building_id)


@router.get("/parcels/{parcel_id:path}")
def get_parcel(parcel_id: str, release: Release) -> dict[str, Any]:
    """Return one parcel with every layer's values, units, intervals and evidence."""
    return describe_feature(release, "parcel", parcel_id)


@router.get("/energy-assets/{asset_id:path}")
def get_energy_asset(asset_id: str, release: Release) -> dict[str, Any]:
    """Return one energy asset."""
    return describe_feature(release, "energy_asset", asset_id)


@router.get("/search")
def get_search(
    release: Release, settings: AppSettings, q: Annotated[str, Query(max_length=200)],
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> dict[str, Any]:
    """Return parcels, buildings, streets and neighbourhoods by id, name (local, Latin) or address."""
    return {"results": find(release, q, min(limit, settings.search_limit))}


@router.get("/map-labels")
def get_map_labels(release: Release) -> list[dict[str, Any]]:
    """Return the names that stand on the map."""
    return map_labels(release)


@router.get("/ground")
def get_ground(release: Release) -> list[dict[str, Any]]:
    """Return the zone's outline, on which the map stands."""
    return ground(release, PLINTH_M)
