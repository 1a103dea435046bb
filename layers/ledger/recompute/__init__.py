"""
A release's emissions computed once more: in pandas, straight from its Parquet, sharing no SQL and no unit code.

Every room that claims has a `recompute.py`, whose `claims(tables)` returns its claims anew. What is done to all claims
alike stands here: factors are looked up, units reduced, meters and known totals scaled to, and each row multiplied.
"""

from __future__ import annotations

import importlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from layers.ledger.recompute.scales import find_scales
from layers.ledger.recompute.tables import Tables
from layers.ledger.recompute.totals import check_rows, check_totals
from layers.ledger.recompute.units import by, over, read_unit
from twin.errors import ReleaseError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.contract import Layer
    from twin.store import Release

KEY = ["book", "gpc_ref", "subject_kind", "subject_id", "parcel_id", "carrier", "factor_quantity", "basis", "year"]
FORMULA = ["base_unit", "activity_factors", "activity_unit", "factor_quantity"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    How a release's ledger compares with what was computed anew.

    Attributes
    ----------
    rows
        Number of emissions compared.
    largest
        Largest relative difference.
    faults
        Rows that only one of the two has, or that differ by more than is allowed.
    """

    rows: int
    largest: float
    faults: list[str]


def recompute(release: Release, layers: Mapping[str, Layer], *, tolerance: float = 1e-9) -> Outcome:
    """
    Compute every emission of a release anew, and compare.

    Parameters
    ----------
    release
        The release.
    layers
        Its layers.
    tolerance
        Largest relative difference that is allowed.

    Raises
    ------
    ReleaseError
        If the release has no ledger, or a room that claims has no second computation.
    """
    if not release.table("ledger").is_file():
        message = f"release {release.release_id} has no ledger; build the zone again"
        raise ReleaseError(message)
    base = Tables(release)
    settings = release.manifest["settings"]["inventory"]
    years = sorted({base.year, *settings.get("years", [])})
    each = [base if year == base.year else Tables(release, year) for year in years]
    rows = pd.concat([multiply(gather_claims(tables, layers), tables, release.manifest) for tables in each])
    own = rows.dropna(subset=["emissions"]).set_index(KEY)[["emissions", "activity"]]
    ledger = base["ledger"]
    told = ledger.dropna(subset=["emissions_kgco2e_per_a"]).rename(columns={"emissions_kgco2e_per_a": "emissions"})
    told = told.assign(basis=told["basis"].fillna(""), gpc_ref=told["gpc_ref"].fillna(""))
    given = told.set_index(KEY)[["emissions", "activity"]]
    if given.index.has_duplicates or own.index.has_duplicates:
        return Outcome(len(given), math.inf, ["an activity stands in the ledger twice"])
    faults = [f"{_name(key)}: in the ledger, not computed" for key in given.index.difference(own.index)[:5]]
    faults += [f"{_name(key)}: computed, not in the ledger" for key in own.index.difference(given.index)[:5]]
    largest = 0.0
    for column in ("emissions", "activity"):
        difference = _differences(own[column], given[column])
        wrong = difference[~(difference <= tolerance)]
        faults += [f"{_name(key)}: {column} off by {part:.2g}" for key, part in wrong.head(5).items()]
        largest = max(largest, float(difference.max()) if len(difference) else 0.0)
    faults += [*check_rows(ledger, years), *check_totals(ledger, base, tolerance=tolerance)]
    return Outcome(len(given.index.intersection(own.index)), largest, faults)


def _differences(own: pd.Series[float], given: pd.Series[float]) -> pd.Series[float]:
    """Return the relative differences of what both have."""
    both = pd.DataFrame({"own": own, "given": given}).loc[given.index.intersection(own.index)]
    size = both.abs().max(axis=1)
    return (both["own"] - both["given"]).abs() / size.where(size > 0, 1.0)


def gather_claims(tables: Tables, layers: Mapping[str, Layer]) -> pd.DataFrame:
    """
    Return the claims of all rooms.

    Raises
    ------
    ReleaseError
        If a room that claims cannot be computed anew.
    """
    found = []
    for layer in layers.values():
        if layer.claims is None:
            continue
        own = layer.folder.parent.name == "layers"
        name = f"layers.{layer.name}.recompute" if own else f"zonetwin_layer_{layer.name}.recompute"
        try:
            module = importlib.import_module(name)
        except ImportError as error:
            message = f"layer {layer.name} claims emissions and has no recompute.py; nothing can be compared"
            raise ReleaseError(message) from error
        claims: pd.DataFrame = module.claims(tables)
        found.append(claims)
    if not found:
        message = "no room claims anything; nothing can be compared"
        raise ReleaseError(message)
    return pd.concat(found, ignore_index=True)


def multiply(claims: pd.DataFrame, tables: Tables, manifest: Mapping[str, Any]) -> pd.DataFrame:
    """Return a row for each claim and basis, with its emissions in kilograms a year, NaN where there are none."""
    rows = claims.reset_index(drop=True)
    rows["factor_quantity"] = rows["emission_factor"]
    grid = rows["emission_factor"] == "grid_emission.location"
    has_residual = bool((tables["factor_in_force"]["quantity"] == "grid_emission.residual").any())
    left_over = "grid_emission.residual" if has_residual else "grid_emission.location"
    market = rows[grid].assign(factor_quantity=left_over, basis="market")
    rows["basis"] = ""
    rows.loc[grid, "basis"] = "location"
    rows = pd.concat([rows, market], ignore_index=True)
    rows["gpc_ref"] = rows["gpc_ref"].fillna("")
    rows["year"] = tables.year
    known = tables["factor_in_force"].set_index("quantity").to_dict("index")
    told = rows[FORMULA].astype(object).where(rows[FORMULA].notna(), None)
    formulas = list(told.itertuples(index=False, name=None))
    gaps = rows["notation_key"].notna()
    each = {formula: _times(*formula, known=known) for formula in set(told[~gaps].itertuples(index=False, name=None))}
    pairs = [each.get(formula, (math.nan, math.nan)) for formula in formulas]
    rows["activity"] = rows["base"].where(~gaps).to_numpy(float) * [pair[0] for pair in pairs]
    rows["rate"] = [pair[1] for pair in pairs]
    rows["activity"] *= find_scales(rows, tables, manifest)
    return rows.assign(emissions=rows["activity"] * rows["rate"])


def _times(base_unit: str, factors: str | None, activity_unit: str, emission: str | None, *,
           known: Mapping[Any, Mapping[Any, Any]]) -> tuple[float, float]:
    """Return activity per base, and kilograms per activity; NaN where a factor is missing."""
    size, kind = read_unit(base_unit)
    amount = 1.0
    for word in (factors or "").split():
        quantity = word.lstrip("/~")
        if quantity not in known:
            return math.nan, math.nan
        value = known[quantity]["value"]
        unit_size, unit_kind = read_unit(known[quantity]["unit"])
        if word.startswith("/"):
            amount, size, kind = amount / value, size / unit_size, over(kind, unit_kind)
        else:
            amount *= 1 - value if word.startswith("~") else value
            size, kind = size * unit_size, by(kind, unit_kind)
    wanted_size, wanted_kind = read_unit(activity_unit)
    if kind != wanted_kind:
        message = f"{factors} of {base_unit} is no {activity_unit}"
        raise ReleaseError(message)
    activity = amount * size / wanted_size
    if emission is None or emission not in known:
        return activity, math.nan
    size, kind = read_unit(known[emission]["unit"])
    kind = by(kind, wanted_kind)
    if kind != over(read_unit("kg")[1], read_unit("a")[1]):
        message = f"{emission} per {activity_unit} is no mass in a year"
        raise ReleaseError(message)
    return activity, float(known[emission]["value"]) * size * wanted_size * read_unit("a")[0]


def _name(key: Any) -> str:
    return f"{key[5]} of {key[2]} {key[3]} on {key[4]} ({key[1]}, {key[7] or 'either basis'})"
