"""Factor tables: values of the domain with interval, unit, region, year and source, outside of code."""

from __future__ import annotations

import csv
import difflib
import math
import re
from typing import TYPE_CHECKING

import pandas as pd

from twin.classes import data_folder
from twin.errors import FactorError, LayerError

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping
    from pathlib import Path

COLUMNS = ("factor_id", "quantity", "value", "low", "high", "interval_kind", "unit", "region", "year", "source",
           "seen", "note")
INTERVAL_KINDS = {"", "ci95", "minmax", "judgement", "level"}
SEEN = {"source", "secondary", "derived", "memory"}
REQUIRED = ("factor_id", "quantity", "value", "unit", "region", "year", "source", "seen")
NUMBERS = ("value", "low", "high")
YEARS = range(1900, 2101)
REMOVAL = re.compile(r"(^|[._])removals?([._]|$)")  # quantities of what is taken up
TEMPERATURE = re.compile(r"\b(K|degC)\b")  # units that count along a scale of temperature
SHOWN = 10  # faults spelled out in one message; the rest are counted


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
        If a table cannot be read, or a factor lacks unit, source or year, cannot be what it says, or bears an id that
        another has; all are listed.
    """
    rows: list[dict[str, str | None]] = []
    faults: list[str] = []
    owners: dict[str | None, str] = {}
    for path in files:
        found, wrong = _read_table(path, owners)
        rows += found
        faults += wrong
    _raise_faults(faults)
    return _table(rows)


def add_own_factors(shipped: pd.DataFrame, path: Path, *, zone: str) -> pd.DataFrame:
    """
    Return the shipped factors and a zone's own, which bear the zone's name as their region.

    Parameters
    ----------
    shipped
        Factors that the zone's own are added to; what those are in, these must be in too.
    path
        The zone's table.
    zone
        Its name.

    Raises
    ------
    FactorError
        If the zone's table cannot be read, is empty, or holds what cannot be; all is listed.
    """
    rows, faults = _read_table(path, dict.fromkeys(shipped["factor_id"], "a shipped table"))
    _raise_faults(faults)
    if not rows:
        message = f"{_place(path)} holds no factor; add one, or leave sources.factors out"
        raise FactorError(message)
    units = _units(shipped)
    given: set[tuple[str | None, str | None]] = set()
    for row in rows:
        where, key = f"{_place(path)}, {row['factor_id']}", (row["quantity"], row["year"])
        faults += [f"{where}: {fault}" for fault in _misfits(row, units)]
        if key in given:
            faults.append(f"{where}: {row['quantity']} of {row['year']} is given twice, keep one of the two")
        given.add(key)
        if row["region"] != zone:
            row |= {"region": zone, "note": "; ".join([*filter(None, [row["note"]]), f"given for {row['region']}"])}
    _raise_faults(faults)
    return pd.concat([shipped, _table(rows)], ignore_index=True)


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


def _read_table(path: Path, owners: dict[str | None, str]) -> tuple[list[dict[str, str | None]], list[str]]:
    """Return the rows of one table, and what is wrong with them; `owners` tells where an id stands first."""
    place = _place(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            read, header = list(reader), reader.fieldnames or []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return [], [f"{place} cannot be read ({error}), give a CSV file in UTF-8"]
    missing, unknown = sorted(set(REQUIRED) - set(header)), sorted(set(header) - set(COLUMNS))
    if missing:
        return [], [f"{place} lacks the columns {', '.join(missing)}, add them"]
    if unknown:
        return [], [f"{place} has the unknown column {', '.join(unknown)}, known are {', '.join(COLUMNS)}"]
    faults = []
    for row in read:
        where = f"{place}, {row['factor_id'] or 'a row without factor_id'}"
        faults += [f"{where}: {fault}" for fault in _faults(row)]
        if row["factor_id"] in owners:
            faults.append(f"{where}: the factor_id is taken already, in {owners[row['factor_id']]}, choose another")
        owners.setdefault(row["factor_id"], place)
    return [{name: row.get(name) or None for name in COLUMNS} for row in read], faults


def _faults(row: Mapping[str, str | None]) -> list[str]:
    """Return what is wrong with one row."""
    if None in row:
        return ["more cells than columns, put a text with commas in quotes"]
    missing = [name for name in REQUIRED if not row.get(name)]
    if missing:
        return [f"{', '.join(missing)} missing"]
    faults = [f"{name} {row[name]!r} is no finite number, write it like 0.25"
              for name in NUMBERS if row.get(name) and not _is_finite(str(row[name]))]
    if not (str(row["year"]).isdecimal() and int(str(row["year"])) in YEARS):
        faults.append(f"year {row['year']!r} is no year from {YEARS[0]} to {YEARS[-1]}")
    if (row.get("interval_kind") or "") not in INTERVAL_KINDS:
        known = ", ".join(sorted(INTERVAL_KINDS - {""}))
        faults.append(f"interval_kind {row['interval_kind']!r} is unknown, known are {known}")
    if row["seen"] not in SEEN:
        faults.append(f"seen {row['seen']!r} is unknown, known are {', '.join(sorted(SEEN))}")
    return faults or _interval_faults(row)


def _interval_faults(row: Mapping[str, str | None]) -> list[str]:
    """Return what cannot be of a row's numbers: bounds that do not fit its value, or a sign that it cannot have."""
    value, low, high = (float(text) if (text := row.get(name)) else None for name in NUMBERS)
    faults = []
    if value is not None and ((low is not None and low > value) or (high is not None and high < value)):
        faults.append("the value lies outside its interval")
    elif row.get("interval_kind") == "level":
        if {low, high} - {None, value}:
            faults.append("a level is exact, and low or high differs from its value")
    elif low is not None and low == high:
        faults.append("an interval of no width, widen it or say that it is a level")
    negative = [f"{name} {number:g}" for name, number in zip(NUMBERS, (value, low, high), strict=True)
                if number is not None and number < 0]
    if negative and not REMOVAL.search(str(row["quantity"])) and not TEMPERATURE.search(str(row["unit"])):
        faults.append(f"{negative[0]} is negative, which only removals and temperatures may be")
    return faults


