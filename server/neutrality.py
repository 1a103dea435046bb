"""The gap to neutrality: a plain line from today to the target, beside what all roofs could cut."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from layers.ledger.lines import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from server.database import ServedRelease

DOMAINS_OF = {"BASIC": "domain", "BASIC+": "domain_plus"}
ROOFS = """
select
    sum(pv_yield_kwh_per_a) as value, sum(pv_yield_kwh_per_a_low) as low, sum(pv_yield_kwh_per_a_high) as high,
    any_value(factor.value) as factor, any_value(factor.low) as factor_low, any_value(factor.high) as factor_high,
    any_value(factor.factor_id) as factor_id
from parcel_solar
inner join factor_in_force as factor on factor.quantity = 'grid_emission.location'
"""


def describe_neutrality(
    served: ServedRelease, totals: Iterable[dict[str, Any]], zone: dict[str, Any], basis: str
) -> dict[str, Any] | None:
    """
    Return the plain line from today to the target, total and by domain, beside what the roofs' modules could cut.

    Parameters
    ----------
    totals
        Sums of the inventory with their intervals, as :func:`describe_inventory` tells them.
    zone
        Its year and target year.
    basis
        Electricity by location or market.

    Returns
    -------
    neutrality
        None where the zone has no target year; `years` with what may be emitted in each [kgCO2e/a]; `gap` between today
        and the target, whole and by domain; `roofs`: what all roofs' photovoltaics would feed in times the grid's
        factor. All with intervals but the line and the offsets, which are set.
    """
    if zone["target_year"] is None:
        return None
    rule = served.release.manifest["settings"]["inventory"].get("neutrality", {})
    offsets, level = float(rule.get("offsets_kgco2e_per_a", 0)), rule.get("level", "BASIC")
    figures = {(total["line"], total["item"]): total for total in totals}
    whole = figures.get(("total", level))
    if whole is None or not whole["value"]:
        return None
    domains = {item: total for (line, item), total in figures.items() if line == DOMAINS_OF[level]}
    today, start, target = whole["value"], zone["year"], zone["target_year"]

    def allowed(value: float, year: int) -> float:
        left, offset = max(target - year, 0) / max(target - start, 1), offsets * value / today
        return float(offset + (value - offset) * left)

    years = [{"year": year, "kgco2e_per_a": allowed(today, year),
              "domains": {name: allowed(total["value"], year) for name, total in domains.items()}}
             for year in range(start, max(target, start) + 1)]
    return {"target_year": target, "level": level, "basis": basis, "offsets_kgco2e_per_a": offsets,
            "today": _less(whole, 0.0), "gap": _less(whole, offsets),
            "gap_by_domain": {name: _less(total, offsets * total["value"] / today) for name, total in domains.items()},
            "unit": "kgCO2e/a", "years": years, "inventory": _totals(served, level, basis),
            "roofs": _roofs(served, today)}


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
    """Return what all roofs' modules would cut, at the grid's factor by location; the two errors are independent."""
    if "parcel_solar" not in served.tables:
        return None
    row = served.row(ROOFS)
    if not row or row["value"] is None:
        return None
    if not row["value"]:
        return None
    cut = row["value"] * row["factor"]
    down, up = (math.hypot(math.log(row[side] / row["value"]), math.log(row[f"factor_{side}"] / row["factor"]))
                for side in ("low", "high"))
    return {"yield_kwh_per_a": row["value"], "yield_kwh_per_a_low": row["low"], "yield_kwh_per_a_high": row["high"],
            "factor_id": row["factor_id"], "cut_kgco2e_per_a": cut,
            "cut_kgco2e_per_a_low": cut * math.exp(-down), "cut_kgco2e_per_a_high": cut * math.exp(up),
            "share_of_total": cut / total if total else None}
