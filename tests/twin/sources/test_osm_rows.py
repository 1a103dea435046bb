"""What the tags of single objects become: energy assets and land, as mappers and plans write them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from twin.sources.osm import _building_row, _energy_row, _land_row, read_osm

if TYPE_CHECKING:
    from pathlib import Path

    from pyproj import CRS

    from twin.checks import Checks


@pytest.mark.parametrize(
    ("tags", "kind", "capacity_kw"),
    [
        ({"power": "substation", "rating": "2x63 MVA"}, "substation", 126_000),
        ({"power": "transformer", "rating": "800 kVA", "voltage": "10000;400"}, "transformer", 800),
        ({"power": "transformer", "rating": "yes"}, "transformer", None),
        ({"power": "generator", "generator:output:electricity": "500 kVA"}, "generator", None),
        ({"power": "generator", "generator:output:electricity": "12x5 kW"}, "generator", 60),
        ({"amenity": "charging_station", "charging_station:output": "22 kW"}, "charging_station", 22),
    ],
)
def test_only_transformers_and_substations_are_rated_in_apparent_power(
    tags: dict[str, str], kind: str, capacity_kw: float | None
) -> None:
    row = _energy_row("osm:node/1", tags, point=True)
    assert row is not None
    assert (row["kind"], row["capacity_kw"]) == (kind, capacity_kw)


def test_an_asset_begins_with_its_start_date() -> None:
    row = _energy_row("osm:node/1", {"power": "plant", "start_date": "2027-03"}, point=False)
    assert row is not None
    assert row["year_built"] == 2027


@pytest.mark.parametrize(("plant", "cover"), [("wastewater_plant", "paved"), ("water_works", None)])
def test_a_water_plant_is_a_utility_whatever_land_it_lies_on(plant: str, cover: str | None) -> None:
    for more in ({}, {"landuse": "industrial"}):
        row = _land_row("osm:way/1", {"man_made": plant} | more)
        assert row is not None
        assert (row["kind"], row["use_hint"]) == (cover, "utility")
    assert _building_row("osm:way/2", {"building": "yes", "man_made": plant})["use"] == "utility"
    assert _land_row("osm:way/3", {"man_made": "tower"}) is None


def test_a_roof_direction_that_is_none_is_counted(tmp_path: Path, taicang: CRS, checks: Checks) -> None:
    """Three houses in a row: their roofs face a number, a point of the compass, and nowhere."""
    nodes, ways = [], []
    for house, direction in enumerate(("200", "SSW", "towards the street")):
        corners = [(house * 1e-3, 0), (house * 1e-3 + 2e-4, 0), (house * 1e-3 + 2e-4, 1e-4), (house * 1e-3, 1e-4)]
        ids = [10 * house + number for number in range(1, 5)]
        nodes += [f'<node id="{node}" lat="{31.45 + y:.4f}" lon="{121.1 + x:.4f}"/>'
                  for node, (x, y) in zip(ids, corners, strict=True)]
        refs = "".join(f'<nd ref="{node}"/>' for node in [*ids, ids[0]])
        tags = {"building": "house", "roof:shape": "gabled", "roof:direction": direction}
        ways.append(f'<way id="{100 + house}">{refs}'
                    + "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items()) + "</way>")
    path = tmp_path / "houses.osm"
    path.write_text("<osm version='0.6'>" + "".join(nodes + ways) + "</osm>")
    found = read_osm(path, taicang, checks)
    assert found.buildings["roof_direction_deg"].tolist() == pytest.approx([200, 202.5, math.nan], nan_ok=True)
    assert checks.repaired["buildings: roof direction that is none, found from the outline"] == 1
