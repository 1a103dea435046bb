"""Taking readings of meters in from the command line."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from server.cli.progress import progress
from twin.errors import SourceError
from twin.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from twin.readings.intake import Intake

STEPS = 100
SHOWN = 10  # refused rows told one by one


def ingest_file(path: Path, store: Path, zone: str | None, *, as_json: bool) -> None:
    """
    Add the readings of a file to the log of a zone, and say what became of each row.

    Raises
    ------
    SourceError
        If the file cannot be used, or every row of it is refused.
    """
    from twin.readings.attach import open_log
    from twin.readings.intake import take_in
    from twin.readings.subject import release_subjects

    release = Store(store).open_release(zone)
    log = open_log(Store(store), release.zone_name)
    with progress(f"reading {path.name}", STEPS) as say:
        intake = take_in(path, release_subjects(release), log, progress=_by_steps(say))
    if as_json:
        sys.stdout.write(json.dumps(_as_plain(intake, release.zone_name), indent=1, ensure_ascii=False) + "\n")
    else:
        _print(intake, release.zone_name)
    if intake.refused and len(intake.refused) == intake.rows:
        reasons = ", ".join(f"{number} {reason}" for reason, number in intake.reasons().items())
        first = intake.refused[0]
        message = f"{path}: no row of it can be taken ({reasons}); row {first.row}: {first.message}"
        raise SourceError(message)


def _by_steps(say: Callable[[str], None]) -> Callable[[float], None]:
    """Return a function that moves a progress bar of as many steps as there are per cent."""
    done = 0

    def tell(share: float) -> None:
        nonlocal done
        while done < min(int(share * STEPS), STEPS):
            done += 1
            say(f"{done} %")

    return tell


def _as_plain(intake: Intake, zone: str) -> dict[str, object]:
    return {
        "zone": zone, "rows": intake.rows, "accepted": intake.accepted, "corrections": intake.corrections,
        "duplicates": intake.duplicates, "refused": len(intake.refused), "reasons": intake.reasons(),
        "refused_rows": [asdict(item) for item in intake.refused],
    }


def _print(intake: Intake, zone: str) -> None:
    """Print what was taken, and why other rows were not."""
    console = Console()
    console.print(f"{intake.rows:,} rows: {intake.accepted:,} accepted, {intake.corrections:,} corrections, "
                  f"{intake.duplicates:,} duplicates, {len(intake.refused):,} refused", markup=False)
    if intake.refused:
        table = Table("reason", "rows", box=None)
        for reason, number in intake.reasons().items():
            table.add_row(reason, f"{number:,}")
        console.print(table)
        for item in intake.refused[:SHOWN]:
            console.print(f"row {item.row}: {item.message}", markup=False, highlight=False, soft_wrap=True)
        if len(intake.refused) > SHOWN:
            console.print(f"and {len(intake.refused) - SHOWN:,} more; --json names them all")
    if intake.accepted or intake.corrections:
        console.print(f"The next `zonetwin build` of {zone} takes them in.", markup=False)
    else:
        console.print("The log is as it was.")
