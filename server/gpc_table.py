"""The inventory as a table for a city's officer: CSV, or a workbook with its factors and what it rests on."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from server.catalogue import labels
from server.export import credits_line, without_formula
from server.inventory import describe_inventory
from twin.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from server.database import ServedRelease

TableFormat = Literal["csv", "xlsx"]
TONNE_KG = 1000.0
FACTORS = """
with used as (
    select concat_ws(' ', activity_factors, factor_quantity) as words
    from ledger
    where emissions_kgco2e_per_a is not null and gpc_ref in (select unnest($codes)) and year = $year
        and coalesce(basis, $basis) = $basis
),
word as (
    select distinct unnest(string_split(replace(replace(words, '/', ''), '~', ''), ' ')) as quantity
    from used
)
select factor.*
from factor
inner join ledger_factor using (factor_id)
inner join word on ledger_factor.quantity = word.quantity
where ledger_factor.year = $year
order by factor.quantity, factor.factor_id
"""
MEDIA = {"csv": "text/csv; charset=utf-8",
         "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
WIDE = {"sub-sector": 46, "reason": 40, "method": 44, "factors": 40, "source": 70, "quantity": 34, "note": 50}


def write_inventory(
    served: ServedRelease, path: Path, *, form: TableFormat, language: str = "en", book: str = "gpc",
    basis: str = "location", year: int | None = None,
) -> None:
    """
    Write the inventory of a book.

    Parameters
    ----------
    path
        The file.
    form
        CSV holds the lines alone; a workbook has sheets for lines, totals, factors and provenance.
    language, book, basis, year
        As in :func:`describe_inventory`.

    Raises
    ------
    NotFoundError
        If the release has no ledger or no such book.
    StoreError
        If the file cannot be written.
    """
    inventory = describe_inventory(served, language, book=book, basis=basis, year=year)
    lines, totals, factors = _lines(served, inventory, language), _totals(inventory), _factors(served, inventory)
    try:
        if form == "csv":
            _safe(lines.assign(**_about(served, inventory))).to_csv(path, index=False, encoding="utf-8",
                                                                    lineterminator="\n")
        else:
            _write_workbook(path, {"inventory": lines, "totals": totals, "factors": factors,
                                   "about": pd.DataFrame(_about(served, inventory).items(), columns=["", "what"])})
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror or error}); choose another --out"
        raise StoreError(message) from error


def _lines(served: ServedRelease, inventory: dict[str, Any], language: str) -> pd.DataFrame:
    """Return one row per code, in tonnes."""
    words = labels(served.layers, language)

    def told(kind: str, names: list[str]) -> str:
        return "; ".join(words.get(f"ledger.{kind}.{name}", name) for name in names)

    rows = []
    for line in inventory["codes"]:
        gas = {f"{name} [t CO2e/a]": _tonnes(told["value"] if isinstance(told, dict) else told)
               for name, told in line["gases"].items()}
        rows.append({
            "GPC ref": line["gpc_ref"], "sub-sector": line["title"], "scope": line["scope"], "level": line["level"],
            **gas, "total [t CO2e/a]": _tonnes(line["value"]), "low [t CO2e/a]": _tonnes(line["low"]),
            "high [t CO2e/a]": _tonnes(line["high"]), "notation key": line["notation_key"],
            "reason": told("reason", line["reasons"]) + (": " + ", ".join(line["missing"]) if line["missing"] else ""),
            "partly estimated": line["is_partial"], "quality of activity": line["quality_activity"],
            "quality of factor": line["quality_factor"], "evidence": "; ".join(line["evidence"]),
            "share measured": line["share_measured"], "method": told("method", line["methods"]),
            "factors": "; ".join(line["factors"]), "year": inventory["year"],
            **{f"{name} {side} [t CO2e/a]": _tonnes(told[side]) if isinstance(told, dict) else None
               for name, told in line["gases"].items() for side in ("low", "high")},
        })
    return pd.DataFrame(rows)


def _totals(inventory: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([{
        "line": total["line"], "item": total["item"], "total [t CO2e/a]": _tonnes(total["value"]),
        "low [t CO2e/a]": _tonnes(total["low"]), "high [t CO2e/a]": _tonnes(total["high"]),
        "per head [t CO2e/a]": _tonnes(total["per_head_kgco2e_per_a"]), "share measured": total["share_measured"],
        "not estimated": "; ".join(total["not_estimated"]), "partly estimated": "; ".join(total["partly_estimated"]),
    } for total in inventory["totals"]])


def _factors(served: ServedRelease, inventory: dict[str, Any]) -> pd.DataFrame:
    """Return every factor behind the lines, of activities and emissions, with its source."""
    told = {"codes": [line["gpc_ref"] for line in inventory["codes"]], "basis": inventory["basis"],
            "year": inventory["year"]}
    return pd.DataFrame(served.rows(FACTORS, told))


def _about(served: ServedRelease, inventory: dict[str, Any]) -> dict[str, Any]:
    return {"zone": inventory["title"], "year of the inventory": inventory["year"],
            "projection": inventory["is_projection"], "book": inventory["book"],
            "basis of electricity": inventory["basis"], "residents": inventory["population"],
            "notice": inventory["notice"] or "", "release": inventory["release_id"],
            "attribution": credits_line(served.release)}


def _tonnes(value: float | str | None) -> float | str | None:
    return value / TONNE_KG if isinstance(value, int | float) else value


def _safe(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table in which no spreadsheet takes a text for a formula."""
    return frame.map(lambda value: without_formula(value) if isinstance(value, str) else value)


def _write_workbook(path: Path, sheets: dict[str, pd.DataFrame]) -> None:
    """Write a workbook whose bytes do not depend on the hour; texts stay texts."""
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": False, "in_memory": True}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"created": dt.datetime(2000, 1, 1, tzinfo=dt.UTC)})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        number = book.add_format({"num_format": "#,##0.0"})
        for name, frame in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 2 if name == "inventory" else 0)
            for place, column in enumerate(frame.columns):
                sheet.write_string(0, place, str(column), head)
                sheet.set_column(place, place, WIDE.get(str(column), 16))
                for row, value in enumerate(frame[column].tolist(), start=1):
                    _write_cell(sheet, row, place, value, number if "[t" in str(column) else None)


def _write_cell(sheet: Worksheet, row: int, place: int, value: object, form: Format | None) -> None:
    if value is None or value != value:  # noqa: PLR0124 NaN
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, place, value, form)
    else:
        sheet.write_string(row, place, str(value))
