"""Carbon dioxide per standard coal, the core indicator of zero-carbon parks, with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from layers.ledger.draws import draw_formulas
from layers.ledger.lines import BASES, book_rows
from layers.ledger.sums import draw_sums

if TYPE_CHECKING:
    from collections.abc import Mapping

COAL = {"electricity": "coal_equivalent.electricity_{}", "gas": "coal_equivalent.gas"}
COAL_BASES = ("calorific", "equivalent")
TONNE_KG = 1000.0
WORDS = ("intensity_id", "basis", "coal_basis", "coal_factors")
FIGURES = ("energy_tce_per_a", "carbon_tco2_per_tce")
COLUMNS = ["intensity_id", "year", "basis", "coal_basis", *(f"{name}{end}" for name in FIGURES
                                                         for end in ("", "_low", "_high")), "coal_factors"]


def measure_intensity(ledger: pd.DataFrame, factors: pd.DataFrame, *, seed: int, draws: int) -> pd.DataFrame:
    """
    Return tCO2 per tce of what the book `park` counts, by year, basis of electricity and basis of standard coal.

    Emissions and energy are drawn together: what both are multiplied with cancels.

    Parameters
    ----------
    ledger
        Rows with an emission; electricity and gas in kWh/a.
    factors
        The factors in force.
    seed, draws
        Of the Monte Carlo, as for all sums.

    Returns
    -------
    intensities
        :data:`COLUMNS`. No row where a carrier has no factor of standard coal, or nothing is used.

    References
    ----------
    .. [1] NDRC, MIIT, NEA, 2025 No. 910, annexes 3 and 4.
    """
    known = factors.set_index("quantity").to_dict("index")
    park = ledger[book_rows(ledger, "park")]
    rows: list[dict[str, Any]] = []
    for basis in BASES:
        of_basis = park[park["basis"].fillna(basis) == basis]
        for year, used in of_basis.groupby("year"):
            for kind in COAL_BASES:
                names = {carrier: quantity.format(kind) for carrier, quantity in COAL.items()}
                if set(used["carrier"]) <= set(names) and set(names.values()) <= set(known):
                    place = {"intensity_id": f"{year}/{basis}/{kind}", "year": year, "basis": basis,
                             "coal_basis": kind}
                    rows.append(place | _measure(used.reset_index(drop=True), names, factors, known, seed, draws))
    found = pd.DataFrame(rows, columns=COLUMNS)
    numbers = {name: "float64" for name in COLUMNS if name not in {*WORDS, "year"}}
    return found.astype(dict.fromkeys(WORDS, "string") | {"year": "int32"} | numbers)


def _measure(
    used: pd.DataFrame, names: Mapping[str, str], factors: pd.DataFrame, known: Mapping[Any, Mapping[Any, Any]],
    seed: int, draws: int,
) -> dict[str, Any]:
    """Return energy and carbon per energy with their intervals."""
    quantity = used["carrier"].map(names)
    coal = used["activity"].to_numpy(float) * quantity.map(lambda name: known[name]["value"]).to_numpy(float) / TONNE_KG
    carbon = used["emissions_kgco2e_per_a"].to_numpy(float) / TONNE_KG
    every, one = np.arange(len(used)), np.zeros(len(used), np.int64)
    drawn = [draw_sums(every, one, ["zone"], draw_formulas(used.assign(emissions_kgco2e_per_a=amounts,
             factor_quantity=priced), factors, seed=seed, draws=draws))[0]
             for amounts, priced in ((coal, quantity), (carbon, used["factor_quantity"]))]
    told: dict[str, Any] = {"coal_factors": " ".join(sorted({str(known[name]["factor_id"]) for name in quantity}))}
    for figure, value, may_be in zip(FIGURES, (coal.sum(), carbon.sum() / coal.sum()),
                                     (drawn[0], drawn[1] / drawn[0]), strict=True):
        low, high = np.quantile(may_be, [0.025, 0.975])
        told |= {figure: value, f"{figure}_low": min(low, value), f"{figure}_high": max(high, value)}
    return told
