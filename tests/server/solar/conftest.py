"""Surfaces for the command `solar`, and what it said of them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from server.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable

TAICANG = Affine(1, 0, 319_000, 0, -1, 3_481_000)  # in EPSG:32651


class Run(NamedTuple):
    """What a command left with, and what it said."""

    code: object
    out: str
    err: str


@pytest.fixture
def heights() -> np.ndarray:
    """Return level ground of 3 m with one house of 9 m."""
    heights = np.full((40, 60), 3, np.float32)
    heights[10:20, 20:40] = 9
    return heights


@pytest.fixture
def zonetwin(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Run]:
    """Return a function that runs a command line in this process, in the test's folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Run:
        monkeypatch.setattr(sys, "argv", ["zonetwin", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capfd.readouterr()
        return Run(left.value.code, out, err)

    return run


@pytest.fixture
def solar(zonetwin: Callable[..., Run], write: Callable[..., Path]) -> Callable[..., Run]:
    """Return a function that runs `solar` on dsm.tif, which is written where there is none."""

    def run(*arguments: object) -> Run:
        if not Path("dsm.tif").exists():
            write("dsm.tif")
        given = () if "--out" in arguments else ("--out", "sun.tif")
        return zonetwin("solar", "--dsm", "dsm.tif", *given, *arguments)

    return run


@pytest.fixture
def write(tmp_path: Path, heights: np.ndarray) -> Callable[..., Path]:
    """Return a function that writes a raster of one band."""

    def write(
        name: str, values: np.ndarray | None = None, *, crs: str | None = "EPSG:32651", transform: Affine = TAICANG,
        **more: Any,
    ) -> Path:
        values = heights if values is None else values
        with rasterio.open(tmp_path / name, "w", driver="GTiff", width=values.shape[1], height=values.shape[0], count=1,
                           dtype=values.dtype, crs=crs, transform=transform, **more) as target:
            target.write(values, 1)
        return tmp_path / name

    return write


@pytest.fixture
def refuse(tmp_path: Path) -> Callable[..., None]:
    """Return a function that checks that a command said what is wrong in one sentence, and left nothing behind."""

    def refuse(done: Run, *words: str) -> None:
        assert done.code == 2, done
        assert done.out == ""
        assert done.err.startswith("zonetwin: ")
        assert done.err.count("\n") == 1, done.err
        assert "mistake of the program" not in done.err
        for word in words:
            assert word in done.err
        assert not (tmp_path / "sun.tif").exists()
        assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []

    return refuse
