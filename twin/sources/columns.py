"""A file's columns as the model's: found by name, read as strict numbers, values mapped onto the model's words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from twin.names import latin_name
from twin.sources.fault import SourceFault, listed, shown
from twin.sources.frame import no_texts, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from pandas import DataFrame, Series

    from twin.checks import Checks
    from twin.inputs import VectorSource

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", re.IGNORECASE | re.ASCII)
YEAR = re.compile(r"(\d{4})(-\d\d.*|/\d\d.*)?", re.ASCII)
PERCENT_FROM, PERCENT_TO = 1.0, 100.0

# Lowest and highest believable value; a height, a storey or a floor area ratio of zero says "unknown".
LIMITS = {
    "height_m": (0.0, 1000.0),
    "levels": (-0.001, 200.0),
    "base_m": (-0.001, 1000.0),
    "year_built": (999.0, 2200.0),
    "residents": (-0.001, 100_000.0),
    "dwellings": (-0.001, 50_000.0),
    "ground_m": (-500.0, 9000.0),
    "roof_direction_deg": (-0.001, 360.0),
    "roof_height_m": (0.0, 200.0),
    "roof_angle_deg": (-0.001, 85.0),
    "year": (999.0, 2200.0),
    "far_max": (0.0, 100.0),
    "height_max_m": (0.0, 1000.0),
    "coverage_max": (0.0, 1.0),
    "green_min": (-0.001, 1.0),
    "population": (-0.001, 100_000_000.0),
    "households": (-0.001, 100_000_000.0),
}


def map_columns(frame: DataFrame, columns: Mapping[str, str], known: Sequence[str], role: str) -> dict[str, Series]:
    """
    Return the file's columns by their name in the model; a column that bears the model's name needs no mention.

    Raises
    ------
    SourceFault
        If `columns` names a model column that does not exist, or a file column that the file lacks.
    """
    strange = [name for name in columns if name not in known]
    if strange:
        reason = f"sources.{role}.columns maps {listed(strange)}, which the model does not have"
        raise SourceFault(reason, f"use some of {', '.join(known)}")
    present = [name for name in frame.columns if name != "geometry"]
    missing = [name for name in columns.values() if name not in present]
    if missing:
        reason = f"has no column {listed(missing)}, named in sources.{role}.columns"
        raise SourceFault(reason, f"the file has {listed(present) or 'no columns'}")
    wanted = {name: name for name in known if name in present} | dict(columns)
    return {name: frame[column] for name, column in wanted.items()}


def words_of(source: VectorSource, name: str) -> dict[str, str]:
    """Return the value map that the zone's description gives for a model column."""
    maps = source.values  # noqa: PD011  a setting, no frame
    return maps.get(name, {})


def read_names(frame: DataFrame) -> dict[str, Series]:
    """Return both names of features: the one in Latin letters is made from the local one where it is absent."""
    nothing = no_texts(frame.index)
    local = texts(frame["name_local"]) if "name_local" in frame else nothing
    given = texts(frame["name_latin"]) if "name_latin" in frame else nothing
    latin = [old or latin_name(name) for old, name in zip(given, local, strict=True)]
    return {"name_local": local, "name_latin": pd.Series(latin, index=frame.index, dtype=object)}


def read_numbers(values: Series, name: str, role: str, checks: Checks) -> Series:
    """
    Return a column as numbers: words are dropped, impossible values become missing; both are counted.

    Parameters
    ----------
    values
        Numbers, or texts that should be numbers.
    name
        The model's column, which decides what is possible.
    """
    low, high = LIMITS[name]
    numbers = _parse_years(values) if name in {"year_built", "year"} else _parse(values)
    given = values.notna() & (values.astype(object).astype(str).str.strip() != "")
    words = given & numbers.isna()
    if words.any():
        example = shown(values[words].iloc[0])
        checks.count("dropped", f"{role}: {name} that is no number", int(words.sum()))
        checks.note(f"{role}: {int(words.sum())} values of {name} are no numbers, the first is {example!r}")
    if name in {"coverage_max", "green_min"}:
        numbers = _fractions(numbers, name, role, checks)
    wrong = numbers.notna() & ~((numbers > low) & (numbers <= high))
    checks.count("repaired", f"{role}: impossible {name}", int(wrong.sum()))
    return numbers.mask(wrong)


def _parse(values: Series) -> Series:
    """Return numbers; texts are taken only when the whole of them is one."""
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return values.astype("float64")
    return pd.Series([_number(value) for value in values], index=values.index, dtype="float64")


def _number(value: object) -> float:
    if isinstance(value, int | float | np.number) and not isinstance(value, bool):
        return float(value)
    text = str(value).strip()
    return float(text) if NUMBER.fullmatch(text) else np.nan


def _parse_years(values: Series) -> Series:
    """Return the years of numbers, dates and texts that begin with one."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return pd.Series(values.dt.year, index=values.index, dtype="float64")
    if pd.api.types.is_numeric_dtype(values):
        return values.astype("float64")
    found = [YEAR.fullmatch(str(value).strip()) for value in values]
    years = [float(match[1]) if match else _number(value) for match, value in zip(found, values, strict=True)]
    return pd.Series(years, index=values.index, dtype="float64")


def _fractions(numbers: Series, name: str, role: str, checks: Checks) -> Series:
    """Return shares of one; a column that goes beyond 1 is in percent."""
    percent = ((numbers > PERCENT_FROM) & (numbers <= PERCENT_TO)).any()
    if not percent:
        return numbers
    checks.note(f"{role}: {name} goes beyond 1 and is read as percent")
    return numbers / PERCENT_TO


def map_values(
    raw: Series,
    words: Mapping[str, str],
    vocabulary: Collection[str],
    *,
    subject: str,
    checks: Checks,
    lookup: Callable[[str], str | None] | None = None,
) -> Series:
    """
    Return values as words of the model: as the map says, else as they are, else as `lookup` says.

    Parameters
    ----------
    raw
        Texts of the file.
    words
        File value to model word; compared without regard to surrounding blanks.
    subject
        What is counted, such as `parcels: land_use`.

    Raises
    ------
    SourceFault
        If the map leads to a word that the model does not have.
    """
    wrong = sorted({word for word in words.values() if word not in vocabulary})
    if wrong:
        reason = f"{subject} maps to {listed(wrong)}, which the model does not have"
        raise SourceFault(reason, f"use {', '.join(sorted(vocabulary))}")
    plain = texts(raw)
    found: dict[str, str | None] = {}
    for value in plain.dropna().unique():
        found[value] = words.get(value) or (value if value in vocabulary else lookup(value) if lookup else None)
    mapped = pd.Series([None if value is None else found[value] for value in plain], index=raw.index, dtype=object)
    lost = plain.notna() & mapped.isna()
    if lost.any():
        checks.count("dropped", f"{subject} without a word in the model", int(lost.sum()))
        checks.note(f"{subject}: no word for {listed(sorted(plain[lost].unique()), most=8)}")
    return mapped
