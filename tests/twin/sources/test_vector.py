"""Vector files as they come: many layers, no system, swapped axes, broken outlines."""

import json

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from twin.checks import Checks
from twin.crs import parse_crs
from twin.errors import SourceError
from twin.inputs import VectorSource
from twin.sources.vector import read_vector


def read(path, zone_crs, checks, **settings):
    return read_vector(VectorSource(**settings), path, zone_crs, checks, role="parcels")


def fault(checks: Checks) -> str:
    assert len(checks.faults) == 1, checks.faults
    return str(checks.faults[0])


def test_stale_count_in_a_geopackage_is_noticed_and_not_believed(test_data, checks):
    """The layer's table of counts says 264; the layer holds 186 (gpkg_ogr_contents was never brought up to date)."""
    path = test_data / "parcels/es_catastro_fasnia/parcel.gpkg"
    parcels = read(path, parse_crs(32628), checks)
    assert len(parcels) == checks.read["parcels features"] == 186
    assert parcels.area.sum() == pytest.approx(82_106, abs=1)
    assert checks.notes == ["parcel.gpkg announces 264 features and holds 186"]


def test_web_mercator_areas_become_true_ones(test_data, checks):
    """Bubenec is stored in EPSG:3857, which makes areas 2.43 times too large at 50 degrees north."""
    path = test_data / "parcels/prague_bubenec_momepy.gpkg"
    plots = read(path, parse_crs(5514), checks, layer="plots")
    buildings = read(path, parse_crs(5514), checks, layer="buildings")
    stored = pyogrio.read_dataframe(path, layer="plots").area.sum()
    assert (len(plots), len(buildings)) == (407, 144)
    assert stored / plots.area.sum() == pytest.approx(2.43, abs=0.02)
    # An equal-area system centred on the place is the independent reference.
    local = "+proj=laea +lat_0=50.1 +lon_0=14.4 +ellps=GRS80 +units=m"
    assert plots.area.sum() == pytest.approx(plots.to_crs(local).area.sum(), rel=1e-3)


def test_several_layers_and_none_named_is_a_fault_that_lists_them(test_data, checks):
    frame = read(test_data / "parcels/prague_bubenec_momepy.gpkg", parse_crs(5514), checks)
    assert frame.empty
    assert "tessellation, buildings, streets, plots; set sources.parcels.layer" in fault(checks)


def test_only_layer_with_polygons_is_taken(taicang, checks, write, squares):
    path = write("two.gpkg", squares(2))
    lines = gpd.GeoDataFrame(geometry=[shapely.LineString([(545_000, 3_480_000), (545_010, 3_480_000)])], crs=4549)
    pyogrio.write_dataframe(lines, path, layer="streets")
    assert len(read(path, taicang, checks)) == 2
    read(path, taicang, checks, layer="houses")
    assert "has no layer 'houses'; its layers are two, streets" in fault(checks)


def test_missing_crs_is_a_fault_and_can_be_given(taicang, checks, write):
    path = write("bare.gpkg", [shapely.box(545_000, 3_480_000, 545_010, 3_480_010)], crs=None)
    read(path, taicang, checks)
    assert "bare.gpkg: has no CRS; set sources.parcels.crs" in fault(checks)
    assert read(path, taicang, Checks(), crs="EPSG:4549").area.sum() == pytest.approx(100)
    other = Checks()
    read(path, taicang, other, crs="nonsense")
    assert "sources.parcels.crs 'nonsense' is not understood" in fault(other)


def test_local_grid_is_carried_over_by_its_affine(taicang, checks, write):
    path = write("local.gpkg", [shapely.box(0, 0, 10, 20)], crs=None)
    affine = [0, -1, 545_000, 1, 0, 3_480_000]  # a quarter turn to the left, then the shift
    frame = read(path, taicang, checks, crs=4549, affine=affine)
    assert frame.total_bounds == pytest.approx([544_980, 3_480_000, 545_000, 3_480_010])


@pytest.mark.parametrize("name", ["swapped.gpkg", "swapped.geojson"])
def test_swapped_axes_are_a_fault(name, taicang, checks, write):
    crs = 4326 if name.endswith("json") else 4548  # 4548 is only not to be moved by the fixture
    box = shapely.box(31.45, 121.1, 31.46, 121.11) if crs == 4326 else shapely.box(3_480_000, 45e4, 3_480_010, 450_010)
    read(write(name, [box], crs=crs), taicang, checks)
    assert "the axes seem swapped" in fault(checks)


def test_swapped_degrees_that_are_a_place_elsewhere_are_a_fault(checks, write):
    """52 N 4 E written as latitude, longitude is a place in the Indian Ocean, far from the zone's system."""
    read(write("delft.geojson", [shapely.box(52.0, 4.36, 52.01, 4.37)], crs=4326), parse_crs(28992), checks)
    assert "the axes seem swapped" in fault(checks)


def test_coordinates_far_from_their_system_are_a_fault(taicang, checks, write):
    read(write("metres.geojson", [shapely.box(545_000, 3_480_000, 545_010, 3_480_010)], crs=4326), taicang, checks)
    assert "set sources.parcels.crs to the system they are in" in fault(checks)


