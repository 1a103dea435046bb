"""One row of a file of readings: what it says, or why it cannot be believed by itself."""

from __future__ import annotations

import math
import re
import sys
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from twin.readings.units import canonical_amount, carriers, conversion, suitable_units
from twin.store import hash_json

if TYPE_CHECKING:
    from collections.abc import Mapping

REQUIRED = ("subject_kind", "subject_id", "carrier", "start", "end", "value", "unit", "source")
OPTIONAL = ("meter_id",)
TEXT = ("subject_kind", "subject_id", "carrier", "start", "end", "unit", "source", "meter_id")
KINDS = ("parcel", "building", "asset")
# First letters that a spreadsheet takes for a formula; the last four are full-width.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# What cannot be seen: control characters, and those that turn, divide or hide what stands beside them; two ids that
# differ by one of them look the same.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
ENDLESS = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MAX_CELL = 200
MAX_DAYS = 366
FIRST_YEAR = 1990  # the first that an inventory may be drawn up for
SHOWN = 40  # letters of a cell that a message repeats


@dataclass(frozen=True, slots=True)
class Reading:
    """
    One reading of a meter over a period.

    Attributes
    ----------
    subject_kind, subject_id
        What is metered: parcel, building or asset, and its id in the model.
    meter_id
        The meter; a subject may have several, and a new one when the old is replaced.
    start, end
        First day of the period, and the first day after it.
    value, unit
        As given.
    amount
        The value in the carrier's canonical unit.
    """

    subject_kind: str
    subject_id: str
    meter_id: str
    carrier: str
    start: date
    end: date
    value: float
    unit: str
    amount: float
    source: str

    @property
    def days(self) -> int:
        """Length of the period. [d]"""
        return (self.end - self.start).days

    @property
    def meter(self) -> tuple[str, str, str, str]:
        """What no two readings of one time may share: subject, carrier and meter."""
        return self.subject_kind, self.subject_id, self.carrier, self.meter_id


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    A row that is not taken.

    Attributes
    ----------
    row
        Line of the file, the header being the first.
    reason
        A word to count by.
    message
        What is wrong with it, and what to do.
    """

    row: int
    reason: str
    message: str


class RowError(Exception):
    """A row that cannot be taken, with a word to count by and a sentence."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def parse_row(cells: Mapping[str, str]) -> Reading:
    """
    Return the reading that a row states, its subject as given.

    Raises
    ------
    RowError
        If the row cannot be true whatever the zone.
    """
    for name, cell in cells.items():
        _require_plain(name, cell)
    text = {name: sys.intern(cell.strip()) for name, cell in cells.items()}  # the same few words in every row
    empty = [name for name in REQUIRED if not text[name]]
    if empty:
        raise RowError("empty cell", f"{', '.join(empty)} is empty; fill it in")
    kind, carrier = text["subject_kind"], text["carrier"]
    if kind not in KINDS:
        raise RowError("unknown kind", f"subject_kind {_told(kind)} is unknown; write parcel, building or asset")
    if carrier not in carriers():
        raise RowError("unknown carrier", f"carrier {_told(carrier)} is unknown; write one of {', '.join(carriers())}")
    start, end = _period(text["start"], text["end"])
    value = _value(text["value"])
    return Reading(
        subject_kind=kind, subject_id=text["subject_id"], meter_id=text.get("meter_id", ""), carrier=carrier,
        start=start, end=end, value=value, unit=text["unit"], source=text["source"],
        amount=_amount(value, text["unit"], carrier),
    )


def reading_id(reading: Reading, supersedes: str | None) -> str:
    """Return the id that a reading's content gives, and what it corrects; where and when it came from do not count."""
    content = [*reading.meter, reading.start.isoformat(), reading.end.isoformat(), reading.amount, supersedes]
    return hash_json(content)[:16]


def _require_plain(name: str, cell: str) -> None:
    """Refuse a cell that is too long, that a spreadsheet would run, or that holds control characters."""
    if len(cell) > MAX_CELL:
        raise RowError("cell too long", f"{name} has {len(cell)} characters; shorten it to {MAX_CELL}")
    if name in TEXT and (cell.startswith(FORMULA) or cell.lstrip().startswith(FORMULA)):
        raise RowError("formula", f"{name} {_told(cell)} begins like a formula; take the sign away")
    if CONTROL.search(cell):
        raise RowError("control character", f"{name} {_told(cell)} holds a control character; take it away")


def _period(start: str, end: str) -> tuple[date, date]:
    first, after = _day("start", start), _day("end", end)
    if after <= first:
        raise RowError("period upside down", f"end {end} is not after start {start}; end is the first day that no "
                       "longer counts")
    if (after - first).days > MAX_DAYS:
        raise RowError("period too long", f"{start} to {end} is {(after - first).days} days; give at most {MAX_DAYS} "
                       "in one row")
    if first.year < FIRST_YEAR:
        raise RowError("period too early", f"start {start} lies before {FIRST_YEAR}; correct the year")
    return first, after


@lru_cache(maxsize=4096)
def _date(text: str) -> date:
    return date.fromisoformat(text)


def _day(name: str, text: str) -> date:
    try:
        if DAY.fullmatch(text):
            return _date(text)
    except ValueError:
        pass
    raise RowError("no date", f"{name} {_told(text)} is no date; write it as 2025-01-31")


def _value(text: str) -> float:
    value = float(text) if NUMBER.fullmatch(text) else math.nan
    if math.isinf(value) or ENDLESS.fullmatch(text):
        raise RowError("not finite", f"value {_told(text)} is not finite; give the reading or leave the row out")
    if math.isnan(value):
        raise RowError("no number", f"value {_told(text)} is no number; write it with a decimal point, as 1234.5")
    if value < 0:
        raise RowError("negative value", f"value {text} is negative; generation and consumption are both positive")
    return value + 0.0  # no minus zero


def _amount(value: float, unit: str, carrier: str) -> float:
    factor = conversion(unit, carrier)
    if factor is None:
        units = ", ".join(suitable_units(carrier))
        more = " (energy by its calorific value, as on the bill)" if carrier == "gas" else ""
        raise RowError("wrong unit", f"unit {_told(unit)} does not suit {carrier}; convert it to one of {units}{more}")
    return canonical_amount(value, factor)


def _told(cell: str) -> str:
    """Return the beginning of a cell, safe to print."""
    return ascii(cell[:SHOWN]) if CONTROL.search(cell) else repr(cell[:SHOWN])
