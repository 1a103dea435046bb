"""The wheel: what travels inside it, and under which names."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Return the paths inside a wheel built from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        return set(wheel.namelist())


def test_web_and_data_travel_under_the_packages(names: set[str]) -> None:
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"twin", "layers", "server"}
    assert {"server/web/index.html", "server/web/js/main.js", "twin/data/zones/helsinki/zone.toml"} <= names


def test_everything_that_the_packages_read_at_run_time_is_in_the_wheel(names: set[str]) -> None:
    for folder, inside in (("twin", "twin"), ("layers", "layers"), ("web", "server/web"), ("data", "twin/data")):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in {".sql", ".csv", ".toml", ".osm", ".geojson", ".js", ".css", ".html", ".svg"}:
                assert f"{inside}/{path.relative_to(ROOT / folder).as_posix()}" in names


def test_the_lock_names_versions_and_hashes_and_no_index() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "http://" not in lock
    assert "https://" not in lock
    for line in lock.splitlines():
        if not line.startswith((" ", "#")) and line:
            assert re.match(r"[a-z0-9._-]+==[^ ]+ .*\\$", line), line
