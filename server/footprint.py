"""What residents are told of their quarter: energy and emissions of its homes per head, and where they lead."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from server.inventory import residents_of
from server.neutrality import plain_line, rule_of
from server.notice import is_synthetic, notice_of
from twin.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.database import ServedRelease

LEAST_DWELLINGS = 10  # fewer could be told apart, as with meters
ACTIONS = 3
TENTH = 0.1
ENERGY, EMISSIONS = "energy_kwh_per_a", "emissions_kgco2e_per_a"
PLACE = """
select
    neighbourhood.neighbourhood_id as id, coalesce(name_local, neighbourhood.neighbourhood_id) as name, name_latin,
    source, households, median_year_built, map.lon, map.lat, map.west, map.south, map.east, map.north, map.geojson,
    zone.year, zone.target_year, zone.population is null as population_is_modelled
from neighbourhood
cross join zone
left join map_neighbourhood as map on map.feature_id = neighbourhood.neighbourhood_id
where neighbourhood.neighbourhood_id = $id
"""
HOMES = "select * from ledger_home where place_id in ($id, 'zone') order by place_id, year, carrier"
DWELLINGS = """
select coalesce(sum(dwellings), 0) as dwellings
from building where neighbourhood_id = $id and use = 'residential' and status = 'existing'
"""
TOTAL = """
select emissions_kgco2e_per_a as value, emissions_kgco2e_per_a_low as low, emissions_kgco2e_per_a_high as high
from ledger_total inner join zone using (year)
where place_kind = 'zone' and basis = 'location' and line = 'total' and item = $item
"""
ROOFS = """
select
    sum(pv_yield_kwh_per_a) as value, sum(pv_yield_kwh_per_a_low) as low, sum(pv_yield_kwh_per_a_high) as high,
    sum(pv_capacity_kwp) as capacity_kwp
from building_solar inner join building using (building_id)
where neighbourhood_id = $id and use = 'residential' and status = 'existing'
"""
ENDS = ("cooling", "heating", "base")
USES = f"""
select {", ".join(f"sum({end}_kwh_per_a{side}) as {end}{side}" for end in ENDS for side in ("", "_low", "_high"))}
from building_construction inner join building using (building_id)
where neighbourhood_id = $id and use = 'residential' and status = 'existing'
"""
GRID = "select value, low, high, factor_id from factor_in_force where quantity = 'grid_emission.location'"
# All rows behind a cell are multiplied with one number, what was read over what was modelled: what was read, over that
# number, is what the model alone says of the same buildings in the same time.
MEASURED = """
with metered as (
    select ledger.carrier, any_value(ledger.scale) as ratio
    from ledger
    inner join zone using (year)
    inner join building on ledger.subject_kind = 'building' and building.building_id = ledger.subject_id
    where building.neighbourhood_id = $id and ledger.evidence = 'measured' and ledger.book = 'gpc'
    group by ledger.carrier
    having min(ledger.scale) = max(ledger.scale)
)

