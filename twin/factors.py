"""Factor tables: values of the domain with interval, unit, region, year and source, outside of code."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pandas as pd

from twin.classes import data_folder
from twin.errors import FactorError, LayerError

if TYPE_CHECKING:
    from collections.abc import Container, Iterable
    from pathlib import Path

COLUMNS = ("factor_id", "quantity", "value", "low", "high", "interval_kind", "unit", "region", "year", "source",
           "seen", "note")
INTERVAL_KINDS = {"", "ci95", "minmax", "judgement", "level"}
SEEN = {"source", "secondary", "derived", "memory"}
REQUIRED = ("factor_id", "quantity", "value", "unit", "region", "year", "source", "seen")


def shared_factor_files() -> list[Path]:
    """Return the factor tables that several layers share."""
    return sorted((data_folder() / "factors").glob("*.csv"))


def read_factors(files: Iterable[Path]) -> pd.DataFrame:
    """
    Read factor tables into one, checked.

    Returns
    -------
    factors
        Columns as :data:`COLUMNS`, `value`, `low` and `high` as numbers.

    Raises
    ------
    FactorError
        If a factor lacks unit, source or year, is no number, or bears an id that another has; all are listed.
    """
    rows: list[dict[str, object]] = []
    faults: list[str] = []
    owners: dict[str, str] = {}
    for path in files:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                where = f"{path.name}, {row.get('factor_id') or 'a row without factor_id'}"
                faults += [f"{where}: {fault}" for fault in _faults(row)]
                first = owners.setdefault(str(row.get("factor_id")), path.name)
                if first != path.name or any(row.get("factor_id") == other["factor_id"] for other in rows[-1:]):
                    faults.append(f"{where}: the id is taken already (in {first})")
                rows.append({name: row.get(name) or None for name in COLUMNS})
    if faults:
        message = "; ".join(faults[:10]) + (f"; and {len(faults) - 10} more" if len(faults) > 10 else "")
        raise FactorError(message)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    for name in ("value", "low", "high"):
        table[name] = pd.to_numeric(table[name])
    table["year"] = table["year"].astype(int)
    return table


def require_factors(known: Container[str], names: Iterable[str], *, layer: str) -> None:
    """
    Raise an error where a layer lacks a factor without which it can tell nothing.

    Parameters
    ----------
    known
        Quantities that the zone's regions have a factor for.
    names
        Quantities that the layer cannot do without.
    layer
        Name of the layer, for the message.

    Raises
    ------
    LayerError
        If one is missing; all are listed.
    """
    missing = [name for name in names if name not in known]
    if missing:
        message = f"layer {layer}: no factor for {', '.join(missing)}; give it a row of the region World"
        raise LayerError(message)


def _faults(row: dict[str, str]) -> list[str]:
    """Return what is wrong with one row."""
    missing = [name for name in REQUIRED if not row.get(name)]
    if missing:
        return [f"{', '.join(missing)} missing"]
    try:
        value, low, high = (float(row[name]) if row.get(name) else None for name in ("value", "low", "high"))
        int(row["year"])
    except ValueError as error:
        return [f"not a number ({error})"]
    faults = []
    if row.get("interval_kind", "") not in INTERVAL_KINDS:
        faults.append(f"interval_kind {row['interval_kind']!r} is unknown")
    if row["seen"] not in SEEN:
        faults.append(f"seen {row['seen']!r} is unknown")
    if value is not None and ((low is not None and low > value) or (high is not None and high < value)):
        faults.append("the value lies outside its interval")
    return faults
