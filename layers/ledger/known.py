"""Known totals of whole activities in the zone, which modelled ones are scaled to: read, checked, and met."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from layers.ledger.units import in_unit, parse_unit
from twin.errors import FactorError, ZoneError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

    from twin.inputs import KnownTotal

FOLDER = Path(__file__).parent


class Line(NamedTuple):
    """
    What is claimed under a code of the GPC: a carrier, in a unit.

    Attributes
    ----------
    missing
        Quantity that the zone's regions have no factor for, None where there is an amount.
    """

    gpc_ref: str
    carrier: str
    unit: str
    missing: str | None


def load_known_totals(connection: duckdb.DuckDBPyConnection, totals: Iterable[KnownTotal], year: int) -> None:
    """
    Make the table of what is known of whole activities in the base year, in the units of the model.

    Raises
    ------
    ZoneError
        If no room claims such an activity, its unit measures something else, or one total is part of another.
    """
    connection.execute("create or replace table known_total (total_id varchar, gpc_ref varchar, carrier varchar, "
                       "year integer, activity double)")
    counted = [total for total in totals if total.year == year]
    _require_apart(counted)
    if not counted:
        return
    codes = [row[0] for row in connection.execute("select gpc_ref from gpc").fetchall()]
    claimed = (FOLDER / "claimed_line.sql").read_text(encoding="utf-8")
    lines = [Line(*row) for row in connection.execute(claimed).fetchall()]
    for total in counted:
        if not any(_is_part(code, total.gpc_ref) for code in codes):
            message = (f"{_told(total)}: {total.gpc_ref!r} is no code of the GPC; give one such as I.2.2, or I.2 for "
                       "all below it")
            raise ZoneError(message)
        unit = unit_of_total(total, lines)
        try:
            activity = in_unit(total.amount, parse_unit(f"{total.unit}/a"), unit)
        except FactorError as error:
            message = f"{_told(total)}: {error}; give it in a unit of {unit}"
            raise ZoneError(message) from error
        connection.execute("insert into known_total values ($1, $2, $3, $4, $5)", [
            total.total_id, total.gpc_ref, total.carrier, total.year, activity])


def unit_of_total(total: KnownTotal, lines: Iterable[Line]) -> str:
    """
    Return the unit that the model has of what a known total is of.

    Raises
    ------
    ZoneError
        If no such activity is modelled, or in several units.
    """
    lines = list(lines)
    meant = [line for line in lines if line.carrier == total.carrier and _is_part(line.gpc_ref, total.gpc_ref)]
    found = [line for line in meant if line.missing is None]
    units = sorted({line.unit for line in found})
    if len(units) == 1:
        return units[0]
    if units:
        narrower = [code for code in sorted({line.gpc_ref for line in found} - {total.gpc_ref})
                    if len({line.unit for line in found if line.gpc_ref == code}) == 1]
        what = f"name a narrower code: {' or '.join(narrower)}" if narrower else "remove it"
        message = f"{_told(total)} is modelled in {' and '.join(units)}, which no one amount is a total of; {what}"
    elif meant:
        missing = ", ".join(sorted({str(line.missing) for line in meant}))
        message = f"{_told(total)} is not estimated for want of {missing}; give what is missing, or remove the total"
    else:
        known = sorted({f"{line.gpc_ref} {line.carrier}" for line in lines if line.missing is None})
        message = f"{_told(total)} is nothing that is modelled; there are {', '.join(known)}"
    raise ZoneError(message)


def _is_part(code: str, of: str) -> bool:
    """Return whether a code is another or stands below it."""
    return f"{code}.".startswith(f"{of}.")


def _told(total: KnownTotal) -> str:
    return f"sources.totals: {total.carrier} of {total.gpc_ref} in {total.year}"


def _require_apart(totals: Iterable[KnownTotal]) -> None:
    """Raise an error where one of a year's totals is part of another."""
    for one, other in itertools.combinations(totals, 2):
        whole, part = sorted([one.gpc_ref, other.gpc_ref], key=len)
        if one.carrier == other.carrier and _is_part(part, whole):
            message = (f"sources.totals: {one.carrier} of {part} in {one.year} is part of {whole}, given too; "
                       "give one of them")
            raise ZoneError(message)


def require_totals(connection: duckdb.DuckDBPyConnection) -> None:
    """
    Raise an error where a known total cannot be met.

    Raises
    ------
    ZoneError
        If no activity is modelled that it could be shared out over, or its meters read something else or more.
    """
    lost = connection.execute((FOLDER / "lost_total.sql").read_text(encoding="utf-8")).fetchone()
    if lost:
        message = (f"sources.totals: {lost[0]} is {lost[1]:,.6g} {lost[3]}, and what is modelled or measured makes "
                   f"{lost[2]:,.6g}; nothing modelled is left to share the rest out over: correct or remove the total")
        raise ZoneError(message)
