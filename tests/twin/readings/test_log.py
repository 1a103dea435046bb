"""The log: it only grows, repeats change nothing, corrections keep what they correct."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from twin.errors import StoreError
from twin.readings.intake import take_in
from twin.readings.log import Entry, ReadingLog, digest
from twin.readings.row import Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.readings.intake import Intake
    from twin.readings.subject import Subjects

DRIVER = Path(__file__).with_name("ingest_and_die.py")


def content(log: ReadingLog) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(log.folder.iterdir())}


def values(log: ReadingLog) -> list[tuple[float, bool]]:
    """Return the amounts of the log in their order, and whether each corrects another."""
    table = log.read()
    return [(row["amount"], row["supersedes"] is not None) for row in table.to_pylist()]


def test_the_same_file_twice_changes_nothing(
    ingest: Callable[..., Intake], log: ReadingLog, make_row: Callable[..., str]
) -> None:
    rows = [make_row(), make_row(start="2025-02-01", end="2025-03-01"), make_row(value="-1"), make_row(value="33")]
    first = ingest(*rows)
    before = content(log)
    again = ingest(*rows)
    assert (first.accepted, first.duplicates, len(first.refused)) == (2, 0, 2)
    assert (again.accepted, again.corrections, again.duplicates) == (0, 0, 2)
    assert again.refused == first.refused
    assert content(log) == before


def test_the_same_amount_in_another_unit_is_the_same_reading(
    ingest: Callable[..., Intake], log: ReadingLog, make_row: Callable[..., str]
) -> None:
    ingest(make_row(value="36"))
    assert ingest(make_row(value="0.036", unit="MWh"), make_row(value="129.6", unit="MJ")).duplicates == 2
    assert values(log) == [(36, False)]


def test_another_value_for_a_period_corrects_and_keeps_the_earlier_one(
    ingest: Callable[..., Intake], log: ReadingLog, make_row: Callable[..., str]
) -> None:
    ingest(make_row())
    before = content(log)
    intake = ingest(make_row(value="32"))
    assert (intake.accepted, intake.corrections) == (0, 1)
    first, second = log.read().to_pylist()
    assert (first["value"], first["supersedes"], second["value"]) == (31, None, 32)
    assert second["supersedes"] == first["reading_id"] != second["reading_id"]
    assert content(log).items() >= before.items()


def test_an_old_file_brought_again_does_not_undo_a_correction(
    ingest: Callable[..., Intake], log: ReadingLog, make_row: Callable[..., str]
) -> None:
    ingest(make_row())
    ingest(make_row(value="32"))
    assert ingest(make_row()).duplicates == 1
    assert values(log) == [(31, False), (32, True)]


def test_an_earlier_value_is_restored_by_naming_another_source(
    ingest: Callable[..., Intake], log: ReadingLog, make_row: Callable[..., str]
) -> None:
    ingest(make_row())
    ingest(make_row(value="32"))
    assert ingest(make_row(source="meter was read again")).corrections == 1
    assert values(log) == [(31, False), (32, True), (31, True)]
    assert len(set(log.read()["reading_id"].to_pylist())) == 3


def test_a_period_that_overlaps_the_log_is_refused(
    ingest: Callable[..., Intake], make_row: Callable[..., str]
) -> None:
    ingest(make_row(), make_row(start="2025-03-01", end="2025-04-01"))
    for start, end in (("2025-01-15", "2025-02-15"), ("2024-12-01", "2025-01-02"), ("2025-01-10", "2025-01-20"),
                       ("2024-12-01", "2025-05-01"), ("2025-02-01", "2025-03-02")):
        (refusal,) = ingest(make_row(start=start, end=end)).refused
        assert refusal.reason == "overlapping period"
        assert "in the log" in refusal.message
    assert ingest(make_row(start="2025-02-01", end="2025-03-01")).accepted == 1  # the gap between the two


def test_a_replaced_meter_divides_its_month(ingest: Callable[..., Intake], make_row: Callable[..., str]) -> None:
    intake = ingest(make_row(meter_id="old", end="2025-01-11"), make_row(meter_id="new", start="2025-01-11"),
                    make_row(meter_id="second"))
    assert (intake.accepted, intake.refused) == (3, [])


def test_ids_depend_on_the_content_and_on_no_clock(
    tmp_path: Path, subjects: Subjects, ingest: Callable[..., Intake], log: ReadingLog, make_row: Callable[..., str]
) -> None:
    ingest(make_row(), make_row(meter_id="b"))
    other = ReadingLog(tmp_path / "other")
    take_in(tmp_path / "readings.csv", subjects, other, now=datetime(2031, 1, 1, tzinfo=UTC))
    assert other.read()["received_at"].to_pylist() == ["2031-01-01T00:00:00+00:00"] * 2
    assert other.read()["reading_id"].to_pylist() == log.read()["reading_id"].to_pylist()
    assert digest(other.read()) == digest(log.read())


def test_the_hash_of_a_log_does_not_depend_on_the_order_of_its_readings(
    tmp_path: Path, subjects: Subjects, make_row: Callable[..., str]
) -> None:
    header = "subject_kind,subject_id,carrier,start,end,value,unit,source,meter_id"
    rows = [make_row(meter_id=name) for name in "abcd"] + [make_row(carrier="heat", value="3.6", unit="MJ")]
    found = set()
    for name, files in {"one": [rows], "many": [[row] for row in reversed(rows)], "changed": [rows[1:]]}.items():
        log = ReadingLog(tmp_path / name)
        for lines in files:
            (tmp_path / "r.csv").write_text("\n".join([header, *lines]))
            take_in(tmp_path / "r.csv", subjects, log)
        found.add((name != "changed", digest(log.read())))
    assert len(found) == 2


def test_ingests_at_the_same_time_take_turns(
    tmp_path: Path, subjects: Subjects, log: ReadingLog, make_row: Callable[..., str]
) -> None:
    header = "subject_kind,subject_id,carrier,start,end,value,unit,source,meter_id"
    for number in range(12):
        lines = [header, make_row(meter_id=f"m{number}"), make_row(meter_id="shared")]
        (tmp_path / f"{number}.csv").write_text("\n".join(lines))
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda number: take_in(tmp_path / f"{number}.csv", subjects, log), range(12)))
    assert sum(intake.accepted for intake in done) == 13
    assert sum(intake.duplicates for intake in done) == 11
    assert len(set(log.read()["reading_id"].to_pylist())) == log.read().num_rows == 13
    assert [path.name[:8] for path in log.files()] == [f"{number:08d}" for number in range(1, 13)]


# What may befall the folder


def test_an_altered_file_is_told(ingest: Callable[..., Intake], log: ReadingLog, make_row: Callable[..., str]) -> None:
    ingest(make_row())
    (path,) = log.files()
    altered = bytearray(path.read_bytes())
    altered[len(altered) // 2] ^= 1
    path.write_bytes(bytes(altered))
    with pytest.raises(StoreError, match="was altered; bring it back"):
        log.read()


def test_a_missing_file_is_told(ingest: Callable[..., Intake], log: ReadingLog, make_row: Callable[..., str]) -> None:
    ingest(make_row())
    ingest(make_row(meter_id="b"))
    log.files()[0].unlink()
    with pytest.raises(StoreError, match="lacks the file numbered 00000001; bring it back"):
        log.read()


def test_a_log_where_nothing_can_be_written_is_told_in_a_sentence(
    tmp_path: Path, subjects: Subjects, make_row: Callable[..., str]
) -> None:
    header = "subject_kind,subject_id,carrier,start,end,value,unit,source,meter_id"
    (tmp_path / "r.csv").write_text(f"{header}\n{make_row()}")
    (tmp_path / "file").write_text("no folder")
    for place in (tmp_path / "file" / "readings", Path("/proc/readings")):
        with pytest.raises(StoreError, match=r"cannot be written \(.*\); free space or choose another --store"):
            take_in(tmp_path / "r.csv", subjects, ReadingLog(place))


def test_a_full_disk_is_told_in_a_sentence_and_leaves_the_log_as_it_was(
    ingest: Callable[..., Intake], log: ReadingLog, make_row: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(make_row())
    before = content(log)

    def write_half(path: Path, data: bytes) -> int:
        with path.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    another = Reading("building", "b", "b", "heat", date(2025, 1, 1), date(2025, 2, 1), 1, "kWh", 1, "bill")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", write_half)
        with pytest.raises(StoreError, match=r"cannot be written \(No space left on device\); free space"), log.hold():
            log.append([Entry(another, "0" * 16, None)], "2026-03-01T00:00:00+00:00")
    assert content(log) == before


# Ingests that are killed


def deaths(mode: str, folder: Path, number: int) -> list[dict[str, Any]]:
    """Return what the log held after each of a number of ingests that were killed."""
    done = subprocess.run([sys.executable, DRIVER, mode, folder, str(number)], capture_output=True, text=True,
                          check=False, env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])})
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_an_ingest_killed_before_any_of_its_steps_leaves_all_or_nothing(tmp_path: Path) -> None:
    rows = deaths("steps", tmp_path, 8)
    killed = [row for row in rows if row["killed"]]
    assert len(killed) == 3  # the folder is made and flushed; later: the file's renaming, the folder's flush
    for row in rows:
        assert row["readings"] % 100 == 0  # each file has a hundred
        assert row["readings"] - row["before"] in ({0, 100} if row["killed"] else {100})
    assert rows[-1]["drafts"] == []
    assert not rows[-1]["killed"]


def test_an_ingest_killed_at_any_moment_leaves_all_or_nothing(tmp_path: Path) -> None:
    rows = deaths("moments", tmp_path, 20)
    assert sum(row["killed"] for row in rows) >= 3  # the others were done before the signal reached them
    assert {row["readings"] - row["before"] for row in rows} <= {0, 2000}
    assert {row["readings"] - row["before"] for row in rows if not row["killed"]} == {2000}
