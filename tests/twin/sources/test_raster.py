"""Heights from rasters: Delft against an independent model, and blocks that can be checked by hand."""

import json

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely

from twin.checks import Checks
from twin.crs import parse_crs
from twin.sources.raster import building_heights, ground_heights

WEST, NORTH = 545_000.0, 3_480_100.0


@pytest.fixture
def raster(tmp_path):
    """Return a function that writes a raster of 100 m by 100 m, given by height over (x, y) from its south-west."""

    def write(name, height, *, cell=1.0, crs="EPSG:4549", west=WEST, north=NORTH, nodata=-9999.0):
        size = int(100 / cell)
        x, y = np.meshgrid((np.arange(size) + 0.5) * cell, 100 - (np.arange(size) + 0.5) * cell)
        values = np.broadcast_to(np.asarray(height(x, y), dtype="float32"), (size, size))
        grid = rasterio.Affine(cell, 0, west, 0, -cell, north)
        profile = {"driver": "GTiff", "width": size, "height": size, "count": 1, "dtype": "float32"}
        with rasterio.open(tmp_path / name, "w", crs=crs, transform=grid, nodata=nodata, **profile) as file:
            file.write(values, 1)
        return tmp_path / name

    return write


def boxes(*corners):
    shapes = [shapely.box(WEST + w, NORTH - 100 + s, WEST + e, NORTH - 100 + n) for w, s, e, n in corners]
    return gpd.GeoSeries(shapes, crs=4549)


def house(x, y):
    """Ground that rises 1 m in 10 m to the east, a flat roof at 30 m over 20..40, 20..40."""
    return np.where((x > 20) & (x < 40) & (y > 20) & (y < 40), 30, x / 10)


def test_delft_agrees_with_an_independent_model(test_data, checks):
    """Heights of 3dfier's LoD1 model (its default is the 90th percentile too, but of the points of the roof)."""
    folder = test_data / "citymodel_dsm/delft_ahn3"
    model = json.loads((folder / "reference_3dfier_lod1.city.json").read_text())
    vertices = np.array(model["vertices"], dtype=float)
    reference = {}
    for item in model["CityObjects"].values():
        if item["type"] == "Building":
            shells = item["geometry"][0]["boundaries"]
            heights = vertices[[i for shell in shells for face in shell for ring in face for i in ring], 2]
            reference[item["attributes"]["lokaalid"]] = np.ptp(heights)
    drawn = gpd.read_file(folder / "delft.gpkg", layer="buildings", columns=["lokaalid"]).set_index("lokaalid")
    frame = building_heights(drawn.geometry, folder / "dsm_0p5m.tif", folder / "dtm_0p5m.tif", parse_crs(28992), checks)
    error = (frame["height_dsm_m"] - drawn.index.map(reference)).abs()
    assert error.notna().sum() == 160
    assert error.mean() < 0.8  # measured: 0.59
    assert error.median() < 0.25  # measured: 0.18
    alone = building_heights(drawn.geometry, folder / "dsm_0p5m.tif", None, parse_crs(28992), checks)
    assert (alone["height_dsm_m"] - drawn.index.map(reference)).abs().mean() < 0.8  # measured: 0.64
    assert (alone["ground_m"] - frame["ground_m"]).abs().median() < 0.2


def test_height_is_the_90th_percentile_above_the_ground(raster, taicang, checks):
    dsm = raster("dsm.tif", lambda x, y: np.where((x > 20) & (x < 22), 50, house(x, y)))
    dtm = raster("dtm.tif", lambda x, _: x / 10)
    frame = building_heights(boxes((20, 20, 40, 40)), dsm, dtm, taicang, checks)
    inside = np.array([50 - x / 10 if x < 22 else 30 - x / 10 for x in np.arange(20.5, 40)]).repeat(20)
    assert frame.loc[0, "height_dsm_m"] == pytest.approx(np.percentile(inside, 90), abs=1e-4)
    assert frame.loc[0, "pixels"] == 400
    assert frame.loc[0, "ground_m"] == pytest.approx(3.0, abs=0.06)
    assert not checks.notes


