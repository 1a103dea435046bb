"""
Where the doubt of the zone's total comes from, and which meters would take most of it away.

The variance of a total is the sum over its independent inputs: of a factor f that rows of the emissions S_f share, it
is (S_f sigma_f)^2; of the bases of activities, half of it shared by all of a kind and half each building's own. A meter
takes the activity of a building's energy out of all of these and leaves the error of metering; emission factors stay as
unsure as they are. Meters are chosen one after the other, each time the one that takes most, since what they share is
taken away only once.

References
----------
.. [1] IPCC 2006 Guidelines, vol. 1, ch. 3, eq. 3.2, in the form of first-order propagation.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from layers.contract import TOLD
from twin.database import load_frame
from twin.spread import Z_95, log_spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import duckdb
    from numpy.typing import NDArray

    from layers.contract import Site

    Floats = NDArray[np.float64]

METERS = 20
COMMON = "activity_error.common"
METERED = ("electricity", "gas", "heat")
ROWS = """
select ledger.*
from ledger
inner join zone using (year)
where book = 'gpc' and gpc_level = 'BASIC' and coalesce(basis, 'location') = 'location'
    and emissions_kgco2e_per_a is not null
order by entry_id
"""
INPUT = ["input", "kind", "quantity", "factor_id", "seen", "emissions_kgco2e_per_a", "variance_share", "doubt_rank"]
METER = ["building_id", "meter_rank", "meter_gain_share"]


def find_doubt(connection: duckdb.DuckDBPyConnection, site: Site) -> None:
    """Make the tables `input_doubt` and `meter_next` of a zone; empty ones where nothing is estimated."""
    site.say("finding what to measure next")
    rows = connection.execute(ROWS).df()
    factors = connection.execute("select * from factor_in_force").df().set_index("quantity").to_dict("index")
    inputs, meters = measure_doubt(rows, factors)
    words = dict.fromkeys(["input", "kind", "quantity", "factor_id", "seen"], "string")
    numbers = dict.fromkeys(["emissions_kgco2e_per_a", "variance_share", "doubt_rank"], "float64")
    load_frame(connection, "input_doubt_told", inputs.astype(words | numbers))
    columns = ", ".join(f'"{name}"::double as "{name}"' if name in numbers else name for name in INPUT)
    connection.execute(f"create or replace table input_doubt as select {columns} from input_doubt_told order by input")
    load_frame(connection, "meter_told", meters.astype({"building_id": "string", "meter_rank": "float64",
                                                        "meter_gain_share": "float64"}))
    connection.execute("create or replace table meter_next as select building_id, meter_rank::double as meter_rank, "
                       "meter_gain_share::double as meter_gain_share from meter_told")
    for table in ("input_doubt_told", "meter_told"):
        connection.execute(f"drop table {table}")


def measure_doubt(
    rows: pd.DataFrame, factors: Mapping[Any, Mapping[Any, Any]], *, meters: int = METERS
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Return what makes the variance of a total, and the buildings whose meters would take most of it away.

    Parameters
    ----------
    rows
        Rows of the ledger with an emission, of one book and basis.
    factors
        The factors in force by quantity.
    meters
        How many buildings are wanted.

    Returns
    -------
    inputs
        Columns as :data:`INPUT`; the shares sum to 1.
    meters
        Columns as :data:`METER`, best first.
    """
    weights = _weights(rows, factors)
    if weights.empty:
        return pd.DataFrame(columns=INPUT), pd.DataFrame(columns=METER)
    shared = weights[~weights["is_own"]].groupby("input")["weight"].sum()
    own = weights[weights["is_own"]].groupby("subject")["weight"].sum()
    variance = float((shared**2).sum() + (own**2).sum())
    told = weights.groupby("input").agg(kind=("kind", "first"), quantity=("quantity", "first"),
                                        emissions_kgco2e_per_a=("emissions", "sum")).reset_index()
    parts = shared**2
    each = weights[weights["is_own"]].groupby(["input", "subject"])["weight"].sum() ** 2
    parts = parts.add(each.groupby("input").sum(), fill_value=0.0)
    told["variance_share"] = told["input"].map(parts) / variance if variance else 0.0
    told = told.sort_values(["variance_share", "input"], ascending=[False, True], kind="stable")
    told["doubt_rank"] = np.arange(1, len(told) + 1)
    is_factor = told["kind"] == "factor"
    for column in ("factor_id", "seen"):
        told[column] = [factors[name][column] if factor else None
                        for name, factor in zip(told["quantity"], is_factor, strict=True)]
    return told[INPUT].reset_index(drop=True), _next_meters(
        weights, shared, own, variance, _metered(rows), factors, meters)


