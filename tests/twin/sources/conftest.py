"""What the tests of the readers share: the zone's systems, small files, the faults of a reading."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import geopandas as gpd
import pyogrio
import pytest
import shapely

from twin.checks import Checks
from twin.crs import parse_crs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TAICANG = (545_000.0, 3_480_000.0)  # in EPSG:4549


@pytest.fixture
def taicang():
    """Return the metric system of the zone's tests."""
    return parse_crs(4549)


@pytest.fixture
def checks():
    return Checks()


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes outlines (metres from a point in Taicang) and columns to a file."""

    def write(name: str, geometry: list[shapely.Geometry], crs: object = 4549, **columns: list[object]) -> Path:
        moved = shapely.transform(geometry, lambda points: points + TAICANG) if crs == 4549 else geometry
        frame = gpd.GeoDataFrame(columns, geometry=list(moved), crs=crs)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pyogrio.write_dataframe(frame, tmp_path / name)
        return tmp_path / name

    return write


@pytest.fixture
def squares():
    """Return a row of squares of 10 m by 10 m, 20 m apart."""
    return lambda number: [shapely.box(20 * i, 0, 20 * i + 10, 10) for i in range(number)]
