"""Readings of the meters of a plan, month by month, with the faults that real ones have."""

from __future__ import annotations

import calendar
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from twin.plan.metering import choose_meters
from twin.plan.season import months

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from twin.plan.metering import Meter
    from twin.plan.records import Plan

    Array = NDArray[np.float64]
    Row = tuple[str, ...]

COLUMNS = ("subject_kind", "subject_id", "carrier", "start", "end", "value", "unit", "source", "meter_id")
SOURCE = "reference plan, invented"
LETTERS = {"electricity": "E", "gas": "G", "heat": "H", "cold": "K", "pv": "P", "water": "W", "waste": "M"}
DIGITS = {"kWh": 1, "MWh": 3, "GJ": 2, "m3": 2, "kg": 0, "t": 3}
NOISE = 0.05  # from month to month: standard deviation of the logarithm
RAMP = (0.35, 0.6, 0.8)  # of a new house, in its first months of use
LAST_FIRST_MONTH = 9  # by which a house finished the year before is in use

# Chance of a fault, per reading or per meter
GAP, LONG_GAP = 0.010, 0.02  # a month lost; half a year lost
DUPLICATE = 0.004
TRIPLE = 0.003  # a plausible outlier: three times what was used
ESTIMATED = 0.006  # the month before, read once more
METERS_PER_REPLACED = 50
ABSURD_PER_METERS = 160  # one reading in so many meters lost its decimal point
ABSURD = 1000.0
# Below this a reading times a thousand might still be believed where floor area is only inferred [kWh/(m2 a)]
PLAINLY_ABSURD_KWH_PER_M2 = 50.0


@dataclass(slots=True)
class _Ledger:
    """Rows as they are written, and what was planted in them."""

    rows: list[Row] = field(default_factory=list)
    planted: Counter[str] = field(default_factory=Counter)


def meter_rows(plan: Plan) -> Iterator[tuple[str, ...]]:
    """
    Yield the readings of a plan's meters, without a header, always the same in the same order.

    Parameters
    ----------
    plan
        Its houses with their `feature_id`, its lots with their `ref`.

    Yields
    ------
    row
        The cells of `COLUMNS`; a period ends with the first day that no longer counts.

    Raises
    ------
    ValueError
        If a metered house or lot has no id yet.
    """
    yield from _read(plan).rows


def planted(plan: Plan) -> dict[str, int]:
    """Return how many rows and meters a plan has, and how many faults of each kind were planted in them."""
    ledger = _read(plan)
    return {"rows": len(ledger.rows), **dict(sorted(ledger.planted.items()))}


def _read(plan: Plan) -> _Ledger:
    random = plan.site.random("readings")
    meters = choose_meters(plan)
    ledger = _Ledger()
    for kind in ("absurd", "duplicates", "estimated", "gaps", "replacements", "triple"):
        ledger.planted[kind] = 0
    ledger.planted["meters"] = len(meters)
    absurd, replaced = _choose_absurd(random, meters), _choose_replaced(random, meters)
    for number, meter in enumerate(meters):
        _read_meter(random, plan, ledger, (number, meter), is_absurd=number in absurd, is_replaced=number in replaced)
    return ledger


def _choose_absurd(random: np.random.Generator, meters: list[Meter]) -> set[int]:
    """Return the meters of which one reading is absurd beyond doubt, whatever the house."""
    plain = [
        number for number, meter in enumerate(meters)
        if meter.carrier == "electricity" and meter.unit == "kWh" and meter.subject_kind == "building"
        and meter.per_m2 > PLAINLY_ABSURD_KWH_PER_M2 and meter.year < months()[0][0] - 1
    ]  # fmt: skip
    wanted = min(max(round(len(meters) / ABSURD_PER_METERS), 1), len(plain))
    return set(random.choice(plain, wanted, replace=False).tolist()) if plain else set()


def _choose_replaced(random: np.random.Generator, meters: list[Meter]) -> set[int]:
    """Return the meters that are replaced, all of them read for three years."""
    old = [number for number, meter in enumerate(meters) if meter.year < months()[0][0] - 1]
    wanted = min(max(round(len(meters) / METERS_PER_REPLACED), 1), len(old))
    return set(random.choice(old, wanted, replace=False).tolist()) if old else set()