def test_broken_features_are_repaired_or_dropped_and_counted(taicang, checks, write):
    square = shapely.box(0, 0, 10, 10)
    shapes = [
        square,
        square,
        shapely.Polygon([(20, 0), (30, 10), (30, 0), (20, 10)]),  # a bow tie of two triangles of 25 m2
        shapely.Polygon(),
        None,
        shapely.transform(square, lambda points: np.where(points.min(axis=1, keepdims=True) > 9, np.nan, points)),
        shapely.transform(square, lambda points: np.where(points.min(axis=1, keepdims=True) > 9, np.inf, points)),
        shapely.Polygon([(80, 0), (90, 0), (85, 0)]),
        shapely.Point(100, 0),
        shapely.Polygon([(110, 0, 5), (120, 0, 5), (120, 10, 5), (110, 10, 5)]),
    ]
    frame = read(write("mixed.gpkg", shapes), taicang, checks)
    assert frame.area.tolist() == pytest.approx([100, 50, 100])
    assert frame.is_valid.all()
    assert not frame.has_z.any()
    assert checks.read == {"parcels features": 10}
    assert checks.repaired == {"parcels: invalid polygon": 2}
    assert sum(checks.dropped.values()) == 7
    assert checks.dropped["parcels: exact duplicate"] == 1
    assert checks.dropped["parcels: no polygon"] == 1
    assert not checks.faults


def test_same_outline_with_other_columns_is_no_duplicate(taicang, checks, write):
    square = shapely.box(0, 0, 10, 10)
    assert len(read(write("twice.gpkg", [square, square], floor=[1, 2]), taicang, checks)) == 2


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("text.gpkg", b"this is a letter, not a map", "is no vector file that GDAL knows"),
        ("empty.gpkg", b"", "is empty"),
        ("none.geojson", b'{"type":"FeatureCollection","features":[]}', "holds no features"),
        ("cut.geojson", b'{"type":"FeatureCollection","features":[{"type"', "cannot be read"),
        ("lead.gpkg", b'<OGRVRTDataSource><OGRVRTLayer name="x"/></OGRVRTDataSource>', "leads to other files"),
        ("entity.gml", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>', "leads to other files"),
        ("table.csv", b"a,b\n1,2\n", "holds a table without geometry"),
    ],
)
def test_what_is_no_map_is_one_sentence(name, content, message, tmp_path, taicang, checks):
    (tmp_path / name).write_bytes(content)
    assert read(tmp_path / name, taicang, checks).empty
    assert message in fault(checks)
    with pytest.raises(SourceError, match=name):
        checks.raise_faults()


def test_missing_file_is_a_fault(tmp_path, taicang, checks):
    read(tmp_path / "gone.gpkg", taicang, checks)
    assert fault(checks) == "gone.gpkg: does not exist; correct the path"


@pytest.mark.parametrize(
    "name", ["a!b.gpkg", "zip:x?y=1.gpkg", "PG:dbname=x.gpkg", "new\nline.gpkg", "名 字.gpkg", "-rf"]
)
def test_hostile_names_do_not_matter(name, tmp_path, taicang, checks, write, squares):
    path = write("plain.gpkg", squares(3)).rename(tmp_path / name)
    assert len(read(path, taicang, checks)) == 3
    assert not checks.faults


def test_hostile_name_in_a_message_stays_on_one_line(tmp_path, taicang, checks):
    (tmp_path / "evil\n\x1b[31m.gpkg").write_text("x")
    read(tmp_path / "evil\n\x1b[31m.gpkg", taicang, checks)
    assert fault(checks).isprintable()


def test_layer_named_like_the_file_is_found_under_a_hostile_name(tmp_path, taicang, checks, squares):
    (tmp_path / "odd!").mkdir()
    frame = gpd.GeoDataFrame(geometry=squares(2), crs=4549).translate(545_000, 3_480_000).to_frame("geometry")
    text = json.loads(frame.to_crs(4326).to_json())
    (tmp_path / "odd!" / "plots.geojson").write_text(json.dumps(text))
    assert len(read(tmp_path / "odd!" / "plots.geojson", taicang, checks, layer="plots")) == 2


def test_lines_that_close_are_areas_and_lines_that_do_not_are_none(taicang, checks, write):
    ring = shapely.LineString([(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)])
    frame = read(write("lines.gpkg", [ring, shapely.LineString([(20, 0), (30, 0)])]), taicang, checks)
    assert frame.area.tolist() == pytest.approx([100])
    assert checks.repaired == {"parcels: closed line taken as a polygon": 1}


def test_reading_twice_gives_the_same(test_data):
    path = test_data / "parcels/es_catastro_fasnia/cons.gpkg"
    first, second = (read(path, parse_crs(32628), Checks()) for _ in range(2))
    assert first.equals(second)


def test_gml_is_read_and_its_folder_left_as_it_was(tmp_path, taicang, checks, write, squares):
    path = write("plots.gml", squares(2), ref=["a", "b"])
    for beside in tmp_path.iterdir():
        if beside != path:
            beside.unlink()
    frame = read(path, taicang, checks)
    assert frame["ref"].tolist() == ["a", "b"]
    assert [file.name for file in tmp_path.iterdir()] == ["plots.gml"]


def test_surface_that_is_no_polygon_costs_only_itself(tmp_path, taicang, checks):
    """GEOS does not know a feature with a ring of two points; the others are read."""
    west, north = 545_000, 3_480_000
    rings = [
        [[west, north], [west + 10, north], [west + 10, north + 10], [west, north]],
        [[west, north], [west, north]],
    ]
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}} for ring in rings
    ]
    (tmp_path / "x.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    frame = read(tmp_path / "x.geojson", taicang, checks, crs=4549)
    assert frame.area.tolist() == pytest.approx([50])
    assert checks.dropped
    assert not checks.faults
