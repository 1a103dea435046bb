"""The gap to neutrality: a plain line from today to the target, beside what all roofs could cut."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from layers.ledger.lines import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from server.database import ServedRelease

DOMAINS_OF = {"BASIC": "domain", "BASIC+": "domain_plus"}
LINES = """
select
    ledger_total.year, line, item, emissions_kgco2e_per_a as value, emissions_kgco2e_per_a_low as low,
    emissions_kgco2e_per_a_high as high, ledger_total.year > zone.year as is_projection
from ledger_total
cross join zone
where place_kind = 'zone' and book = 'gpc' and basis = $basis
    and ((line = 'total' and item = $level) or line = $domain_line)
order by ledger_total.year, value desc
"""
MODELLED = """
select year, sum(modelled_activity * factor_value) as kilograms
from ledger
where book = 'gpc' and coalesce(basis, $basis) = $basis and gpc_level in (select unnest($levels))
    and emissions_kgco2e_per_a is not null
group by year
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
    level, offset = rule_of(served)
    lines = served.rows(LINES, {"basis": basis, "level": level, "domain_line": DOMAINS_OF[level]})
    totals = {row["year"]: row for row in lines if row["line"] == "total"}
    start, target = zone["year"], zone["target_year"]
    if start not in totals or not totals[start]["value"]:
        return None
    domains = {row["item"]: row for row in lines if row["line"] != "total" and row["year"] == start}
    today = totals[start]["value"]
    offsets = min(offset, today)
    shares = plain_line(start, target, offsets / today)
    years = [{"year": year, "kgco2e_per_a": today * share,
              "domains": {name: row["value"] * share for name, row in domains.items()}}
             for year, share in shares.items()]
    return {"base_year": start, "target_year": target, "level": level, "basis": basis,
            "offsets_kgco2e_per_a": offsets, "unit": "kgCO2e/a", "today": _less(totals[start], 0.0),
            "gap": _less(totals[start], offsets),
            "gap_by_domain": {name: _less(row, offsets * row["value"] / today) for name, row in domains.items()},
            "gap_at_target": _less(totals[target], offsets) if target in totals else None,
            "years": years, "inventory": _inventory(served, totals.values(), level, basis),
            "roofs": _roofs(served, today)}


def rule_of(served: ServedRelease) -> tuple[str, float]:
    """Return the level of the GPC that is to be neutral, and what may still be emitted, as it is offset. [kgCO2e/a]"""
    rule = served.release.manifest["settings"]["inventory"].get("neutrality", {})
    return str(rule.get("level", "BASIC")), float(rule.get("offsets_kgco2e_per_a", 0))


def plain_line(start: int, target: int, left: float) -> dict[int, float]:
    """
    Return how much of today's emissions the plain line to the target leaves in each year. [1]

    Parameters
    ----------
    start, target
        Base year and target year.
    left
        Share that is left in the target year, because it is offset. [1]
    """
    span = max(target - start, 1)
    return {year: left + (1 - left) * max(target - year, 0) / span for year in range(start, max(target, start) + 1)}


def _less(total: Mapping[str, Any], offset: float) -> dict[str, float]:
    """Return a sum less what offsets it, never below nothing. [kgCO2e/a]"""
    return {name: max(total[name] - offset, 0.0) for name in ("value", "low", "high")}


def _inventory(
    served: ServedRelease, totals: Iterable[Mapping[str, Any]], level: str, basis: str
) -> list[dict[str, Any]]:
    """
    Return the totals of all years, later than the base year: projections, each with what the model alone says.

    Meters and known totals are of past years, so years are compared by what the model says of each.
    """
    modelled = {row["year"]: row["kilograms"]
                for row in served.rows(MODELLED, {"basis": basis, "levels": list(LEVELS[level])})}
    return [{name: row[name] for name in ("year", "is_projection", "value", "low", "high")}
            | {"modelled": modelled.get(row["year"])} for row in totals]


def _roofs(served: ServedRelease, total: float) -> dict[str, Any] | None:
    """Return what modules on all roofs would cut beyond those that stand, at the grid's factor by location."""
    row = served.row(ROOFS) if "parcel_solar" in served.tables else None
    if not row or not row["value"]:
        return None
    standing = (served.row(STANDING) or {"kwh": 0.0})["kwh"] if "parcel_energy" in served.tables else 0.0
    more = {name: max(row[name] - standing, 0.0) for name in ("value", "low", "high")}
    cut = more["value"] * row["factor"]
    # the two errors are independent: half-widths of a product add as squares (IPCC 2006, vol. 1, eq. 3.1)
    down, up = (math.hypot((more[side] - more["value"]) * row["factor"],
                           more["value"] * (row[f"factor_{side}"] - row["factor"])) for side in ("low", "high"))
    return {"yield_kwh_per_a": more["value"], "yield_kwh_per_a_low": more["low"], "yield_kwh_per_a_high": more["high"],
            "standing_kwh_per_a": standing, "factor_id": row["factor_id"], "cut_kgco2e_per_a": cut,
            "cut_kgco2e_per_a_low": max(cut - down, 0.0), "cut_kgco2e_per_a_high": cut + up,
            "share_of_total": cut / total if total else None}
