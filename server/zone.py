"""The zone at a glance: name, extent, counts, totals with intervals, sources and licences."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from layers.contract import LANGUAGES
from server.catalogue import default_view
from server.notice import is_synthetic, notice_of, title_of
from server.views import count_planned, zone_bbox

if TYPE_CHECKING:
    from server.database import ServedRelease

COUNTED = ("building", "parcel", "road", "energy_asset", "neighbourhood")
OSM_COPYRIGHT = "https://www.openstreetmap.org/copyright"


def describe_zone(served: ServedRelease, language: str = "en") -> dict[str, Any]:
    """Return what `/api/zone` gives, its notice in a language."""
    manifest = served.release.manifest
    row = served.row("select * exclude (geometry) from zone") or {}
    population = served.row("select sum(population) as population from neighbourhood") or {}
    bbox = zone_bbox(served)
    return {
        "name": manifest["zone"]["name"],
        "title": title_of(manifest, language),
        "release_id": served.release.release_id,
        "year": row.get("year"),
        "crs": manifest["zone"]["crs"],
        "bbox": bbox,
        "centre": [(bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2],
        "area_m2": row.get("area_m2"),
        "population": round(row.get("population") or population.get("population") or 0) or None,
        "population_is_modelled": row.get("population") is None,
        "population_year": row.get("population_year"),
        "target_year": row.get("target_year"),
        "notice": notice_of(manifest, language),
        "synthetic": is_synthetic(manifest),
        "counts": {table: manifest["counts"][table] for table in COUNTED},
        "planned_buildings": count_planned(served, "building"),
        "totals": _totals(served),
        "estimated_share": _estimated_share(served),
        "weakest_inputs": _weakest_inputs(served),
        "attribution": attribution(manifest),
        "report": manifest["report"],
        "default_view": default_view(served.layers),
        "languages": list(LANGUAGES),
    }


def attribution(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """Return who is to be named for the release's sources, each once."""
    found: dict[str, dict[str, Any]] = {}
    for item in manifest["inputs"]:
        if item["attribution"]:
            url = OSM_COPYRIGHT if item["role"] == "osm" and not item["synthetic"] else None
            found.setdefault(item["attribution"], {"text": item["attribution"], "url": url, "licence": item["licence"]})
    return list(found.values())


def _totals(served: ServedRelease) -> list[dict[str, Any]]:
    """Return the sums over the zone's parcels of the columns that have an interval."""
    totals = _ledger_totals(served)
    for layer in served.layers.values():
        if layer.name == "ledger":
            continue
        for column in layer.tables.get(f"parcel_{layer.name}", ()):
            if not (column.total and column.low and column.high):
                continue
            row = served.row(
                f'select sum("{column.name}") as value, sum("{column.low}") as low, sum("{column.high}") as high '
                f'from "parcel_{layer.name}"'
            )
            if row and row["value"] is not None:
                totals.append(row | {"key": f"{layer.name}.{column.name}", "unit": column.unit})
    return sorted(totals, key=lambda total: ("footprint" not in total["key"], "emissions" not in total["key"]))


def _ledger_totals(served: ServedRelease) -> list[dict[str, Any]]:
    """Return the zone's emissions by GPC BASIC and location, whole and by domain: bounds of parcels do not add up."""
    if "ledger_total" not in served.tables:
        return []
    rows = served.rows(
        "select item, emissions_kgco2e_per_a as value, emissions_kgco2e_per_a_low as low, emissions_kgco2e_per_a_high "
        "as high from ledger_total inner join zone using (year) where place_kind = 'zone' and book = 'gpc' "
        "and basis = 'location' and (line = 'domain' or item = 'BASIC') order by value desc")
    return [{"value": row["value"], "low": row["low"], "high": row["high"], "unit": "kgCO2e/a",
             "key": f"ledger.{'footprint' if row['item'] == 'BASIC' else row['item']}_kgco2e_per_a"} for row in rows]


def _weakest_inputs(served: ServedRelease) -> list[dict[str, Any]]:
    """Return the three inputs that make most of the variance of the zone's emissions."""
    if "input_doubt" not in served.tables:
        return []
    return served.rows("select kind, quantity, factor_id, seen, variance_share from input_doubt "
                       "where variance_share > 0 order by doubt_rank limit 3")


def _estimated_share(served: ServedRelease) -> float | None:
    """Return the least share of the zone's floor area that a layer has figures for, None where no layer tells."""
    gaps = [(f"parcel_{layer.name}", column.name) for layer in served.layers.values()
            for column in layer.tables.get(f"parcel_{layer.name}", ()) if column.gap]
    shares = [
        served.row(f'select 1 - (select sum("{column}") from "{table}") / nullif(sum(floor_area_m2), 0) as share '
                   "from building where status = 'existing'")
        for table, column in gaps
    ]
    return min((row["share"] for row in shares if row and row["share"] is not None), default=None)


def map_labels(served: ServedRelease, language: str) -> list[dict[str, Any]]:
    """
    Return names for the map: each street once, at the middle of its longest piece, and the neighbourhoods.

    Who does not read Chinese gets the Latin name in a second line, where it is another.
    """
    streets = served.rows(
        "select any_value(road.name_local) as name, any_value(road.name_latin) as latin, "
        "arg_max(map_road.lon, road.length_m) as lon, "
        "arg_max(map_road.lat, road.length_m) as lat from road "
        "inner join map_road on map_road.feature_id = road.road_id "
        "where road.name_local is not null group by road.name_local having sum(road.length_m) > 120 "
        "order by sum(road.length_m) desc, name limit 150"
    )
    quarters = served.rows(
        "select name_local as name, name_latin as latin, lon, lat from neighbourhood inner join map_neighbourhood "
        "on feature_id = neighbourhood_id where name_local is not null order by name limit 100"
    )
    named = [("street", row) for row in streets] + [("neighbourhood", row) for row in quarters]
    return [{"text": _written(row["name"], row["latin"], language), "position": [row["lon"], row["lat"], 0.5],
             "kind": kind} for kind, row in named]


def _written(name: str, latin: str | None, language: str) -> str:
    return name if language == "zh" or not latin or latin == name else f"{name}\n{latin}"


def ground(served: ServedRelease, plinth_m: float) -> list[dict[str, Any]]:
    """Return the zone's outline as rings below the ground, on which the map stands."""
    row = served.row(
        "select st_asgeojson(st_reduceprecision(st_transform(geometry, crs, 'EPSG:4326', true), 1e-7))::varchar "
        "as text from zone"
    )
    if row is None:
        return []
    geometry = json.loads(row["text"])
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [{"ring": [[[x, y, -plinth_m] for x, y in ring] for ring in polygon]} for polygon in polygons]