select carrier, year, meters, amount, coverage, unit, is_public, reason, amount / nullif(ratio, 0) as modelled_amount
from reading_cell inner join zone using (year) left join metered using (carrier)
where neighbourhood_id = $id order by carrier
"""
Bounded = dict[str, float | None]


def describe_footprint(served: ServedRelease, neighbourhood_id: str, language: str = "en") -> dict[str, Any]:
    """
    Return what residents are told of their quarter.

    Parameters
    ----------
    served
        The release.
    neighbourhood_id
        Id of the quarter.
    language
        Of the notice.

    Returns
    -------
    footprint
        `homes`: energy [kWh/a] and emissions [kgCO2e/a] per resident of the quarter's dwellings, with intervals, by
        carrier, and the same of the zone; `territorial` and `lifestyle` of the zone per head [kgCO2e/a]; what was
        `measured`, as far as it may be shown, with what the model says of the same; the `path` to the target year;
        three `actions`. `homes` is None, with `reason_key`, where nobody lives there or too few dwellings stand there.

    Raises
    ------
    NotFoundError
        If there is no such quarter, or the release has no figures of homes.
    """
    place = served.row(PLACE, {"id": neighbourhood_id})
    if place is None:
        message = f"there is no neighbourhood {neighbourhood_id[:80]!r} in this release"
        raise NotFoundError(message)
    if "ledger_home" not in served.tables:
        message = "this release has no figures of homes; build the zone again"
        raise NotFoundError(message)
    homes = {(row["place_kind"], row["year"], row["carrier"]): row
             for row in served.rows(HOMES, {"id": neighbourhood_id})}
    dwellings = (served.row(DWELLINGS, {"id": neighbourhood_id}) or {"dwellings": 0})["dwellings"]
    manifest = served.release.manifest
    corners = [place.pop(name) for name in ("west", "south", "east", "north")]
    outline = place.pop("geojson")
    answer = place | {
        "geometry": json.loads(outline) if outline else None,
        "centre": [place.pop("lon"), place.pop("lat")], "bbox": corners, "dwellings": round(dwellings),
        "release_id": served.release.release_id, "notice": notice_of(manifest, language),
        "synthetic": is_synthetic(manifest), "territorial": _per_head(served, "BASIC", place["year"]),
        "lifestyle": _per_head(served, "consumption", place["year"]), "homes": None, "path": None, "actions": [],
        "measured": [], "reason_key": None,
    }
    own = homes.get(("neighbourhood", place["year"], "all"))
    if own is None or not own["residents_persons"]:
        return answer | {"reason_key": "app.quarter.nobody"}
    if dwellings < LEAST_DWELLINGS:
        return answer | {"reason_key": "app.quarter.too_few"}
    return answer | {
        "homes": _homes(homes, place["year"]), "path": _path(served, homes, place),
        "actions": _actions(served, neighbourhood_id, homes, place["year"]),
        "measured": [row | {"carrier_key": f"carrier.{row['carrier']}",
                            "reason_key": f"withheld.{row['reason']}" if row["reason"] else None}
                     for row in served.rows(MEASURED, {"id": neighbourhood_id})] if _has_cells(served) else [],
    }


def _has_cells(served: ServedRelease) -> bool:
    return "reading_cell" in served.tables and "coverage" in served.columns("reading_cell")


def _bounded(row: Mapping[str, Any], name: str, divisor: float = 1.0) -> Bounded:
    """Return a figure with its interval, over a divisor."""
    return {side: row[column] / divisor if row.get(column) is not None else None
            for side, column in (("value", name), ("low", f"{name}_low"), ("high", f"{name}_high"))}


def _homes(homes: Mapping[tuple[str, int, str], Mapping[str, Any]], year: int) -> dict[str, Any]:
    """Return energy and emissions per resident, whole and by carrier, of the quarter and of the zone."""
    own, zone = homes["neighbourhood", year, "all"], homes["zone", year, "all"]
    carriers = [{"carrier": carrier, "carrier_key": f"carrier.{carrier}",
                 "energy_kwh_per_person_a": _bounded(row, ENERGY, own["residents_persons"]),
                 "emissions_kgco2e_per_person_a": _bounded(row, EMISSIONS, own["residents_persons"])}
                for (kind, of_year, carrier), row in homes.items()
                if kind == "neighbourhood" and of_year == year and carrier != "all"]
    return _per_resident(own) | {
        "residents": own["residents_persons"], "buildings": own["buildings"], "share_measured": own["share_measured"],
        "scale": own["scale"], "carriers": carriers, "zone": _per_resident(zone)}


def _per_resident(row: Mapping[str, Any]) -> dict[str, Bounded]:
    return {"energy_kwh_per_person_a": _bounded(row, ENERGY, row["residents_persons"]),
            "emissions_kgco2e_per_person_a": _bounded(row, EMISSIONS, row["residents_persons"])}


def _per_head(served: ServedRelease, item: str, year: int) -> Bounded | None:
    """Return a total of the zone per head. [kgCO2e/a]"""
    total, people = served.row(TOTAL, {"item": item}), residents_of(served, year)
    return {name: value / people for name, value in total.items()} if total and people else None


def _path(
    served: ServedRelease, homes: Mapping[tuple[str, int, str], Mapping[str, Any]], place: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Return the plain line of homes' emissions per head from the base year to the target, and what is projected."""
    target, start = place["target_year"], place["year"]
    if target is None or target <= start:
        return None
    today = homes["neighbourhood", start, "all"][EMISSIONS] / homes["neighbourhood", start, "all"]["residents_persons"]
    level, offset = rule_of(served)
    total = served.row(TOTAL, {"item": level})
    left = min(offset / total["value"], 1.0) if total and total["value"] else 0.0
    years = [{"year": year, "kgco2e_per_person_a": today * share}
             for year, share in plain_line(start, target, left).items()]
    known = [{"year": year, "is_projection": year > start} | _bounded(row, EMISSIONS, row["residents_persons"])
             for (kind, year, carrier), row in homes.items()
             if kind == "neighbourhood" and carrier == "all" and row["residents_persons"]]
    return {"base_year": start, "target_year": target, "years": years, "known": known}