def test_without_a_dtm_the_ground_is_beside_the_house_and_that_is_said(raster, taicang, checks):
    frame = building_heights(boxes((20, 20, 40, 40)), raster("dsm.tif", house), None, taicang, checks)
    assert frame.loc[0, "ground_m"] == pytest.approx(1.7, abs=0.3)  # the low, western side
    assert "without a dtm" in checks.notes[0]


def test_neighbour_is_not_taken_for_ground(raster, taicang, checks):
    """A house ringed by houses on three sides still finds the ground on the fourth."""
    ring = boxes((20, 20, 40, 40), (10, 10, 20, 50), (40, 10, 50, 50), (20, 40, 40, 50))
    dsm = raster(
        "dsm.tif",
        lambda x, y: np.where((x > 10) & (x < 50) & (y > 10) & (y < 50) & ~((x > 20) & (x < 40) & (y < 20)), 12, 2),
    )
    frame = building_heights(ring, dsm, None, taicang, checks)
    assert frame["height_dsm_m"].tolist() == pytest.approx([10] * 4)


def test_nodata_and_nan_are_ignored(raster, taicang, checks):
    def holes(x, y):
        return np.where(y > 38, -9999, np.where(y < 22, np.nan, house(x, y)))

    frame = building_heights(
        boxes((20, 20, 40, 40)), raster("dsm.tif", holes), raster("dtm.tif", lambda *_: 0.0), taicang, checks
    )
    assert frame.loc[0].tolist() == [30, 0, 320]


def test_overlapping_outlines_each_see_all_their_cells(raster, taicang, checks):
    """A part must not take the cells of the outline that it lies in."""
    shapes = boxes((20, 20, 40, 40), (20, 20, 40, 40), (25, 25, 30, 30))
    frame = building_heights(shapes, raster("dsm.tif", house), raster("dtm.tif", lambda *_: 0.0), taicang, checks)
    assert frame["pixels"].tolist() == [400, 400, 25]
    assert frame["height_dsm_m"].tolist() == [30, 30, 30]


def test_thin_building_is_seen_by_the_cells_it_touches(raster, taicang, checks):
    dsm = raster("dsm.tif", house, cell=2.0)
    frame = building_heights(
        boxes((24.2, 24, 24.6, 30)), dsm, raster("dtm.tif", lambda *_: 0.0, cell=2.0), taicang, checks
    )
    assert frame.loc[0, "pixels"] >= 3
    assert frame.loc[0, "height_dsm_m"] == 30


def test_dtm_on_another_grid_is_resampled_and_that_is_said(raster, taicang, checks):
    dtm = raster("dtm.tif", lambda x, _: x / 10, cell=5.0)
    frame = building_heights(boxes((20, 20, 40, 40)), raster("dsm.tif", house), dtm, taicang, checks)
    assert frame.loc[0, "ground_m"] == pytest.approx(3.0, abs=0.1)
    assert checks.notes == ["terrain: the dtm is resampled onto the grid of the dsm (bilinear)"]


def test_raster_in_another_system_gives_the_same_heights(raster, taicang, checks):
    """The outlines follow the raster (UTM 51), the raster is not resampled."""
    shapes = boxes((20, 20, 40, 40))
    moved = shapes.to_crs(32651)
    west, _, _, north = moved.total_bounds
    dsm = raster("utm.tif", lambda *_: 25.0, crs="EPSG:32651", west=west - 30, north=north + 30)
    dtm = raster("utm_ground.tif", lambda *_: 5.0, crs="EPSG:32651", west=west - 30, north=north + 30)
    frame = building_heights(shapes, dsm, dtm, taicang, checks)
    assert frame.loc[0, ["height_dsm_m", "ground_m"]].tolist() == [20, 5]
    assert frame.loc[0, "pixels"] == pytest.approx(400, rel=0.05)


