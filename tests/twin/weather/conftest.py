"""A year of weather that needs no file, and the real files."""

from __future__ import annotations

import pytest

from tests.twin.weather.files import epw_lines, tmy_csv, tmy_json
from twin.checks import Checks
from twin.weather.typical import typical_year


@pytest.fixture
def checks():
    return Checks()


@pytest.fixture(scope="session")
def typical():
    """Return the typical year at Taicang."""
    return typical_year(31.45, 121.1)


@pytest.fixture(scope="session")
def good_lines(typical):
    """Return the lines of an EPW in which nothing is wrong."""
    return epw_lines(typical)


@pytest.fixture(scope="session")
def good_json(typical):
    """Return a typical year of PVGIS in which nothing is wrong."""
    return tmy_json(typical)


@pytest.fixture(scope="session")
def good_csv(typical):
    """Return the same as CSV."""
    return tmy_csv(typical)


@pytest.fixture(scope="session")
def tmyx_path(test_data):
    return test_data / "weather" / "CHN_SH_Shanghai-Baoshan.583620_TMYx.2011-2025.epw"


@pytest.fixture
def write(tmp_path):
    """Return a function that writes lines or text as a file."""

    def write(content, name="trial.epw"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else
                         (content if isinstance(content, str) else "\n".join(content) + "\n").encode())
        return path

    return write