def _misfits(row: Mapping[str, str | None], units: Mapping[str, set[str]]) -> list[str]:
    """Return where a zone's own row does not fit the shipped tables: a quantity or a unit that they do not know."""
    quantity, unit = str(row["quantity"]), str(row["unit"])
    group = quantity.split(".", maxsplit=1)[0]
    if group not in units:
        near = difflib.get_close_matches(quantity, units, n=1) or difflib.get_close_matches(group, units, n=1)
        hint = f"did you mean {near[0]}?" if near else "data/README.md lists them"
        return [f"{quantity} is no quantity of any table, {hint}"]
    same = units.get(quantity) or (units[group] if len(units[group]) == 1 else {_plain(unit)})
    if _plain(unit) in same:
        return []
    return [f"unit {unit}, and {quantity} is in {' or '.join(sorted(same))}, convert it"]


def _units(factors: pd.DataFrame) -> dict[str, set[str]]:
    """Return the units of every quantity, and of every class of quantities, whichever gases they count."""
    found: dict[str, set[str]] = {}
    for quantity, unit in zip(factors["quantity"], factors["unit"], strict=True):
        for name in (quantity, quantity.split(".")[0]):
            found.setdefault(name, set()).add(_plain(unit))
    return found


def _plain(unit: str) -> str:
    """Return a unit of emissions as that of carbon dioxide alone."""
    return unit.replace("CO2e", "CO2")


def _table(rows: list[dict[str, str | None]]) -> pd.DataFrame:
    """Return rows that are sound as a table."""
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.astype(dict.fromkeys(NUMBERS, float) | {"year": int})


def _raise_faults(faults: list[str]) -> None:
    if faults:
        more = f"; and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
        raise FactorError("; ".join(faults[:SHOWN]) + more)


def _place(path: Path) -> str:
    """Return a table's name with its folder's: many are called factors.csv."""
    return "/".join(path.resolve().parts[-2:])


def _is_finite(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
