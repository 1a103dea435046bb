"""
Ingests that are killed, for test_log: a process that forks ingests and kills them with SIGKILL.

Usage: ingest_and_die.py moments|steps FOLDER NUMBER
Prints one line of JSON for each ingest: whether it was killed, and what the log held before and after.
"""

from __future__ import annotations

import json
import os
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.twin.forks import dying, fork
from twin.readings import log as log_module
from twin.readings.intake import take_in
from twin.readings.log import ReadingLog
from twin.readings.subject import Subjects
from twin.readings.units import carriers, conversion

if TYPE_CHECKING:
    from collections.abc import Callable

SUBJECTS = Subjects(
    areas={("parcel", "p"): {"floor": None, "ground": None}}, refs={},
    limits={f"{name}.{carrier}": 1e9 for name in ("reading_limit", "reading_limit_whole") for carrier in carriers()},
)
HEADER = "subject_kind,subject_id,carrier,start,end,value,unit,source,meter_id\n"


def main() -> None:
    mode, folder, number = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    conversion("kWh", "heat")  # the register of units is made before the forks
    log = ReadingLog(folder / "zone" / "readings")
    if mode == "steps":
        for step in range(number):
            path = write(folder, step, 100)
            tell(log, lambda path=path, step=step: doomed(step, lambda: take_in(path, SUBJECTS, log)))
        return
    path = write(folder, -1, 2000)
    _, duration = fork(lambda: take_in(path, SUBJECTS, log))
    chance = random.Random(20250322)
    for attempt in range(number):
        path = write(folder, attempt, 2000)
        wait = duration * chance.uniform(0.3, 1.05)
        tell(log, lambda path=path: take_in(path, SUBJECTS, log), kill_after_s=wait)
    tell(log, lambda: take_in(write(folder, number, 2000), SUBJECTS, log))


def write(folder: Path, attempt: int, rows: int) -> Path:
    """Write a file of readings that no other attempt has."""
    path = folder / f"{attempt}.csv"
    lines = [f"parcel,p,heat,2025-01-01,2025-02-01,{row},kWh,test,m{attempt}-{row}\n" for row in range(rows)]
    path.write_text(HEADER + "".join(lines))
    return path


def tell(log: ReadingLog, task: Callable[[], object], *, kill_after_s: float | None = None) -> None:
    """Run a task in a fork, kill it after a while if told to, and print what the log holds."""
    before = count(log)
    killed, _ = fork(task, kill_after_s=kill_after_s)
    drafts = sorted(path.name for path in log.folder.glob(".*"))
    print(json.dumps({"killed": killed, "before": before, "readings": count(log), "drafts": drafts}), flush=True)


def count(log: ReadingLog) -> int:
    """Return how many readings the log holds; looked up in a fork, because this process must have no threads."""
    source, sink = os.pipe()
    fork(lambda: os.write(sink, str(log.read().num_rows).encode()))
    os.close(sink)
    with open(source, "rb") as pipe:  # noqa: PTH123 a handle, no path
        return int(pipe.read())


def doomed(step: int, task: Callable[[], object]) -> None:
    """Run a task that kills itself right before one of its flushes and renamings."""
    watched = dying(step)
    log_module.sync = watched(log_module.sync)
    Path.rename = watched(Path.rename)
    task()


if __name__ == "__main__":
    main()