def _actions(
    served: ServedRelease, neighbourhood_id: str, homes: Mapping[tuple[str, int, str], Mapping[str, Any]], year: int
) -> list[dict[str, Any]]:
    """
    Return the three things that weigh most per head: all roofs, or a tenth less of a use of energy. [kgCO2e/a, kWh/a]

    Bounds of roofs and of uses are sums of the buildings' bounds, times the bound of the grid's factor: never too sure.
    """
    place, grid = {"id": neighbourhood_id}, served.row(GRID)
    people = homes["neighbourhood", year, "all"]["residents_persons"]
    found = [_action(carrier, TENTH, _bounded(row, ENERGY, people), _bounded(row, EMISSIONS, people))
             for carrier in ("gas", "heat") if (row := homes.get(("neighbourhood", year, carrier)))]
    if grid:
        scale = homes.get(("neighbourhood", year, "electricity"), {"scale": 1.0})["scale"]
        uses = served.row(USES, place) or {}
        for kind, ends in (("rooms", ("cooling", "heating")), ("appliances", ("base",))):
            kwh = {side: scale * sum(uses.get(f"{end}{column}") or 0.0 for end in ends) / people
                   for side, column in (("value", ""), ("low", "_low"), ("high", "_high"))}
            found.append(_action(kind, TENTH, kwh, _priced(kwh, grid)))
        if "building_solar" in served.tables and (roofs := served.row(ROOFS, place)) and roofs["value"]:
            kwh = {side: roofs[side] / people for side in ("value", "low", "high")}
            found.append(_action("roofs", 1.0, kwh, _priced(kwh, grid)) | {"capacity_kwp": roofs["capacity_kwp"]})
    weighing = [action for action in found if action["kgco2e_per_person_a"]["value"]]
    return sorted(weighing, key=lambda action: -action["kgco2e_per_person_a"]["value"])[:ACTIONS]


def _priced(kwh: Mapping[str, float], grid: Mapping[str, Any]) -> dict[str, float]:
    """Return what electricity emits, its bounds with those of the factor."""
    return {side: kwh[side] * (grid["value"] if grid[side] is None else grid[side]) for side in kwh}


def _action(kind: str, share: float, kwh: Mapping[str, Any], kilograms: Mapping[str, Any]) -> dict[str, Any]:
    """Return an action: a share of what is used, or given, per head."""
    return {"kind": kind, "title_key": f"app.action.{kind}", "share": share,
            "kwh_per_person_a": {side: value and value * share for side, value in kwh.items()},
            "kgco2e_per_person_a": {side: value and value * share for side, value in kilograms.items()}}
