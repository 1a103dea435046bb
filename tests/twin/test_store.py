"""Releases are named by their content, the same bytes for the same inputs, and every damage to them is found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from layers.release import build_release
from twin.errors import ReleaseError, StoreError
from twin.store import Store, find_damage, hash_file, hash_json, release_hash
from twin.zone import load_zone

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.store import Release

ZONETWIN = Path(sys.executable).with_name("zonetwin")


@pytest.fixture(scope="module")
def second_release(tmp_path_factory: pytest.TempPathFactory, write_toy: Callable[..., Path]) -> Release:
    """Return the toy zone built once more: other folder, file names, directory, clock and hash seed."""
    place = tmp_path_factory.mktemp("elsewhere")
    write_toy(place / "the same zone", prefix="renamed_")
    environment = os.environ | {"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "7", "LC_ALL": "C"}
    subprocess.run(
        [ZONETWIN, "build", "--zone", "the same zone", "--store", "deep/store"],
        cwd=place, env=environment, check=True, capture_output=True,
    )
    return Store(place / "deep" / "store").open_release("toy")


@pytest.fixture
def copied(toy_release: Release, tmp_path: Path) -> Release:
    """Return a copy of the toy zone's release that may be damaged."""
    folder = tmp_path / "store" / "toy" / "releases" / toy_release.release_id
    subprocess.run(["mkdir", "-p", folder.parent], check=True)
    subprocess.run(["cp", "-r", toy_release.folder, folder], check=True)
    (folder.parents[1] / "CURRENT").write_text(toy_release.release_id + "\n")
    return Store(tmp_path / "store").open_release("toy")


def verify(release: Release) -> subprocess.CompletedProcess[str]:
    store = release.folder.parents[2]
    return subprocess.run([ZONETWIN, "verify", "--store", store, "--zone", "toy"], capture_output=True, text=True,
                          check=False)


def damage_told(release: Release) -> str:
    """Return what `zonetwin verify` says of a damaged release."""
    told = verify(release)
    assert told.returncode == 2
    assert told.stderr.count("\n") == 1
    assert "Traceback" not in told.stderr
    return told.stderr


def test_the_same_inputs_elsewhere_give_the_same_release_id(toy_release: Release, second_release: Release) -> None:
    assert second_release.folder != toy_release.folder
    assert second_release.release_id == toy_release.release_id


def test_the_same_inputs_elsewhere_give_the_same_bytes_in_every_table(
    toy_release: Release, second_release: Release
) -> None:
    first, second = (
        {path.name: hash_file(path) for path in (release.folder / "tables").iterdir()}
        for release in (toy_release, second_release)
    )
    assert len(first) > 12
    assert first == second


def test_another_setting_gives_another_release(
    toy_release: Release, write_toy: Callable[..., Path], tmp_path: Path
) -> None:
    folder = write_toy(tmp_path / "zone", population=121)
    store = Store(tmp_path / "store")
    assert build_release(load_zone(folder), store).release_id != toy_release.release_id


def test_the_release_id_covers_content_but_no_path_and_no_date(toy_release: Release) -> None:
    manifest = json.loads(json.dumps(toy_release.manifest))
    for entry in manifest["inputs"]:
        entry |= {"file": "another.name", "date": "1999-12-31"}
    assert release_hash(manifest) == toy_release.release_id
    manifest["inputs"][0]["sha256"] = "0" * 64
    assert release_hash(manifest) != toy_release.release_id


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    assert hash_json({"a": 1, "b": [1, 2]}) == hash_json({"b": [1, 2], "a": 1})
    assert hash_json([1, 2]) != hash_json([2, 1])


def test_a_sound_release_is_verified(copied: Release) -> None:
    told = verify(copied)
    assert (told.returncode, told.stderr) == (0, "")
    assert copied.release_id in told.stdout


def test_one_altered_bit_in_a_table_is_found(copied: Release) -> None:
    path = copied.table("parcel")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert "tables/parcel.parquet was altered" in damage_told(copied)


def test_the_parquet_pages_bear_checksums_of_their_own(copied: Release) -> None:
    path = copied.table("building")
    start = pq.ParquetFile(path).metadata.row_group(0).column(0).data_page_offset
    content = bytearray(path.read_bytes())
    content[start + 60] ^= 1
    path.write_bytes(content)
    with pytest.raises(OSError, match=r"CRC|[Cc]orrupt|checksum"):
        pq.read_table(path, page_checksum_verification=True)


