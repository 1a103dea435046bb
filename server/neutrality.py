"""The gap to neutrality: a plain line from today to the target, beside what all roofs could cut."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from layers.ledger.lines import LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.database import ServedRelease

DOMAINS_OF = {"BASIC": "domain", "BASIC+": "domain_plus"}
LINES = """
select line, item, emissions_kgco2e_per_a as value, emissions_kgco2e_per_a_low as low,
    emissions_kgco2e_per_a_high as high
from ledger_total
inner join zone using (year)
where place_kind = 'zone' and book = 'gpc' and basis = $basis and line in ('total', $domain_line)
order by value desc
"""
ROOFS = """
select
    sum(pv_yield_kwh_per_a) as value, sum(pv_yield_kwh_per_a_low) as low, sum(pv_yield_kwh_per_a_high) as high,
    any_value(factor.value) as factor, any_value(factor.low) as factor_low, any_value(factor.high) as factor_high,
    any_value(factor.factor_id) as factor_id
from parcel_solar
inner join factor_in_force as factor on factor.quantity = 'grid_emission.location'
"""
STANDING = "select coalesce(sum(pv_generation_kwh_per_a), 0) as kwh from parcel_energy"


def describe_neutrality(served: ServedRelease, basis: str) -> dict[str, Any] | None:
    """
    Return the plain line from the base year to the target, total and by domain, beside what the roofs could cut.

    Parameters
    ----------
    served
        The release.
    basis
        Electricity by location or market.

    Returns
    -------
    neutrality
        None where the zone has no target year; `years` with what may be emitted in each [kgCO2e/a]; `gap` between the
        base year and the target, whole and by domain; `gap_at_target` of the projection for that year, None where the
        inventory has none; `roofs`: what photovoltaics on all roofs would feed in beyond what stands there, times the
        grid's factor. All with intervals but the line and the offsets, which are set.
    """
    zone = served.row("select year, target_year from zone") or {}
    if zone.get("target_year") is None:
        return None
    rule = served.release.manifest["settings"]["inventory"].get("neutrality", {})
    level = rule.get("level", "BASIC")
    figures = {(row["line"], row["item"]): row for row in served.rows(
        LINES, {"basis": basis, "domain_line": DOMAINS_OF[level]})}
    whole = figures.get(("total", level))
    if whole is None or not whole["value"]:
        return None
    domains = {item: row for (line, item), row in figures.items() if line == DOMAINS_OF[level]}
    today, start, target = whole["value"], zone["year"], zone["target_year"]
    offsets = min(float(rule.get("offsets_kgco2e_per_a", 0)), today)

    def allowed(value: float, year: int) -> float:
        left, offset = max(target - year, 0) / max(target - start, 1), offsets * value / today
        return float(offset + (value - offset) * left)

    years = [{"year": year, "kgco2e_per_a": allowed(today, year),
              "domains": {name: allowed(row["value"], year) for name, row in domains.items()}}
             for year in range(start, max(target, start) + 1)]
    inventory = _totals(served, level, basis)
    at_target = next((item for item in inventory if item["year"] == target), None)
    return {"base_year": start, "target_year": target, "level": level, "basis": basis,
            "offsets_kgco2e_per_a": offsets, "unit": "kgCO2e/a", "today": _less(whole, 0.0),
            "gap": _less(whole, offsets),
            "gap_by_domain": {name: _less(row, offsets * row["value"] / today) for name, row in domains.items()},
            "gap_at_target": at_target and _less({
                name: at_target[f"emissions_kgco2e_per_a{end}"]
                for name, end in (("value", ""), ("low", "_low"), ("high", "_high"))}, offsets),
            "years": years, "inventory": inventory, "roofs": _roofs(served, today)}


def _less(total: Mapping[str, Any], offset: float) -> dict[str, float]:
    """Return a sum less what offsets it, never below nothing. [kgCO2e/a]"""
    return {name: max(total[name] - offset, 0.0) for name in ("value", "low", "high")}


def _totals(served: ServedRelease, level: str, basis: str) -> list[dict[str, Any]]:
    """Return the totals of all years of the inventory with their intervals; later than the base year: projections."""
    rows = served.rows(
        "select ledger_total.year, emissions_kgco2e_per_a, emissions_kgco2e_per_a_low, emissions_kgco2e_per_a_high, "
        "ledger_total.year > zone.year as is_projection from ledger_total cross join zone where place_kind = 'zone' "
        "and book = 'gpc' and basis = $basis and line = 'total' and item = $level order by ledger_total.year",
        {"basis": basis, "level": level})
    # Meters and known totals are of past years: years are compared by what the model says of each.
    modelled = {row["year"]: row["kilograms"] for row in served.rows(
        "select year, sum(modelled_activity * factor_value) as kilograms from ledger where book = 'gpc' "
        "and coalesce(basis, $basis) = $basis and gpc_level in (select unnest($levels)) "
        "and emissions_kgco2e_per_a is not null group by year", {"basis": basis, "levels": list(LEVELS[level])})}
    return [row | {"modelled_kgco2e_per_a": modelled.get(row["year"])} for row in rows]


def _roofs(served: ServedRelease, total: float) -> dict[str, Any] | None:
    """Return what modules on all roofs would cut beyond those that stand, at the grid's factor by location."""
    row = served.row(ROOFS) if "parcel_solar" in served.tables else None
    if not row or not row["value"]:
        return None
    standing = (served.row(STANDING) or {"kwh": 0.0})["kwh"] if "parcel_energy" in served.tables else 0.0
    more = {name: max(row[name] - standing, 0.0) for name in ("value", "low", "high")}
    cut = more["value"] * row["factor"]
    # the two errors are independent
    down, up = (math.hypot(math.log(max(more[side], 1.0) / more["value"]) if more["value"] else 0.0,
                           math.log(row[f"factor_{side}"] / row["factor"])) for side in ("low", "high"))
    return {"yield_kwh_per_a": more["value"], "yield_kwh_per_a_low": more["low"], "yield_kwh_per_a_high": more["high"],
            "standing_kwh_per_a": standing, "factor_id": row["factor_id"], "cut_kgco2e_per_a": cut,
            "cut_kgco2e_per_a_low": cut * math.exp(-down), "cut_kgco2e_per_a_high": cut * math.exp(up),
            "share_of_total": cut / total if total else None}
