"""What all tests share: the folder of real data, and a toy zone small enough to be checked by hand."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from layers.release import build_release
from server.cli.building import find_zone
from server.cli.planning import draw_sources
from twin.classes import data_folder
from twin.store import Store
from twin.zone import load_zone

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.store import Release

VARIABLE = "ZONETWIN_TEST_DATA"

TOY = data_folder() / "zones" / "toy"  # six parcels and seven buildings, drawn in its README


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Return the folder of real test data; tests skip without it, except in CI, where that is a failure."""
    folder = os.environ.get(VARIABLE)
    if folder and Path(folder).is_dir():
        return Path(folder)
    message = f"set {VARIABLE} to the folder of real test data"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def write_toy() -> Callable[..., Path]:
    """Return a function that copies the toy zone into a folder, under file names of the test's choice."""

    def write(folder: Path, *, prefix: str = "", population: int = 120) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        text = (TOY / "zone.toml").read_text(encoding="utf-8").replace("2025 = 120", f"2025 = {population}")
        for path in TOY.iterdir():
            if path.suffix in {".geojson", ".osm"}:
                shutil.copy(path, folder / f"{prefix}{path.name}")
                text = text.replace(f'"{path.name}"', f'"{prefix}{path.name}"')
        (folder / "zone.toml").write_text(text, encoding="utf-8")
        return folder

    return write


@pytest.fixture(scope="session")
def toy_folder(tmp_path_factory: pytest.TempPathFactory, write_toy: Callable[..., Path]) -> Path:
    """Return the toy zone's folder; it is shared and must not be written to."""
    return write_toy(tmp_path_factory.mktemp("toy") / "zone")


@pytest.fixture(scope="session")
def toy_store(tmp_path_factory: pytest.TempPathFactory, toy_folder: Path) -> Store:
    """Return a store that holds a release of the toy zone; it is shared and must not be written to."""
    store = Store(tmp_path_factory.mktemp("toy_store"))
    build_release(load_zone(toy_folder), store)
    return store


@pytest.fixture(scope="session")
def toy_release(toy_store: Store) -> Release:
    """Return the release of the toy zone."""
    return toy_store.open_release("toy")


def _built_once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], object]) -> Store:
    """Return a store that the first process of a run builds and all of them share; it must not be written to."""
    is_one_of_many = "PYTEST_XDIST_WORKER" in os.environ
    root = factory.getbasetemp().parent if is_one_of_many else factory.getbasetemp()
    folder, done = root / name, root / f"{name}.done"
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            folder.mkdir()
            build(folder)
            done.touch()
    return Store(folder)


@pytest.fixture(scope="session")
def helsinki_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Return a store with central Helsinki, built once for all tests of a run."""
    return _built_once(tmp_path_factory, "helsinki_store",
                       lambda folder: build_release(find_zone("helsinki"), Store(folder)))


@pytest.fixture(scope="session")
def taicang_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Return a store with the reference plan, drawn and built once for all tests of a run."""
    return _built_once(tmp_path_factory, "taicang_store",
                       lambda folder: build_release(draw_sources(find_zone("taicang"), folder), Store(folder)))
