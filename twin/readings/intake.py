"""Taking a file of readings into the log: what is new, what is known already, what corrects, what is refused."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from twin.readings.file import read_rows
from twin.readings.log import Entry
from twin.readings.row import Reading, Refusal, RowError, reading_id

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from twin.readings.log import ReadingLog
    from twin.readings.subject import Subjects

Meter = tuple[str, str, str, str]


@dataclass(slots=True)
class Intake:
    """
    What became of the rows of a file.

    Attributes
    ----------
    accepted, corrections
        Rows that the log had nothing for, and rows that correct a reading of it.
    duplicates
        Rows that the log has already, in force or corrected since.
    refused
        Rows that were not taken, with the reason.
    """

    accepted: int = 0
    corrections: int = 0
    duplicates: int = 0
    refused: list[Refusal] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows the file has."""
        return self.accepted + self.corrections + self.duplicates + len(self.refused)

    def reasons(self) -> dict[str, int]:
        """Return how many rows were refused for each reason, the most frequent first."""
        return dict(Counter(item.reason for item in self.refused).most_common())


@dataclass(frozen=True, slots=True, order=True)
class Held:
    """A reading in force: its period, then what is needed to compare it with another."""

    start: date
    end: date
    amount: float = field(compare=False)
    source: str = field(compare=False)
    reading_id: str = field(compare=False)
    row: int | None = field(default=None, compare=False)  # of the file being read, None if it is of the log


def take_in(
    path: Path, subjects: Subjects, log: ReadingLog, *, today: date | None = None, now: datetime | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> Intake:
    """
    Take the good rows of a file into the log, and say what is wrong with the others.

    Parameters
    ----------
    path
        The file, as :func:`read_rows` takes it.
    subjects
        What may have a meter.
    log
        Where readings are kept; untouched where no row says anything new.
    today, now
        The day that no period may reach beyond, and the moment of receipt; those of the clock if not given.
    progress
        Told now and then how much of the file is read. [1]

    Raises
    ------
    SourceError
        If the file cannot be used at all.
    StoreError
        If the log cannot be read or written.
    """
    today = today or datetime.now().astimezone().date()
    intake, good = Intake(), []
    for row, found in read_rows(path, progress):
        try:
            good.append((row, _judge(found, subjects, today)))
        except RowError as error:
            intake.refused.append(Refusal(row, error.reason, str(error)))
    with log.hold():
        fresh = _settle(good, log.read(), intake)
        if fresh:
            moment = (now or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
            log.append(fresh, moment)
    intake.refused.sort(key=lambda item: item.row)
    return intake


def _judge(found: Reading | Refusal, subjects: Subjects, today: date) -> Reading:
    """Return a reading of a known subject that can be true, or raise why it is none."""
    if isinstance(found, Refusal):
        raise RowError(found.reason, found.message)
    if found.end > today:
        raise RowError("future period", f"end {found.end} is after today, {today}; bring it in when the period is over")
    subject = subjects.identify(found.subject_kind, found.subject_id)
    reading = replace(found, subject_id=subject, meter_id=found.meter_id or subject)
    subjects.require_plausible(reading)
    return reading


def _settle(good: list[tuple[int, Reading]], known: pa.Table, intake: Intake) -> list[Entry]:
    """Return the rows that the log lacks; count the others."""
    book = Book(known, {reading.subject_id for _, reading in good})
    fresh = []
    for row, reading in good:
        try:
            entry = book.enter(row, reading)
        except RowError as error:
            intake.refused.append(Refusal(row, error.reason, str(error)))
            continue
        if entry is None:
            intake.duplicates += 1
            continue
        if entry.supersedes is None:
            intake.accepted += 1
        else:
            intake.corrections += 1
        fresh.append(entry)
    return fresh


class Book:
    """The readings in force of some subjects, by meter, and what was corrected."""

    def __init__(self, known: pa.Table, subjects: set[str]) -> None:
        chosen = known.filter(pc.is_in(known["subject_id"], value_set=pa.array(sorted(subjects), pa.string())))
        rows = chosen.drop_columns(["value", "unit", "received_at"]).to_pylist()
        corrected = {row["supersedes"] for row in rows}
        self._in_force: dict[Meter, list[Held]] = {}
        self._corrected: set[tuple[Meter, date, date, float, str]] = set()
        for row in rows:
            meter = (row["subject_kind"], row["subject_id"], row["carrier"], row["meter_id"])
            if row["reading_id"] in corrected:
                self._corrected.add((meter, row["start"], row["end"], row["amount"], row["source"]))
            else:
                held = Held(row["start"], row["end"], row["amount"], row["source"], row["reading_id"])
                insort(self._in_force.setdefault(meter, []), held)

    def enter(self, row: int, reading: Reading) -> Entry | None:
        """
        Return the entry of the log that a reading makes, None where the log has it already.

        Raises
        ------
        RowError
            If its period overlaps that of another reading of the meter, or the file says two things of one period.
        """
        held = self._in_force.setdefault(reading.meter, [])
        probe = Held(reading.start, reading.end, reading.amount, reading.source, "", row)
        place = bisect_left(held, probe)
        same = held[place] if place < len(held) and held[place] == probe else None
        if same is None:
            _require_free(held[max(place - 1, 0):place + 1], probe)
        elif same.amount == reading.amount:
            if same.row is None:  # a later row of the file must not contradict this one
                held[place] = replace(same, row=row)
            return None
        elif same.row is not None:
            raise RowError("two values", f"row {same.row} has another value for the same meter and period; leave one")
        elif (reading.meter, reading.start, reading.end, reading.amount, reading.source) in self._corrected:
            return None
        supersedes = same.reading_id if same else None
        name = reading_id(reading, supersedes)
        held[place:place + (1 if same else 0)] = [replace(probe, reading_id=name)]
        return Entry(reading, name, supersedes)


def _require_free(neighbours: list[Held], probe: Held) -> None:
    for other in neighbours:
        if other.start < probe.end and probe.start < other.end:
            where = f"row {other.row}" if other.row is not None else "the log"
            raise RowError("overlapping period", f"{probe.start} to {probe.end} overlaps {other.start} to {other.end} "
                           f"of the same meter in {where}; let periods follow each other, or tell meters apart by "
                           "meter_id")