def test_a_missing_file_is_found(copied: Release) -> None:
    copied.table("road").unlink()
    assert "tables/road.parquet is missing" in damage_told(copied)


def test_an_extra_file_is_found(copied: Release) -> None:
    (copied.folder / "tables" / "notes.txt").write_text("hello")
    assert "tables/notes.txt does not belong to the release" in damage_told(copied)


def test_an_altered_formula_is_found(copied: Release) -> None:
    path = copied.folder / "formulas" / "building.sql"
    path.write_text(path.read_text() + "-- and one more line\n")
    assert "formulas/building.sql was altered" in damage_told(copied)


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest["counts"].update(building=8),
        lambda manifest: manifest["inputs"][0].update(licence="none"),
        lambda manifest: manifest["settings"].update(title="Another zone"),
        lambda manifest: manifest["report"]["notes"].append("nothing to see here"),
        lambda manifest: manifest["files"].pop("tables/road.parquet"),
        lambda manifest: manifest["inputs"][0].pop("role"),
    ],
    ids=["a count", "a licence", "a setting", "the report", "a file's hash", "an input's role"],
)
def test_a_changed_manifest_is_found(copied: Release, change: Callable[[dict], object]) -> None:
    path = copied.folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    change(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")
    assert "manifest.json" in damage_told(copied)


def test_a_table_changed_together_with_its_hash_is_found(copied: Release) -> None:
    copied.table("road").write_bytes(b"PAR1 nothing PAR1")
    path = copied.folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["files"]["tables/road.parquet"] = hash_file(copied.table("road"))
    path.write_text(json.dumps(manifest), encoding="utf-8")
    assert "manifest.json does not fit the release's id" in damage_told(copied)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"release_id": 7}'])
def test_a_broken_manifest_is_told_in_a_sentence(copied: Release, text: str) -> None:
    (copied.folder / "manifest.json").write_text(text)
    assert "manifest broken; build the zone again" in damage_told(copied)


def test_a_damaged_release_is_replaced_by_building_again(copied: Release, toy_folder: Path) -> None:
    copied.table("parcel").write_bytes(b"")
    (copied.folder / "manifest.json").write_text("[]")
    store = Store(copied.folder.parents[2])
    rebuilt = build_release(load_zone(toy_folder), store)
    assert rebuilt.release_id == copied.release_id
    assert find_damage(store.open_release("toy")) == []
    assert [path.name for path in rebuilt.folder.parent.iterdir()] == [rebuilt.release_id]


def test_building_again_leaves_one_release_and_nothing_staged(copied: Release, toy_folder: Path) -> None:
    before = (copied.folder / "manifest.json").read_bytes()
    store = Store(copied.folder.parents[2])
    assert build_release(load_zone(toy_folder), store).release_id == copied.release_id
    assert [path.name for path in copied.folder.parent.iterdir()] == [copied.release_id]
    assert (copied.folder / "manifest.json").read_bytes() == before


def test_a_staging_folder_in_use_is_not_swept(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.stage("toy") as first, store.stage("toy") as second:
        assert first.folder.is_dir()
        assert second.folder.is_dir()
    assert not first.folder.exists()
    assert not second.folder.exists()


def test_a_staging_folder_left_by_a_dead_build_is_swept_whatever_its_number_was(tmp_path: Path) -> None:
    stale = tmp_path / "toy" / "releases" / f".staging-{os.getpid()}-abandoned"
    (stale / "tables").mkdir(parents=True)
    with Store(tmp_path).stage("toy"):
        assert not stale.exists()


def test_an_empty_store_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"holds no release; run `zonetwin build`"):
        Store(tmp_path / "nothing").open_release()


def test_an_unknown_zone_is_told_with_those_that_are_built(toy_store: Store) -> None:
    with pytest.raises(StoreError, match=r"zone 'atlantis' has no release .*built are: toy"):
        toy_store.open_release("atlantis")


@pytest.mark.parametrize("release_id", ["../../etc", "0123456789abcdef", "."])
def test_a_release_that_is_not_there_is_an_error_and_no_path(toy_store: Store, release_id: str) -> None:
    with pytest.raises(ReleaseError):
        toy_store.open_release("toy", release_id)
