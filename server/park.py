"""The zero-carbon park's core indicator: carbon dioxide per energy, on both bases of standard coal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from server.database import ServedRelease

INTENSITIES = """
select
    coal_basis, energy_tce_per_a, energy_tce_per_a_low, energy_tce_per_a_high, carbon_tco2_per_tce,
    carbon_tco2_per_tce_low, carbon_tco2_per_tce_high, string_split(coal_factors, ' ') as factors
from ledger_intensity
where basis = $basis and year = $year
order by coal_basis
"""
THRESHOLDS = "select quantity, value from factor_in_force where quantity like 'park_%'"


def describe_intensity(served: ServedRelease, basis: str, year: int) -> list[dict[str, Any]]:
    """
    Return tCO2 per tce of what a park uses, on each basis of standard coal that the zone's regions know.

    Parameters
    ----------
    basis
        Electricity by location or market.
    year
        Of the inventory.

    Returns
    -------
    intensities
        Basis (`calorific`: electricity by its heat, `equivalent`: by the coal that makes it), energy [tce/a] and
        carbon [tCO2/tce] with their intervals; `threshold` of the national list where the park is as large as the rule
        asks, else none and why.
    """
    known = {row["quantity"]: row["value"] for row in served.rows(THRESHOLDS)}
    return [row | _threshold(row["energy_tce_per_a"], known)
            for row in served.rows(INTENSITIES, {"basis": basis, "year": year})]


def _threshold(tce: float, known: dict[str, float]) -> dict[str, Any]:
    """Return the greatest value that the rule allows a park of this size; small parks have none."""
    for size in ("large", "medium"):
        least, core = known.get(f"park_size.{size}"), known.get(f"park_threshold.core_{size}")
        if least is not None and core is not None and tce >= least:
            return {"threshold_tco2_per_tce": core, "threshold_reason": None}
    return {"threshold_tco2_per_tce": None, "threshold_reason": "park_too_small"}
