"""What changed between two releases of the toy zone, each change worked out by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from layers import release as building
from layers.discovery import discover_layers
from layers.ledger.changes import CAUSES, find_changes
from layers.release import build_release
from twin.store import Store
from twin.zone import load_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from twin.store import Release

GRID = 0.5827
HOME = 31.5 * GRID + 26.4 * 0.20196  # kgCO2e/m2 of a dwelling


@pytest.fixture
def build(tmp_path: Path, write_toy: Callable[..., Path]) -> Callable[..., Release]:
    """Return a function that builds the toy zone with a change to its houses."""

    def build(change: Callable[[dict[str, Any]], None] = lambda _: None) -> Release:
        folder = write_toy(tmp_path / "changed")
        path = folder / "buildings.geojson"
        content = json.loads(path.read_text())
        for feature in list(content["features"]):
            change(feature)
        content["features"] = [feature for feature in content["features"] if feature.get("geometry")]
        path.write_text(json.dumps(content))
        return build_release(load_zone(folder), Store(tmp_path / "store"))

    return build


def sums(before: Release, after: Release) -> dict[str, float]:
    """Return what each cause adds in construction, after checking that all domains together leave nothing over."""
    changes = find_changes(before, after)
    assert changes.rows[list(CAUSES)].to_numpy().sum() == pytest.approx(changes.after - changes.before, abs=1e-6)
    domains = changes.by("domain").set_index("domain")
    return {cause: float(domains[cause].get("construction", 0.0)) for cause in CAUSES}


def house(name: str) -> Callable[[dict[str, Any]], bool]:
    return lambda feature: name in json.dumps(feature["properties"])


def test_equal_releases_have_no_changes(toy_release: Release) -> None:
    changes = find_changes(toy_release, toy_release)
    assert len(changes.rows) == 0
    assert changes.before == changes.after > 0


def test_a_house_that_is_gone_is_geometry(build: Callable[..., Release], toy_release: Release) -> None:
    def pull_down(feature: dict[str, Any]) -> None:
        if house("h4")(feature):
            feature["geometry"] = None

    found = sums(toy_release, build(change=pull_down))
    assert found["geometry"] == pytest.approx(-300 * HOME)
    assert found["factor"] == found["formula"] == 0


def test_another_use_is_data(build: Callable[..., Release], toy_release: Release) -> None:
    """h2's 800 m2 of shops at 147.7 kWh/m2 become offices at 85.3."""
    def become_office(feature: dict[str, Any]) -> None:
        for name, value in feature["properties"].items():
            if value == "retail" and house("h2")(feature):
                feature["properties"][name] = "office"

    found = sums(toy_release, build(change=become_office))
    assert found["data"] == pytest.approx(800 * (85.3 - 147.7) * GRID)
    assert found["geometry"] == found["factor"] == found["formula"] == 0


def test_a_wider_house_is_geometry(build: Callable[..., Release], toy_release: Release) -> None:
    """h5 of 10 m by 10 m becomes 12 m long, its five storeys stay: a fifth more of 500 m2."""
    def widen(feature: dict[str, Any]) -> None:
        if house("h5")(feature):
            ring = feature["geometry"]["coordinates"][0]
            east = max(x for x, _ in ring)
            feature["geometry"]["coordinates"] = [[[x + 2 * (x == east), y] for x, y in ring]]

    found = sums(toy_release, build(change=widen))
    assert found["geometry"] == pytest.approx(100 * HOME, rel=1e-3)
    assert found["data"] == pytest.approx(0, abs=1e-3 * found["geometry"])


def test_another_value_of_a_factor_is_factor(
    build: Callable[..., Release], toy_release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The grid of Jiangsu with 0.5 instead of 0.5827 kg/kWh."""
    read = building.read_factors

    def cleaner(files: Iterable[Path]) -> pd.DataFrame:
        factors = read(files)
        factors.loc[factors["factor_id"] == "GRID_LOCATION_JS_2023", "value"] = 0.5
        return factors

    monkeypatch.setattr(building, "read_factors", cleaner)
    found = sums(toy_release, build())
    ledger = pd.read_parquet(toy_release.table("ledger"))
    of_buildings = (ledger["domain"] == "construction") & (ledger["basis"] == "location")
    kwh = ledger.loc[of_buildings & ledger["emissions_kgco2e_per_a"].notna(), "activity"].sum()
    assert found["factor"] == pytest.approx(kwh * (0.5 - GRID))
    assert found["geometry"] == found["data"] == found["formula"] == 0


def test_another_formula_is_formula(
    build: Callable[..., Release], toy_release: Release, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A room that claims everything twice over: its emissions double, by the formula."""
    layers = discover_layers()
    folder = tmp_path / "construction"
    folder.mkdir()
    for path in layers["construction"].folder.iterdir():
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            if path.name == "ledger_construction.sql":
                assert "::double as base," in text
                text = text.replace("::double as base,", "::double * 2 as base,")
            (folder / path.name).write_text(text, encoding="utf-8")
    other = layers | {"construction": replace(layers["construction"], folder=folder)}
    monkeypatch.setattr(building, "discover_layers", lambda: other)
    found = sums(toy_release, build())
    emitted = pd.read_parquet(toy_release.table("parcel_ledger"))["construction_kgco2e_per_a"].sum()
    assert found["formula"] == pytest.approx(emitted)
    assert found["geometry"] == found["data"] == found["factor"] == 0


def test_a_parcel_with_another_name_and_the_same_outline_has_not_changed(
    toy_release: Release, tmp_path: Path, write_toy: Callable[..., Path]
) -> None:
    folder = write_toy(tmp_path / "renamed")
    path = next(folder.glob("parcels.*"))
    content = path.read_text()
    assert "A1" in content
    path.write_text(content.replace('"A1"', '"Z9"'))
    renamed = build_release(load_zone(folder), Store(tmp_path / "store"))
    assert "file:Z9" in set(pd.read_parquet(renamed.table("parcel"))["parcel_id"])
    assert sum(abs(value) for value in sums(toy_release, renamed).values()) == 0
    assert len(find_changes(toy_release, renamed).rows) == 0
