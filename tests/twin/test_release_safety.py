"""A build that is killed, or that runs out of disk, leaves the release before it serving, and never half a one."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from twin.store import Store, find_damage

if TYPE_CHECKING:
    from collections.abc import Callable

ZONETWIN = Path(sys.executable).with_name("zonetwin")
DRIVER = Path(__file__).with_name("build_and_die.py")
BUILDS = 20
STEPS = 15  # more than publishing a release of one file takes


def deaths(mode: str, tmp_path: Path, folder: Path, number: int) -> list[dict[str, Any]]:
    """Return what became of a number of builds that were killed, and of the store after each."""
    done = subprocess.run(
        [sys.executable, DRIVER, mode, tmp_path / "store", folder, str(number), "20250322"],
        capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory, toy_folder: Path) -> list[dict[str, Any]]:
    """Return 20 builds killed at moments spread over a build's duration."""
    return deaths("moments", tmp_path_factory.mktemp("killed"), toy_folder, BUILDS)


def test_a_killed_build_leaves_a_whole_release_in_force(killed: list[dict[str, Any]]) -> None:
    assert len(killed) == BUILDS + 2
    assert [row["damage"] for row in killed] == [[]] * len(killed)
    assert all(row["current"] for row in killed)


def test_a_killed_build_leaves_the_release_before_it_serving(killed: list[dict[str, Any]]) -> None:
    died = [row for row in killed if row["kind"] == "killed"]
    stayed = [row for row in died if row["current"] == row["before"]]
    assert len(died) >= BUILDS * 0.2  # the others were done before the signal reached them, more on a busy machine
    assert len(stayed) >= len(died) - 3  # a build killed right after its last step has done its work


def test_what_a_killed_build_leaves_behind_is_swept_by_the_next(killed: list[dict[str, Any]]) -> None:
    assert any(row["staged"] for row in killed[1:-1])
    assert max(len(row["staged"]) for row in killed) == 1
    assert (killed[-1]["kind"], killed[-1]["staged"], killed[-1]["drafts"]) == ("whole", [], [])


def test_publishing_killed_before_any_of_its_steps_does_no_harm(tmp_path: Path, toy_folder: Path) -> None:
    *rows, last = deaths("steps", tmp_path, toy_folder, STEPS)
    kinds = [row["kind"] for row in rows]
    steps = kinds.index("finished")
    assert kinds == ["killed"] * steps + ["finished"] * (STEPS - steps)
    assert steps >= 8  # five files and folders, the rename, the folder of releases, CURRENT twice
    assert [row["damage"] for row in rows] == [[]] * STEPS
    # The new release is in force once CURRENT was replaced, which only the flush of its folder follows.
    assert [row["current"] == row["before"] for row in rows[:steps]] == [True] * (steps - 1) + [False]
    assert (last["staged"], last["drafts"]) == ([], [])


# A disk of its own: a tmpfs in a mount namespace of its own, which goes with the process.
def on_small_disk(size: str, place: Path, script: str, options: str = "") -> subprocess.CompletedProcess[str]:
    """Run a shell script with a small disk at a place, its other files below /tmp as they are."""
    place.mkdir(exist_ok=True)
    mount = f"mount -t tmpfs -o size={size}{options} tmpfs {shlex.quote(str(place))}"
    probe = subprocess.run(["unshare", "-rm", "sh", "-c", mount], capture_output=True, text=True, check=False)
    if probe.returncode:
        pytest.skip(f"mounting a small disk is not permitted here: {probe.stderr.strip()}")
    return subprocess.run(["unshare", "-rm", "sh", "-c", f"{mount}\n{script}"], capture_output=True, text=True,
                          check=False)


def told_once(text: str) -> str:
    """Return a message, which must be one line and no traceback."""
    assert text.count("\n") == 1
    assert text.startswith("zonetwin: ")
    assert "Traceback" not in text
    assert "mistake of the program" not in text
    return text


@pytest.mark.parametrize("size", ["48k", "400k", "3m"])
def test_a_full_disk_is_told_in_a_sentence_and_leaves_no_half_release(
    size: str, tmp_path: Path, toy_folder: Path
) -> None:
    disk = tmp_path / "disk"
    done = on_small_disk(size, disk, f"""
        {ZONETWIN} build --zone {toy_folder} --store {disk}/store
        echo "exit $?"
        find {disk} -type f
        find {disk} -name '.staging*'
        """)
    assert done.stdout == "exit 2\n"
    assert "cannot be written (" in told_once(done.stderr)
    assert "free space or choose another --store" in done.stderr


def test_a_full_disk_leaves_the_release_before_it_serving(
    tmp_path: Path, toy_folder: Path, write_toy: Callable[..., Path]
) -> None:
    disk, changed = tmp_path / "disk", write_toy(tmp_path / "changed", population=500)
    done = on_small_disk("28m", disk, f"""
        {ZONETWIN} build --zone {toy_folder} --store {disk}/store > /dev/null && cat {disk}/store/toy/CURRENT
        {ZONETWIN} build --zone {changed} --store {disk}/store
        echo "exit $?"
        cat {disk}/store/toy/CURRENT
        ls -A {disk}/store/toy/releases
        {ZONETWIN} verify --store {disk}/store
        echo "exit $?"
        """)
    before, built, current, releases, verified, sound = done.stdout.splitlines()
    assert (built, sound) == ("exit 2", "exit 0")
    assert before == current == releases
    assert "all as they were published" in verified
    told_once(done.stderr)


def test_a_store_on_a_read_only_disk_is_told_in_a_sentence(tmp_path: Path, toy_folder: Path) -> None:
    disk = tmp_path / "disk"
    done = on_small_disk("1m", disk, f"""
        {ZONETWIN} build --zone {toy_folder} --store {disk}/store
        echo "exit $?"
        """, options=",ro")
    assert done.stdout == "exit 2\n"
    assert "cannot be written (Read-only file system); choose another folder with --store" in told_once(done.stderr)


@pytest.mark.parametrize("place", ["file/store", "/proc/store"])
def test_a_store_where_nothing_can_be_written_is_told_in_a_sentence(
    place: str, tmp_path: Path, toy_folder: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    done = subprocess.run([ZONETWIN, "build", "--zone", toy_folder, "--store", tmp_path / place], capture_output=True,
                          text=True, check=False)
    assert done.returncode == 2
    assert "cannot be written (" in told_once(done.stderr)


def test_a_failed_build_leaves_the_release_before_it_serving(
    tmp_path: Path, toy_folder: Path, write_toy: Callable[..., Path]
) -> None:
    store = tmp_path / "store"
    subprocess.run([ZONETWIN, "build", "--zone", toy_folder, "--store", store], capture_output=True, check=True)
    broken = write_toy(tmp_path / "broken")
    (broken / "parcels.geojson").write_text("{")
    done = subprocess.run([ZONETWIN, "build", "--zone", broken, "--store", store], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 2
    assert "parcels.geojson" in told_once(done.stderr)
    release = Store(store).open_release("toy")
    assert find_damage(release) == []
    assert [path.name for path in release.folder.parent.iterdir()] == [release.release_id]
