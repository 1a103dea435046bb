"""Parcel files: cadastral references, land use, planning limits."""

import pytest
import shapely

from twin.crs import parse_crs
from twin.inputs import VectorSource
from twin.sources.frame import PARCEL_COLUMNS
from twin.sources.parcels import read_parcels


def test_fasnia_has_186_parcels(test_data, checks):
    source = VectorSource(columns={"cadastral_ref": "nationalCadastralReference"})
    path = test_data / "parcels/es_catastro_fasnia/parcel.gpkg"
    frame = read_parcels(source, path, parse_crs(32628), checks)
    assert len(frame) == frame["feature_id"].nunique() == 186
    assert frame.area.sum() == pytest.approx(82_106, abs=1)
    assert frame["feature_id"].iloc[0] == "file:001000300CS52D"
    assert tuple(frame.columns) == PARCEL_COLUMNS


def test_bubenec_has_407_plots(test_data, checks):
    path = test_data / "parcels/prague_bubenec_momepy.gpkg"
    source = VectorSource(layer="plots", columns={"parcel_id": "ID"})
    assert len(read_parcels(source, path, parse_crs(5514), checks)) == 407
    assert not checks.faults


def test_land_use_goes_by_scheme_and_map(taicang, checks, write, squares):
    path = write("p.gpkg", squares(4), code=["0701", "1401", "99", "Z"], FAR=[2.5, -1, 0, 200])
    values = {"land_use": {"scheme": "LANDSEA2023", "Z": "vacant"}}
    source = VectorSource(columns={"land_use": "code", "far_max": "FAR"}, values=values)
    frame = read_parcels(source, path, taicang, checks)
    assert frame["land_use"].tolist() == ["residential", "green", None, "vacant"]
    assert frame["land_use_raw"].tolist() == ["0701", "1401", "99", "Z"]
    assert frame["far_max"].dropna().tolist() == [2.5]
    assert checks.repaired == {"parcels: impossible far_max": 3}
    assert checks.notes == ["parcels: land_use: no word for 99"]


def test_planning_limits_in_percent_become_shares(taicang, checks, write, squares):
    path = write("p.gpkg", squares(2), coverage_max=["35", "28"], green_min=[30, 35], height_max_m=[60, 24])
    frame = read_parcels(VectorSource(), path, taicang, checks)
    assert frame["coverage_max"].tolist() == [0.35, 0.28]
    assert frame["green_min"].tolist() == [0.30, 0.35]


def test_parcel_given_twice_stands_once(taicang, checks, write):
    square = shapely.box(0, 0, 10, 10)
    path = write("p.gpkg", [square, square], cadastral_ref=["1", "2"])
    assert read_parcels(VectorSource(), path, taicang, checks)["cadastral_ref"].tolist() == ["1"]
    assert checks.dropped == {"parcels: outline given twice": 1}
