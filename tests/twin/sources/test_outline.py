"""Drawings: closed lines, open lines that meet, labels."""

import warnings

import geopandas as gpd
import pyogrio
import pytest
import shapely

from twin.inputs import VectorSource
from twin.sources.parcels import read_parcels
from twin.sources.vector import read_vector


@pytest.fixture
def drawing(tmp_path):
    east, north = 545_000, 3_480_000

    def line(*points):
        return shapely.LineString([(east + x, north + y) for x, y in points])

    rows = [
        ("R2", line((0, 0), (10, 0), (10, 10), (0, 10), (0, 0))),
        ("G1", line((20, 0), (30, 0), (30, 10))),
        ("G1", line((30, 10), (20, 10), (20, 0))),
        ("G1", line((90, 0), (95, 0))),
        ("TEXT", shapely.Point(east + 5, north + 5)),
    ]
    frame = gpd.GeoDataFrame({"Layer": [name for name, _ in rows]}, geometry=[shape for _, shape in rows])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.write_dataframe(frame, tmp_path / "plan.dxf", driver="DXF")
    return tmp_path / "plan.dxf"


def test_drawing_needs_a_crs(drawing, taicang, checks):
    read_vector(VectorSource(), drawing, taicang, checks, role="parcels")
    assert "plan.dxf: has no CRS; set sources.parcels.crs" in str(checks.faults[0])


def test_closed_and_joined_lines_are_areas_and_labels_are_not(drawing, taicang, checks):
    frame = read_vector(VectorSource(crs=4549), drawing, taicang, checks, role="parcels")
    assert sorted(zip(frame["Layer"], frame.area.round(3), strict=True)) == [("G1", 100), ("R2", 100)]
    assert checks.dropped["parcels: label or point of a drawing"] == 1
    assert checks.dropped["parcels: open line of a drawing"] == 1


def test_drawing_layer_gives_the_land_use(drawing, taicang, checks):
    source = VectorSource(crs=4549, columns={"land_use": "Layer"}, values={"land_use": {"scheme": "GB 50137-2011"}})
    frame = read_parcels(source, drawing, taicang, checks)
    assert sorted(frame["land_use"]) == ["green", "residential"]


def test_one_drawing_layer_can_be_chosen(drawing, taicang, checks):
    frame = read_vector(VectorSource(crs=4549, layer="R2"), drawing, taicang, checks, role="parcels")
    assert frame["Layer"].tolist() == ["R2"]
