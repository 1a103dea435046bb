"""The zero-carbon park's core indicator: carbon dioxide per energy, on both bases of standard coal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from server.database import ServedRelease

ENERGY = """
select
    sum(activity) filter (carrier = 'electricity') as electricity_kwh,
    sum(activity) filter (carrier = 'gas') as gas_kwh,
    sum(emissions_kgco2e_per_a) as emissions_kg,
    count(*) filter (carrier not in ('electricity', 'gas')) as others
from ledger
where book = 'gpc' and gpc_ref in (select unnest($codes)) and coalesce(basis, $basis) = $basis and year = $year
    and emissions_kgco2e_per_a is not null
"""
FACTORS = """
select quantity, value, factor_id
from factor_in_force
where quantity like 'coal_equivalent.%' or quantity like 'park_%'
"""
BASES = ("calorific", "equivalent")
TONNE_KG = 1000.0


def describe_intensity(served: ServedRelease, codes: list[str], basis: str, year: int) -> list[dict[str, Any]]:
    """
    Return tCO2 per tce of what a park uses, on each basis of standard coal that the zone's regions know.

    Parameters
    ----------
    codes
        Codes that the book counts.
    basis
        Electricity by location or market.
    year
        Of the inventory.

    Returns
    -------
    intensities
        Basis (`calorific`: electricity by its heat, `equivalent`: by the coal that makes it), energy [tce/a],
        tco2_per_tce; `threshold` of the national list where the park is as large as the rule asks, else none and why.
    """
    used = served.row(ENERGY, {"codes": codes, "basis": basis, "year": year})
    factors = {row["quantity"]: row for row in served.rows(FACTORS)}
    gas = factors.get("coal_equivalent.gas")
    if not used or not used["emissions_kg"] or gas is None or used["others"]:
        return []
    found = []
    for kind in BASES:
        coal = factors.get(f"coal_equivalent.electricity_{kind}")
        if coal is None:
            continue
        tce = ((used["electricity_kwh"] or 0) * coal["value"] + (used["gas_kwh"] or 0) * gas["value"]) / TONNE_KG
        found.append({"basis": kind, "energy_tce_per_a": tce,
                      "tco2_per_tce": used["emissions_kg"] / TONNE_KG / tce if tce else None,
                      "factors": [coal["factor_id"], gas["factor_id"]]} | _threshold(tce, factors))
    return found


def _threshold(tce: float, factors: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the greatest value that the rule allows a park of this size; small parks have none."""
    for size in ("large", "medium"):
        least, core = factors.get(f"park_size.{size}"), factors.get(f"park_threshold.core_{size}")
        if least and core and tce >= least["value"]:
            return {"threshold_tco2_per_tce": core["value"], "threshold_reason": None}
    return {"threshold_tco2_per_tce": None, "threshold_reason": "park_too_small"}
