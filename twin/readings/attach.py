"""Readings as an input of a build: the zone's own file goes into the log, the log into the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from twin.build import READING, build_readings
from twin.readings.intake import take_in
from twin.readings.log import ReadingLog, digest
from twin.readings.subject import read_subjects
from twin.readings.units import carriers

if TYPE_CHECKING:
    from datetime import date

    import duckdb

    from twin.checks import Checks
    from twin.readings.intake import Intake
    from twin.store import Store
    from twin.zone import Zone

SHOWN = 5  # refused rows that the report names
FOLDER = "readings"


def open_log(store: Store, zone: str) -> ReadingLog:
    """Return the log of a zone's readings."""
    return ReadingLog(store.zone_folder(zone) / FOLDER)


def attach_readings(
    connection: duckdb.DuckDBPyConnection, zone: Zone, store: Store, checks: Checks, *, today: date | None = None
) -> list[dict[str, Any]]:
    """
    Bring a zone's file of readings into its log, and the log into a model; return what the manifest says of them.

    Parameters
    ----------
    connection
        Database that holds the model.
    zone, store
        The zone, and where its log lies.
    checks
        Receives the counts of what was read, refused and left out.
    today
        The day that no period may reach beyond; that of the clock if not given.

    Returns
    -------
    inputs
        The log as an input of the release, nothing where it is empty.

    Raises
    ------
    SourceError
        If the zone's file cannot be used at all.
    StoreError
        If the log cannot be read or written.
    """
    log, path = open_log(store, zone.name), zone.files().get("meters")
    if path is not None:
        _count(take_in(path, read_subjects(connection), log, today=today), path.name, checks)
    readings = log.read()
    if not readings.num_rows:
        return []
    build_readings(connection, _in_canonical_units(readings))
    _count_lost(connection, checks)
    source = zone.sources.meters
    return [{
        "role": "readings", "file": path.name if path else FOLDER, "sha256": digest(readings),
        "rows": readings.num_rows, "licence": source and source.licence, "attribution": source and source.attribution,
        "date": source and source.date, "synthetic": bool(source and source.synthetic),
    }]


def _in_canonical_units(readings: pa.Table) -> pa.Table:
    units = [carriers()[carrier]["unit"] for carrier in readings["carrier"].to_pylist()]
    place = readings.schema.get_field_index("unit")
    return readings.set_column(place, "unit", pa.array(units, pa.string())).select(READING.names)


def _count(intake: Intake, file: str, checks: Checks) -> None:
    """Say in the release report, which is public, what became of the rows of a file; what they hold stays out of it."""
    checks.count("read", "readings", intake.rows)
    for reason, number in intake.reasons().items():
        checks.count("dropped", f"readings: {reason}", number)
    for item in intake.refused[:SHOWN]:
        checks.note(f"{file}, row {item.row} is refused: {item.reason}; `zonetwin ingest {file}` tells what to do")


def _count_lost(connection: duckdb.DuckDBPyConnection, checks: Checks) -> None:
    """Count the readings of what does not stand in the zone any more."""
    lost = connection.execute(
        "select subject_kind, count(*) from source_reading anti join reading_subject using (subject_kind, subject_id) "
        "group by all"
    ).fetchall()
    for kind, number in lost:
        checks.count("dropped", f"readings: {kind} no longer in the zone", number)
