"""Readings as an input of a build: the log decides what a release is called, and nothing of its history does."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import pytest

from layers.release import build_release
from twin.errors import ReleaseError, SourceError, ZoneError
from twin.readings.attach import open_log
from twin.readings.intake import take_in
from twin.readings.subject import read_subjects, release_subjects
from twin.store import Store, find_damage
from twin.zone import load_zone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from twin.store import Release

HEADER = "subject_kind,subject_id,carrier,start,end,value,unit,source\n"
ROWS = ["parcel,A1,electricity,2025-01-01,2025-02-01,1.2,MWh,bill\n",
        "building,file:h1,gas,2025-01-01,2025-02-01,300,m3,bill\n",
        "building,file:h2,gas,2024-12-01,2025-02-01,620,m3,bill\n"]
TOML = '\n[sources.meters]\nfile = "meters.csv"\nlicence = "private"\nattribution = "Toy works"\nsynthetic = true\n'


@pytest.fixture
def metered(tmp_path: Path, write_toy: Callable[..., Path]) -> Callable[..., Path]:
    """Return a function that writes the toy zone with a file of readings."""

    def write(*rows: str, name: str = "zone") -> Path:
        folder = write_toy(tmp_path / name)
        (folder / "meters.csv").write_text(HEADER + "".join(rows))
        with (folder / "zone.toml").open("a") as file:
            file.write(TOML)
        return folder

    return write


def readings(release: Release) -> list[dict[str, Any]]:
    return pd.read_parquet(release.table("reading")).to_dict("records")


def test_readings_of_the_zone_are_a_table_of_the_release(metered: Callable[..., Path], tmp_path: Path) -> None:
    release = build_release(load_zone(metered(*ROWS)), Store(tmp_path / "store"))
    rows = {row["subject_id"]: row for row in readings(release)}
    assert set(rows) == {"file:A1", "file:h1", "file:h2"}
    assert (rows["file:A1"]["amount"], rows["file:A1"]["unit"], rows["file:A1"]["meter_id"]) == (1200, "kWh", "file:A1")
    assert (rows["file:h2"]["start"], rows["file:h2"]["end"]) == (date(2024, 12, 1), date(2025, 2, 1))
    assert list(rows["file:A1"]) == ["reading_id", "subject_kind", "subject_id", "meter_id", "carrier", "start", "end",
                                     "amount", "unit", "source", "supersedes"]
    (entry,) = [item for item in release.manifest["inputs"] if item["role"] in {"meters", "readings"}]
    assert (entry["role"], entry["attribution"], entry["synthetic"], entry["rows"]) == (
        "readings", "Toy works", True, 3)
    assert release.manifest["report"]["read"]["readings"] == 3
    assert find_damage(release) == []


def test_cells_follow_the_readings_and_stand_in_the_release(metered: Callable[..., Path], tmp_path: Path) -> None:
    release = build_release(load_zone(metered(*ROWS)), Store(tmp_path / "store"))
    cells = pd.read_parquet(release.table("reading_cell"))
    assert cells[["carrier", "year", "reason"]].to_numpy().tolist() == [
        ["electricity", 2025, "too_few"], ["gas", 2025, "too_few"]]
    assert cells[["meters", "amount", "coverage"]].isna().all(axis=None)
    assert pd.read_parquet(release.table("reading_total"))["is_public"].tolist() == [False] * 2


def test_single_readings_are_not_in_the_database_that_is_served(metered: Callable[..., Path], tmp_path: Path) -> None:
    release = build_release(load_zone(metered(*ROWS)), Store(tmp_path / "store"))
    with duckdb.connect(str(release.cache), read_only=True) as connection:
        tables = {row[0] for row in connection.execute("select table_name from duckdb_tables()").fetchall()}
    assert {name for name in tables if "reading" in name} == {"reading_cell", "reading_total"}


def test_a_zone_without_readings_has_empty_tables_of_the_same_types(
    toy_release: Release, metered: Callable[..., Path], tmp_path: Path
) -> None:
    release = build_release(load_zone(metered(*ROWS)), Store(tmp_path / "store"))
    with duckdb.connect() as connection:
        for table in ("reading", "reading_cell", "reading_total"):
            types = [connection.execute(f"describe from '{item.table(table)}'").fetchall()
                     for item in (toy_release, release)]
            assert types[0] == types[1]
            assert toy_release.manifest["counts"][table] == 0
    assert [item["role"] for item in toy_release.manifest["inputs"]] == [
        "boundary", "buildings", "neighbourhoods", "osm", "parcels"]


def test_the_same_readings_give_the_same_release_however_they_came(
    metered: Callable[..., Path], tmp_path: Path
) -> None:
    first = build_release(load_zone(metered(*ROWS)), Store(tmp_path / "first"))
    folder, store = metered(*reversed(ROWS), name="other"), Store(tmp_path / "second")
    (tmp_path / "one.csv").write_text(HEADER + ROWS[2])
    take_in(tmp_path / "one.csv", release_subjects(first), open_log(store, "toy"), now=datetime(2030, 1, 1, tzinfo=UTC))
    again = build_release(load_zone(folder), store)
    assert len(open_log(store, "toy").files()) == 2
    assert again.release_id == first.release_id
    assert build_release(load_zone(folder), store).release_id == first.release_id
    assert len(open_log(store, "toy").files()) == 2


def test_a_correction_gives_another_release_and_survives_the_next_build(
    metered: Callable[..., Path], tmp_path: Path
) -> None:
    folder, store = metered(*ROWS), Store(tmp_path / "store")
    first = build_release(load_zone(folder), store)
    (tmp_path / "right.csv").write_text(HEADER + ROWS[1].replace("300", "310"))
    assert take_in(tmp_path / "right.csv", release_subjects(first), open_log(store, "toy")).corrections == 1
    second = build_release(load_zone(folder), store)
    assert second.release_id != first.release_id
    row = {row["subject_id"]: row for row in readings(second)}["file:h1"]
    before = {row["subject_id"]: row for row in readings(first)}["file:h1"]
    assert (row["amount"], row["supersedes"]) == (310, before["reading_id"])
    assert len(readings(second)) == 3


def test_refused_rows_are_counted_in_the_report_without_what_they_hold(
    metered: Callable[..., Path], tmp_path: Path
) -> None:
    bad = ["building,file:h1,water,2025-01-01,2025-02-01,987654321,m3,bill\n",
           "building,file:h77,water,2025-01-01,2025-02-01,3,m3,bill\n"]
    report = build_release(load_zone(metered(*ROWS, *bad)), Store(tmp_path / "store")).manifest["report"]
    assert {key: number for key, number in report["dropped"].items() if key.startswith("readings")} == {
        "readings: absurd value": 1, "readings: unknown subject": 1}
    notes = [note for note in report["notes"] if note.startswith("meters.csv")]
    assert notes == ["meters.csv, row 5 is refused: absurd value; `zonetwin ingest meters.csv` tells what to do",
                     "meters.csv, row 6 is refused: unknown subject; `zonetwin ingest meters.csv` tells what to do"]


def test_readings_of_what_has_gone_are_kept_in_the_log_and_counted(
    metered: Callable[..., Path], tmp_path: Path
) -> None:
    folder, store = metered(*ROWS), Store(tmp_path / "store")
    build_release(load_zone(folder), store)
    text = (folder / "buildings.geojson").read_text().replace('"h2"', '"h2b"')
    (folder / "buildings.geojson").write_text(text)
    (folder / "meters.csv").write_text(HEADER + "".join(ROWS[:2]))
    release = build_release(load_zone(folder), store)
    assert {row["subject_id"] for row in readings(release)} == {"file:A1", "file:h1"}
    assert release.manifest["report"]["dropped"]["readings: building no longer in the zone"] == 1
    assert open_log(store, "toy").read().num_rows == 3


def test_an_unusable_file_of_readings_stops_the_build(metered: Callable[..., Path], tmp_path: Path) -> None:
    folder = metered(*ROWS)
    (folder / "meters.csv").write_text("meter,value\n1,2\n")
    with pytest.raises(SourceError, match=r"meters\.csv lacks the column"):
        build_release(load_zone(folder), Store(tmp_path / "store"))
    (folder / "meters.csv").unlink()
    with pytest.raises(ZoneError, match=r"sources\.meters names .*meters\.csv, which does not exist"):
        load_zone(folder)


def test_subjects_of_a_release_have_their_areas(toy_release: Release) -> None:
    subjects = release_subjects(toy_release)
    # A1 has h1, h4, h5 and h6: 400 m2 x 4, 100 x 3, 100 x 5, 200 x 4 storeys.
    assert subjects.areas["parcel", "file:A1"] == {"floor": pytest.approx(3200), "ground": pytest.approx(8000)}
    assert subjects.areas["building", "file:h1"] == {"floor": pytest.approx(1600), "ground": pytest.approx(400)}
    assert subjects.areas["parcel", "file:B2"] == {"floor": None, "ground": pytest.approx(8000)}
    assert [area for (kind, _), area in subjects.areas.items() if kind == "asset"] == [
        {"floor": None, "ground": None}] * 2
    assert subjects.refs["A1"] == ["file:A1"]


def test_a_release_without_limits_says_to_build_it_again() -> None:
    with duckdb.connect() as connection:
        connection.execute("create table reading_subject as select '' as subject_kind, '' as subject_id, "
                           "'' as cadastral_ref, 0.0 as floor_area_m2, 0.0 as ground_m2")
        connection.execute("create table factor_in_force as select '' as quantity, 0.0 as value")
        with pytest.raises(ReleaseError, match=r"no factor reading_limit\.cold, .*; build it again"):
            read_subjects(connection)
