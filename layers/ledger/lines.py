"""Which sums of the ledger are told: totals, scopes, domains and codes, of the zone, its neighbourhoods and parcels."""

from __future__ import annotations

import csv
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.ledger.sums import bound_sums

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.ledger.draws import Drawn

BASES = ("location", "market")
LEVELS = {"BASIC": ("BASIC",), "BASIC+": ("BASIC", "BASIC+")}
COLUMNS = ["place_kind", "place_id", "year", "book", "basis", "line", "item", "emissions_kgco2e_per_a",
           "emissions_kgco2e_per_a_low", "emissions_kgco2e_per_a_high", "share_measured"]


@cache
def books() -> list[dict[str, str]]:
    """Return which codes of which book each book counts."""
    with (Path(__file__).parent / "books.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def book_rows(ledger: pd.DataFrame, book: str) -> pd.Series:
    """Return which rows a book counts."""
    found = pd.Series(data=False, index=ledger.index)
    refs = [str(ref) for ref in ledger["gpc_ref"].dropna().unique()]
    for rule in books():
        if rule["book"] == book:
            counted = [ref for ref in refs if fnmatchcase(ref, rule["pattern"])]
            found |= (ledger["book"] == rule["of_book"]) & ledger["gpc_ref"].isin(counted)
    return found


def sum_lines(ledger: pd.DataFrame, drawn: Drawn) -> pd.DataFrame:
    """
    Return every sum that is told, with its interval.

    Parameters
    ----------
    ledger
        Rows with an emission, with neighbourhood_id.
    drawn
        What they may be multiplied with.

    Returns
    -------
    lines
        :data:`COLUMNS`; a line is a total, scope, domain, code, or gas of a code (`item`), of a place.
    """
    parts = []
    for place_kind, place in (("zone", None), ("neighbourhood", "neighbourhood_id"), ("parcel", "parcel_id")):
        for basis in BASES if place_kind == "zone" else BASES[:1]:
            for book in dict.fromkeys(rule["book"] for rule in books()):
                of_basis = ledger["basis"].isna() | (ledger["basis"] == basis)
                rows = ledger[of_basis & book_rows(ledger, book)]
                for line, item in _kinds(rows, book, place_kind):
                    parts.append(_sum(rows, item, place, drawn).assign(
                        place_kind=place_kind, book=book, basis=basis, line=line))
    lines = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)
    return lines[COLUMNS]


def _kinds(rows: pd.DataFrame, book: str, place_kind: str) -> Iterator[tuple[str, pd.Series]]:
    """Yield the kinds of lines, each with the item that every row counts for, none where it does not."""
    text = pd.Series(pd.NA, index=rows.index, dtype="string")
    if book != "gpc":
        yield "total", text.fillna(book)
        if place_kind == "zone":
            yield from _codes(rows)
        return
    is_basic = rows["gpc_level"] == "BASIC"
    yield "total", text.where(~is_basic, "BASIC")
    yield "domain", rows["domain"].astype("string").where(is_basic)
    if place_kind == "zone":
        is_counted = rows["gpc_level"].isin(LEVELS["BASIC+"])
        yield "total", text.where(~is_counted, "BASIC+")
        yield "domain_plus", rows["domain"].astype("string").where(is_counted)
        yield "scope", rows["scope"].astype("Int64").astype("string").where(is_basic)
        yield from _codes(rows)


def _codes(rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Yield the lines of codes, and of their gases."""
    code = rows["gpc_ref"].astype("string")
    yield "code", code
    yield "gas", code + "/" + rows["gas"].astype("string")


def _sum(rows: pd.DataFrame, item: pd.Series, place: str | None, drawn: Drawn) -> pd.DataFrame:
    """Return the sums of rows by place, year and item."""
    where = rows[place].astype("string") if place else pd.Series("zone", index=rows.index, dtype="string")
    keys = pd.DataFrame({"place_id": where, "year": rows["year"], "item": item}).dropna()
    if keys.empty:
        return pd.DataFrame(columns=COLUMNS)
    group = np.full(len(rows), -1, np.int64)
    inside = rows.index.isin(keys.index)
    grouped = keys.groupby(["place_id", "year", "item"], sort=True)
    group[inside] = grouped.ngroup().to_numpy()
    found = pd.DataFrame(list(grouped.groups), columns=["place_id", "year", "item"])
    emissions = rows["emissions_kgco2e_per_a"].to_numpy(np.float64)
    low, high = bound_sums(rows.index.to_numpy(), group, list(found["place_id"]), drawn)
    value = np.bincount(group[inside], emissions[inside], len(found))
    told = emissions * (rows["evidence"] == "measured").to_numpy()
    share = np.divide(np.bincount(group[inside], told[inside], len(found)), value, out=np.zeros(len(found)),
                      where=value != 0)
    return found.assign(emissions_kgco2e_per_a=value, emissions_kgco2e_per_a_low=np.minimum(low, value),
                        emissions_kgco2e_per_a_high=np.maximum(high, value), share_measured=share)
