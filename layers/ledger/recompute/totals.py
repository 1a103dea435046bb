"""Sums of the ledger added up once more, and what every row must say of its code."""

from __future__ import annotations

import csv
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from layers.ledger.recompute.tables import Tables

FOLDER = Path(__file__).parents[1]
EMISSIONS = "emissions_kgco2e_per_a"
PLACES = {"zone": None, "neighbourhood": "neighbourhood_id", "parcel": "parcel_id"}


def check_rows(ledger: pd.DataFrame, years: Iterable[int]) -> Iterator[str]:
    """Yield where a row has another scope, level or owner than its code, or a code is missing in a year."""
    codes = {row["gpc_ref"]: row for row in _read("gpc.csv")}
    own = ledger[ledger["book"] == "gpc"]
    for year in years:
        missing = sorted(set(codes) - set(own.loc[own["year"] == year, "gpc_ref"]))
        if missing:
            yield f"{year} lacks the codes {', '.join(missing[:5])}"
    told = {"scope": "scope", "gpc_level": "level", "domain": "domain"}
    for column, name in told.items():
        right = own["gpc_ref"].map({code: row[name] for code, row in codes.items()})
        wrong = own[own[column].astype("string").str.removesuffix(".0") != right]
        if len(wrong):
            yield f"{wrong['gpc_ref'].iloc[0]} of {wrong['subject_id'].iloc[0]}: {column} is {wrong[column].iloc[0]}"
    gaps = ledger[EMISSIONS].isna()
    if not ledger.loc[gaps, ["notation_key", "reason"]].notna().all(axis=None):
        yield "a row has neither a figure nor a notation key with its reason"
    if not np.isfinite(ledger.loc[~gaps, [EMISSIONS, "low", "high"]].to_numpy(float)).all():
        yield "a figure is not finite"
    outside = (ledger["low"] > ledger[EMISSIONS] * (1 + 1e-9)) | (ledger[EMISSIONS] > ledger["high"] * (1 + 1e-9))
    if (outside & (ledger[EMISSIONS] > 0)).any():
        yield "a figure lies outside its interval"


def check_totals(ledger: pd.DataFrame, tables: Tables, *, tolerance: float) -> Iterator[str]:
    """Yield where a sum of `ledger_total` or a parcel's footprint is not the sum of its rows."""
    homes = tables["parcel"].set_index("parcel_id")["neighbourhood_id"]
    rows = ledger.dropna(subset=[EMISSIONS])
    rows = rows.assign(neighbourhood_id=rows["parcel_id"].map(homes), scope=rows["scope"].map("{:.0f}".format))
    lines = tables["ledger_total"]
    for (place, book, basis, line), told in lines.groupby(["place_kind", "book", "basis", "line"]):
        mine = rows[_counts(rows, str(book)) & rows["basis"].fillna(str(basis)).eq(str(basis))]
        found = _summed(mine, str(book), str(line), PLACES[str(place)])
        given = told.set_index(["place_id", "year", "item"])[EMISSIONS]
        if set(given.index) != set(found.index):
            yield f"{place} {book} {basis} {line}: lines for other items than the rows have"
            continue
        off = (given - found.reindex(given.index)).abs() > tolerance * given.abs().clip(lower=1e-9)
        if off.any():
            yield f"{place} {book} {basis} {line} of {given.index[off.to_numpy()][0]}: not the sum of its rows"
    own = lines[(lines["place_kind"] == "parcel") & (lines["item"] == "BASIC") & (lines["year"] == tables.year)]
    told = tables["parcel_ledger"].dropna(subset=["footprint_kgco2e_per_a"])
    if dict(zip(own["place_id"], own[EMISSIONS], strict=True)) != dict(
            zip(told["parcel_id"], told["footprint_kgco2e_per_a"], strict=True)):
        yield "parcel_ledger: a footprint is not that of ledger_total"


def _summed(rows: pd.DataFrame, book: str, line: str, place: str | None) -> pd.Series[float]:
    """Return the sums of one kind of line by place, year and item."""
    parts = []
    basic = rows["gpc_level"] == "BASIC"
    if line == "total" and book == "gpc":
        parts = [rows[basic].assign(item="BASIC")]
        if place is None:
            parts.append(rows[basic | (rows["gpc_level"] == "BASIC+")].assign(item="BASIC+"))
    elif line == "total":
        parts = [rows.assign(item=book)]
    elif line == "gas":
        parts = [rows.assign(item=[f"{code}/{gas}" for code, gas in zip(rows["gpc_ref"], rows["gas"], strict=True)])]
    else:
        counted = {"code": rows["gpc_ref"].notna(), "domain_plus": basic | (rows["gpc_level"] == "BASIC+")}
        column = {"code": "gpc_ref", "scope": "scope"}.get(line, "domain")
        parts = [rows[counted.get(line, basic)].assign(item=lambda found: found[column])]
    table = pd.concat(parts)
    table = table.assign(place_id=table[place] if place else "zone").dropna(subset=["place_id"])
    return table.groupby(["place_id", "year", "item"])[EMISSIONS].sum()


def _counts(rows: pd.DataFrame, book: str) -> pd.Series[bool]:
    rules = [rule for rule in _read("books.csv") if rule["book"] == book]
    own = rows[["book", "gpc_ref"]].fillna("")
    kinds = own.drop_duplicates()
    counted = [any(of == rule["of_book"] and fnmatchcase(code, rule["pattern"]) for rule in rules)
               for of, code in kinds.itertuples(index=False)]
    return pd.Series(pd.MultiIndex.from_frame(own).isin(pd.MultiIndex.from_frame(kinds[counted])), index=rows.index)


def _read(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