def _weights(rows: pd.DataFrame, factors: Mapping[Any, Mapping[Any, Any]]) -> pd.DataFrame:
    """Return how many kilograms one standard deviation of each input moves each row by."""
    found = []
    for row in rows.to_dict("records"):
        emissions = float(row["emissions_kgco2e_per_a"])
        subject, is_building = f"{row['subject_kind']}/{row['subject_id']}", row["subject_kind"] == "building"
        can_meter = is_building and row["carrier"] in METERED and row["evidence"] not in TOLD
        for kind, quantity, sigma, is_own in _errors(row, factors):
            by_meter = can_meter and quantity != row["factor_quantity"]
            found.append((f"{kind}/{quantity}", kind, quantity, subject, is_own, by_meter, emissions,
                          emissions * sigma))
    columns = ["input", "kind", "quantity", "subject", "is_own", "can_meter", "emissions", "weight"]
    frame = pd.DataFrame(found, columns=columns)
    frame.loc[frame["is_own"], "emissions"] = 0.0  # counted with the shared half
    return frame


def _errors(
    row: Mapping[Any, Any], factors: Mapping[Any, Mapping[Any, Any]]
) -> Iterator[tuple[str, str, float, bool]]:
    """Yield kind, quantity, relative standard deviation of each input of a row, and whether it is its subject's own."""
    told = TOLD.get(str(row["evidence"]))
    words = [told] if told else str(row["activity_factors"] or "").split()
    for word in [*words, row["factor_quantity"]]:
        quantity = str(word).lstrip("/~")
        if quantity in factors:
            sigma = _sigma(factors[quantity])
            value = float(factors[quantity]["value"])
            if str(word).startswith("~") and value != 1:
                sigma *= -value / (1 - value)
            yield "factor", quantity, -sigma if str(word).startswith("/") else sigma, False
    if not told and row["base"]:
        low, high = row["base_low"], row["base_high"]
        if low is not None and high is not None and not (math.isnan(low) or math.isnan(high)):
            sigma, unit = _relative(float(row["base"]), float(low), float(high)), str(row["base_unit"])
            common = float(factors.get(f"{COMMON}_{unit}", factors[COMMON])["value"])
            yield "base", unit, sigma * math.sqrt(common), False
            yield "base", unit, sigma * math.sqrt(1 - common), True


def _sigma(factor: Mapping[Any, Any]) -> float:
    """Return the relative standard deviation of a factor."""
    if factor["interval_kind"] == "level" or not factor["value"]:
        return 0.0
    return _relative(float(factor["value"]), float(factor["low"]), float(factor["high"]))


def _relative(value: float, low: float, high: float) -> float:
    """Return the standard deviation of a logarithm from a 95 % interval; where there is none, of the value itself."""
    if low * value > 0:
        return float(log_spread(value, low) + log_spread(value, high)) / 2
    return abs(high - low) / 2 / Z_95 / abs(value)


def _metered(rows: pd.DataFrame) -> pd.Series[float]:
    """Return the emissions of each subject that a meter would read. [kgCO2e/a]"""
    mine = rows[rows["carrier"].isin(METERED) & ~rows["evidence"].isin(TOLD)]
    return mine.groupby(mine["subject_kind"] + "/" + mine["subject_id"])["emissions_kgco2e_per_a"].sum()


def _next_meters(
    weights: pd.DataFrame, shared: pd.Series[float], own: pd.Series[float], variance: float,
    emissions: pd.Series[float], factors: Mapping[Any, Mapping[Any, Any]], meters: int,
) -> pd.DataFrame:
    """Return the buildings whose meters take most variance away, one after the other."""
    mine = weights[weights["can_meter"]]
    if mine.empty or not variance:
        return pd.DataFrame(columns=METER)
    inputs = {name: number for number, name in enumerate(shared.index)}
    subjects = sorted(mine["subject"].unique())
    place = {name: number for number, name in enumerate(subjects)}
    part = np.zeros((len(subjects), len(inputs)))
    of_all = mine[~mine["is_own"]]
    np.add.at(part, (of_all["subject"].map(place).to_numpy(int), of_all["input"].map(inputs).to_numpy(int)),
              of_all["weight"].to_numpy(float))
    alone = mine[mine["is_own"]].groupby("subject")["weight"].sum().reindex(subjects).fillna(0.0).to_numpy()
    left = own.reindex(subjects).fillna(0.0).to_numpy()
    read = emissions.reindex(subjects).fillna(0.0).to_numpy() * _sigma(factors["activity_error.metered"])
    total = shared.to_numpy(float).copy()
    chosen: list[tuple[str, int, float]] = []
    for rank in range(1, min(meters, len(subjects)) + 1):
        gain = total @ total - ((total[None, :] - part) ** 2).sum(axis=1) + left**2 - (left - alone) ** 2 - read**2
        gain[[place[name] for name, *_ in chosen]] = -np.inf
        best = int(np.argmax(gain))
        if gain[best] <= 0:
            break
        chosen.append((subjects[best], rank, float(gain[best] / variance)))
        total = total - part[best]
    found = pd.DataFrame(chosen, columns=METER)
    found["building_id"] = found["building_id"].str.removeprefix("building/")
    return found
