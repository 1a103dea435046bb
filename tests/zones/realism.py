"""How like real towns the reference plan is: the same figures of the plan and of real extracts, as a table.

Run it with `python tests/zones/realism.py`; without real data it prints the plan's column alone.
"""

from __future__ import annotations

import os
import sys
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from layers.release import build_release
from server.cli.building import find_zone
from server.cli.planning import draw_sources
from twin.store import Store
from twin.zone import make_zone

if TYPE_CHECKING:
    from twin.store import Release

EXTRACTS = {"Tongji": "osm/shanghai_tongji_siping_2026.osm", "BUPT": "osm/beijing_bupt_2025.osm"}
STREETS = {"primary", "secondary", "tertiary", "residential", "living_street", "trunk"}
FLOORS = {"1-3": (0, 3.5), "4-6": (3.5, 6.5), "7-11": (6.5, 11.5), "12-18": (11.5, 18.5), "over 18": (18.5, 999)}
LEAST_M2 = 50.0  # smaller buildings are gatehouses and kiosks


def measure(release: Release) -> dict[str, float]:
    """Return a release's figures of urban form, by what they are called in the table."""
    building = gpd.read_parquet(release.table("building"))
    parcel = gpd.read_parquet(release.table("parcel"))
    road = gpd.read_parquet(release.table("road"))
    cover = gpd.read_parquet(release.table("land_cover"))
    area_m2 = float(gpd.read_parquet(release.table("zone"))["area_m2"].iloc[0])
    water_m2 = cover.loc[cover["kind"] == "water"].union_all().area
    green_m2 = cover.loc[cover["kind"] == "green"].union_all().area
    large = building[building["footprint_m2"] >= LEAST_M2]
    figures = {
        "area [km2]": area_m2 / 1e6,
        "site coverage, gross [%]": 100 * building["footprint_m2"].sum() / area_m2,
        "floor area ratio, gross": building["floor_area_m2"].sum() / area_m2,
        "buildings per km2": len(building) / area_m2 * 1e6,
        "median footprint [m2]": float(large["footprint_m2"].median()),
        "streets [km/km2]": road.loc[road["class"].isin(STREETS), "length_m"].sum() / area_m2 * 1e3,
        "water [%]": 100 * water_m2 / area_m2,
        "green land [%]": 100 * green_m2 / area_m2,
        "height, median [m]": float(large["height_m"].median()),
        "height, 90th percentile [m]": float(large["height_m"].quantile(0.9)),
        "height known by tag or storeys [% of buildings]":
            100 * float(building["height_source"].isin(["tag", "levels"]).mean()),
        "use known by tag [% of buildings]": 100 * float((building["use_source"] == "tag").mean()),
    }
    for name, (low, high) in FLOORS.items():
        inside = (large["levels"] > low) & (large["levels"] <= high)
        figures[f"floor area in buildings of {name} storeys [%]"] = (
            100 * large.loc[inside, "floor_area_m2"].sum() / large["floor_area_m2"].sum()
        )
    if (parcel["source"] == "cadastre").any():
        figures |= _measure_cadastre(building, parcel, area_m2)
    return figures


def _measure_cadastre(building: gpd.GeoDataFrame, parcel: gpd.GeoDataFrame, area_m2: float) -> dict[str, float]:
    """Return what only a zone with parcels of a cadastre has."""
    lots = parcel[parcel["source"] == "cadastre"]
    land = lots.groupby("land_use")["area_m2"].sum()
    on = building.merge(parcel[["parcel_id", "land_use"]], on="parcel_id")
    floor = on.groupby("land_use")["floor_area_m2"].sum()
    covered = on.groupby("land_use")["footprint_m2"].sum()
    homes = on[(on["use"] == "residential") & (on["status"] == "existing")]
    figures = {
        "parcels per km2": len(lots) / area_m2 * 1e6,
        "floor area of dwellings per resident [m2]": homes["floor_area_m2"].sum() / building["residents"].sum(),
    }
    for use in ("residential", "commercial", "public_service", "industrial", "logistics"):
        figures[f"floor area ratio, {use} land"] = floor[use] / land[use]
        figures[f"site coverage, {use} land [%]"] = 100 * covered[use] / land[use]
        figures[f"{use} land [% of the zone]"] = 100 * land[use] / area_m2
    figures["streets and other public land [% of the zone]"] = (
        100 * parcel.loc[parcel["public_kind"] == "street", "area_m2"].sum() / area_m2
    )
    return figures


def build_all(folder: Path, data: Path | None) -> dict[str, dict[str, float]]:
    """Return the figures of the plan, and of real extracts where they are at hand."""
    store = Store(folder)
    columns = {"plan": measure(build_release(draw_sources(find_zone("taicang"), folder), store))}
    for name, file in EXTRACTS.items() if data else ():
        settings = {"name": name.lower(), "regions": ["China", "World"], "sources": {"osm": {"file": data / file}}}
        columns[name] = measure(build_release(make_zone(settings, folder=Path(), where="realism"), store))
    return columns


def main() -> None:
    """Print the table in Markdown."""
    data = os.environ.get("ZONETWIN_TEST_DATA")
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        columns = build_all(Path(folder), Path(data) if data else None)
    names = list(columns)
    print("| figure | " + " | ".join(names) + " |")
    print("|---|" + "---|" * len(names))
    for figure in columns["plan"]:
        values = [columns[name].get(figure, np.nan) for name in names]
        print(f"| {figure} | " + " | ".join("" if np.isnan(value) else f"{value:.3g}" for value in values) + " |")


if __name__ == "__main__":
    sys.exit(main())
