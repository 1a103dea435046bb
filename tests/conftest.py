"""What all tests share: the folder of real data."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

VARIABLE = "ZONETWIN_TEST_DATA"


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
