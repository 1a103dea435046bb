"""Energy and emissions of homes, neighbourhood by neighbourhood, with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.ledger.draws import draw_formulas
from layers.ledger.sums import bound_sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOMES = "I.1."  # of the GPC: what residential buildings burn, and the electricity and heat that they take
ALL = "all"  # carriers together
ITSELF = {"quantity": "itself", "factor_id": "itself", "value": 1.0, "interval_kind": "level"}
KEYS = ["place_kind", "place_id", "year", "carrier"]
WORDS = ("home_id", "place_kind", "place_id", "carrier")
FIGURES = ("energy_kwh_per_a", "emissions_kgco2e_per_a")
NUMBERS = ("residents_persons", *(f"{name}{end}" for name in FIGURES for end in ("", "_low", "_high")),
           "scale", "share_measured")
COLUMNS = ["home_id", *KEYS, "buildings", *NUMBERS]


def measure_homes(
    ledger: pd.DataFrame, buildings: pd.DataFrame, factors: pd.DataFrame, *, seed: int, draws: int
) -> pd.DataFrame:
    """
    Return what homes use and emit by location, of every neighbourhood and of the zone, by carrier and all together.

    A building counts whole for the neighbourhood that it belongs to, and so do those who live in it: both sides of a
    figure per head are of the same buildings. Energy is drawn as emissions are, but for the emission factor.

    Parameters
    ----------
    ledger
        Rows with an emission; energy in kWh/a.
    buildings
        building_id, neighbourhood_id, year, residents.
    factors
        The factors in force.
    seed, draws
        Of the Monte Carlo, as for all sums.

    Returns
    -------
    homes
        :data:`COLUMNS`; no row where nothing of homes is known.
    """
    is_home = (ledger["gpc_ref"].astype("string").str.startswith(HOMES) & (ledger["gpc_level"] == "BASIC")
               & (ledger["subject_kind"] == "building") & (ledger["activity_unit"] == "kWh/a")
               & ledger["basis"].fillna("location").eq("location"))
    used = ledger[is_home].drop(columns="neighbourhood_id").merge(
        buildings.rename(columns={"building_id": "subject_id"}), on=["subject_id", "year"])
    twice = pd.concat([used, used.assign(carrier=ALL)])
    parts = [_measure(twice.assign(place_kind=kind, place_id=place).dropna(subset="place_id").reset_index(drop=True),
                      factors, seed, draws)
             for kind, place in (("neighbourhood", twice["neighbourhood_id"]), ("zone", "zone"))] if len(used) else []
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)
    types = dict.fromkeys(WORDS, "string") | {"year": "int32", "buildings": "int32"} | dict.fromkeys(NUMBERS, "float64")
    return found[COLUMNS].astype(types)


def _measure(used: pd.DataFrame, factors: pd.DataFrame, seed: int, draws: int) -> pd.DataFrame:
    """Return the sums of one kind of place."""
    grouped = used.groupby(KEYS, sort=True)
    number = np.asarray(grouped.ngroup(), dtype=np.int64)
    sums = grouped[["activity", "modelled_activity"]].sum()
    itself = pd.concat([factors, pd.DataFrame([ITSELF]).reindex(columns=factors.columns)], ignore_index=True)
    energy = used.assign(emissions_kgco2e_per_a=used["activity"], factor_quantity="itself")
    told = sums.index.to_frame(index=False)
    for name, rows, known in zip(FIGURES, (energy, used), (itself, factors), strict=True):
        told = told.join(_bounded(name, rows, known, number, told, seed, draws))
    measured = used["emissions_kgco2e_per_a"].where(used["evidence"] == "measured", 0.0)
    homes = used.drop_duplicates(["subject_id", *KEYS]).groupby(KEYS)
    return told.assign(
        home_id=told["place_id"] + "/" + told["year"].astype(str) + "/" + told["carrier"],
        buildings=homes.size().to_numpy(), residents_persons=homes["residents"].sum().to_numpy(),
        scale=(sums["activity"] / sums["modelled_activity"]).to_numpy(),
        share_measured=measured.groupby(number).sum().to_numpy() / told["emissions_kgco2e_per_a"])


def _bounded(
    name: str, rows: pd.DataFrame, factors: pd.DataFrame, number: NDArray[np.int64], places: pd.DataFrame, seed: int,
    draws: int,
) -> pd.DataFrame:
    """Return sums with their interval, the value inside."""
    drawn = draw_formulas(rows, factors, seed=seed, draws=draws)
    low, high = bound_sums(np.arange(len(rows), dtype=np.int64), number, list(places["place_id"]), drawn)
    value = np.bincount(number, drawn.amount, len(places))
    return pd.DataFrame({name: value, f"{name}_low": np.minimum(low, value), f"{name}_high": np.maximum(high, value)})
