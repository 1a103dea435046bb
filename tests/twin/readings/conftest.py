"""Three subjects small enough to be judged by hand, files of readings, and a log."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from twin.readings.intake import Intake, take_in
from twin.readings.log import ReadingLog
from twin.readings.subject import Subjects
from twin.readings.units import carriers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEADER = "subject_kind,subject_id,carrier,start,end,value,unit,source,meter_id"
TODAY = date(2026, 3, 1)


@pytest.fixture
def subjects() -> Subjects:
    """Return a house of 100 m2 on a lot of 500 m2, two lots of one number, and a substation; limits of 10 and 1000."""
    return Subjects(
        areas={("building", "osm:way/-1"): {"floor": 100.0, "ground": 50.0},
               ("parcel", "file:A1"): {"floor": 100.0, "ground": 500.0},
               ("parcel", "file:B1"): {"floor": None, "ground": 300.0},
               ("parcel", "file:B2"): {"floor": None, "ground": 300.0},
               ("asset", "osm:node/7"): {"floor": None, "ground": None}},
        refs={"A1": ["file:A1"], "B": ["file:B1", "file:B2"]},
        limits={f"reading_limit.{carrier}": 10.0 for carrier in carriers()}
        | {f"reading_limit_whole.{carrier}": 1000.0 for carrier in carriers()},
    )


@pytest.fixture
def log(tmp_path: Path) -> ReadingLog:
    """Return an empty log."""
    return ReadingLog(tmp_path / "store" / "toy" / "readings")


def row(**cells: object) -> str:
    """Return a row of a file: 31 kWh of the house in January 2025 where nothing else is said."""
    plain: dict[str, Any] = {
        "subject_kind": "building", "subject_id": "osm:way/-1", "carrier": "electricity", "start": "2025-01-01",
        "end": "2025-02-01", "value": "31", "unit": "kWh", "source": "bill", "meter_id": "",
    }
    return ",".join(str((plain | cells)[name]) for name in HEADER.split(","))


@pytest.fixture
def make_row() -> Callable[..., str]:
    """Return the function that writes a row."""
    return row


@pytest.fixture
def ingest(tmp_path: Path, subjects: Subjects, log: ReadingLog) -> Callable[..., Intake]:
    """Return a function that writes rows into a file and takes them into the log."""

    def run(*rows: str | bytes, header: str = HEADER, start: bytes = b"", end: bytes = b"\n") -> Intake:
        lines = [line if isinstance(line, bytes) else line.encode() for line in (header, *rows)]
        path = tmp_path / "readings.csv"
        path.write_bytes(start + end.join(lines) + end)
        return take_in(path, subjects, log, today=TODAY)

    return run


@pytest.fixture
def refuse(ingest: Callable[..., Intake], log: ReadingLog, make_row: Callable[..., str]) -> Callable[..., str]:
    """Return a function that puts a bad row between two good ones, checks that only it is refused, and tells why."""

    def run(bad: str | bytes) -> str:
        intake = ingest(make_row(), bad, make_row(start="2025-02-01", end="2025-03-01"))
        assert (intake.accepted, intake.corrections, intake.duplicates) == (2, 0, 0)
        (refusal,) = intake.refused
        assert refusal.row == 3
        assert log.read()["start"].to_pylist() == [date(2025, 1, 1), date(2025, 2, 1)]
        return f"{refusal.reason}: {refusal.message}"

    return run