def _read_meter(
    random: np.random.Generator, plan: Plan, ledger: _Ledger, numbered: tuple[int, Meter], *, is_absurd: bool,
    is_replaced: bool,
) -> None:
    """Write the readings of one meter."""
    number, meter = numbered
    first, used = _used(random, meter)
    lost = _lost(random, first)
    swap = int(random.integers(first + 2, 34)) if is_replaced else -1
    wild = int(random.integers(first + 1, 36)) if is_absurd else -1
    lost.discard(wild)
    swap += int(is_replaced and swap == wild)
    name = f"{LETTERS[meter.carrier]}-{number + 1:06d}"
    subject = _subject(plan, meter)
    before: float | None = None
    for month in range(first, 36):
        draws = random.random(3)
        if month == swap:
            name = _replace(random, ledger, meter, subject, name, (month, float(used[month])))
            before = None
            continue
        if month in lost:
            ledger.planted["gaps"] += 1
            before = None
            continue
        kind = "absurd" if month == wild else _fault(draws, before)
        value = _faulty(float(used[month]), kind, before)
        before = value if kind is None else None
        ledger.planted.update([kind] if kind else [])
        row = _row(meter, subject, _bounds(month), value, name)
        ledger.rows.append(row)
        if draws[2] < DUPLICATE:
            ledger.rows.append(row)
            ledger.planted["duplicates"] += 1


def _fault(draws: Array, before: float | None) -> str | None:
    """Return the fault of a reading that was made, None for most; only a sound one can be repeated."""
    if draws[0] < TRIPLE:
        return "triple"
    return "estimated" if draws[1] < ESTIMATED and before is not None else None


def _faulty(value: float, kind: str | None, before: float | None) -> float:
    if kind == "estimated" and before is not None:
        return before
    return value * {"absurd": ABSURD, "triple": 3.0}.get(kind or "", 1.0)


def _used(random: np.random.Generator, meter: Meter) -> tuple[int, Array]:
    """Return the first month in use, and what is used in each: less than it will be until the house is full."""
    used = meter.amounts * np.exp(random.normal(0, NOISE, 36))
    start_month = int(random.integers(0, LAST_FIRST_MONTH))
    first = (meter.year + 1 - months()[0][0]) * 12 + start_month
    if meter.year + 1 < months()[0][0]:
        return 0, used
    if meter.carrier != "pv":
        used[first : first + len(RAMP)] *= RAMP[: 36 - first]
    return first, used


def _lost(random: np.random.Generator, first: int) -> set[int]:
    """Return the months that were never read."""
    lost = set(np.flatnonzero(random.random(36) < GAP).tolist())
    start = int(random.integers(0, 30))
    if random.random() < LONG_GAP:
        lost |= set(range(start, start + 6))
    return {month for month in lost if month > first}


def _replace(
    random: np.random.Generator, ledger: _Ledger, meter: Meter, subject: str, old: str, read: tuple[int, float]
) -> str:
    """Write the month in which a meter is replaced, by where the old one ends; return the new one's name."""
    month, value = read
    start, end = _bounds(month)
    days = (end - start).days
    after = int(random.integers(5, days - 4))
    middle = date(start.year, start.month, 1 + after)
    new = f"{old}-2"
    ledger.rows.append(_row(meter, subject, (start, middle), value * after / days, old))
    ledger.rows.append(_row(meter, subject, (middle, end), value * (days - after) / days, new))
    ledger.planted["replacements"] += 1
    return new


def _bounds(month: int) -> tuple[date, date]:
    year, number = months()[month]
    start = date(year, number, 1)
    end = date.fromordinal(start.toordinal() + calendar.monthrange(year, number)[1])
    return start, end


def _subject(plan: Plan, meter: Meter) -> str:
    is_house = meter.subject_kind == "building"
    subject = plan.houses[meter.number].feature_id if is_house else plan.lots[meter.number].ref
    if not subject:
        message = f"{meter.subject_kind} {meter.number} of the plan has no id; number the plan before meters are read"
        raise ValueError(message)
    return subject


def _row(meter: Meter, subject: str, bounds: tuple[date, date], value: float, name: str) -> Row:
    start, end = (day.isoformat() for day in bounds)
    digits = DIGITS[meter.unit]
    number = f"{value:.{digits}f}"
    return meter.subject_kind, subject, meter.carrier, start, end, number, meter.unit, SOURCE, name