def test_building_across_blocks_is_measured_whole(raster, taicang, checks, monkeypatch):
    paths = raster("dsm.tif", house), raster("dtm.tif", lambda x, _: x / 10)
    whole = building_heights(boxes((20, 20, 40, 40), (38, 60, 70, 90)), *paths, taicang, checks)
    monkeypatch.setattr("twin.sources.raster.BLOCK", 7)
    assert building_heights(boxes((20, 20, 40, 40), (38, 60, 70, 90)), *paths, taicang, checks).equals(whole)


def test_flat_ground_is_no_building(raster, taicang, checks):
    frame = building_heights(
        boxes((60, 60, 70, 70)), raster("a.tif", lambda *_: 3.0), raster("b.tif", lambda *_: 3.5), taicang, checks
    )
    assert np.isnan(frame.loc[0, "height_dsm_m"])
    assert checks.repaired == {"buildings: impossible height on the dsm": 1}


def test_building_beyond_the_raster_is_missing_and_counted(raster, taicang, checks):
    shapes = boxes((20, 20, 40, 40), (500, 500, 520, 520)).set_axis(["a", "b"])
    frame = building_heights(shapes, raster("dsm.tif", house), raster("dtm.tif", lambda *_: 0.0), taicang, checks)
    assert frame["pixels"].to_dict() == {"a": 400, "b": 0}
    assert checks.notes == ["terrain: 1 of 2 buildings have no height on the rasters"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"west": WEST + 5000}, "covers none of the zone's buildings"),
        ({"crs": "EPSG:4326", "west": 121.0, "north": 31.5}, "which is not in metres"),
    ],
)
def test_unfit_raster_is_a_fault(settings, message, raster, taicang, checks):
    dsm = raster("dsm.tif", lambda *_: 9.0, **settings)
    frame = building_heights(boxes((20, 20, 40, 40)), dsm, None, taicang, checks)
    assert frame["height_dsm_m"].isna().all()
    assert message in str(checks.faults[0])


def test_faults_of_both_rasters_are_said_at_once(tmp_path, taicang, checks):
    (tmp_path / "dsm.tif").write_text("no raster")
    building_heights(boxes((20, 20, 40, 40)), tmp_path / "dsm.tif", tmp_path / "gone.tif", taicang, checks)
    assert [fault.reason for fault in checks.faults] == ["is no raster that can be read", "does not exist"]


def test_raster_without_a_crs_is_taken_to_be_in_the_zones(raster, taicang, checks):
    dsm, dtm = raster("dsm.tif", house, crs=None), raster("dtm.tif", lambda *_: 0.0)
    assert building_heights(boxes((20, 20, 40, 40)), dsm, dtm, taicang, checks).loc[0, "height_dsm_m"] == 30
    assert "dsm.tif names no CRS and is taken to be in the zone's" in checks.notes


def test_a_dtm_alone_gives_the_ground_below_each_building(raster, taicang, checks):
    slope = raster("slope.tif", lambda x, _: 3 + x / 10)  # 10 cm a metre towards the east
    ground_m = ground_heights(boxes((10, 10, 20, 20), (50, 50, 60, 58), (80, 10, 83, 13)), slope, taicang, checks)
    assert ground_m.tolist() == pytest.approx([4.5, 8.5, 11.15], abs=0.06)


def test_ground_beyond_the_dtm_is_missing(raster, taicang, checks):
    flat = raster("flat.tif", lambda x, _: 3 + 0 * x)
    ground_m = ground_heights(boxes((10, 10, 20, 20), (200, 10, 210, 20)), flat, taicang, checks)
    assert ground_m.iloc[0] == 3
    assert np.isnan(ground_m.iloc[1])


def test_virtual_raster_under_another_name_is_refused(tmp_path, taicang, checks):
    (tmp_path / "dsm.tif").write_text('<VRTDataset rasterXSize="1" rasterYSize="1"></VRTDataset>')
    building_heights(boxes((20, 20, 40, 40)), tmp_path / "dsm.tif", None, taicang, checks)
    assert "leads to other files" in str(checks.faults[0])


def test_no_buildings_have_no_heights(taicang):
    assert building_heights(gpd.GeoSeries([], crs=4549), "x.tif", None, taicang, Checks()).empty
