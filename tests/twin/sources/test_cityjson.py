"""CityJSON: the 160 reference buildings of Delft, and hand-written ones of each version."""

import json

import geopandas as gpd
import pytest
import shapely

from twin.crs import parse_crs
from twin.inputs import VectorSource
from twin.sources.buildings import read_buildings

CUBE = [[0, 0, 0], [20, 0, 0], [20, 10, 0], [0, 10, 0], [0, 0, 9], [20, 0, 9], [20, 10, 9], [0, 10, 9]]
SHELL = [[[3, 2, 1, 0]], [[4, 5, 6, 7]], [[0, 1, 5, 4]], [[1, 2, 6, 5]], [[2, 3, 7, 6]], [[3, 0, 4, 7]]]
ORIGIN = (545_000, 3_480_000, 2)


def city(version, objects, *, compressed):
    text = {
        "type": "CityJSON",
        "version": version,
        "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/4549"},
        "CityObjects": objects,
        "vertices": [[c * 1000 for c in v] for v in CUBE] if compressed else
        [[c + o for c, o in zip(v, ORIGIN, strict=True)] for v in CUBE],
    }  # fmt: skip
    return text | ({"transform": {"scale": [0.001] * 3, "translate": ORIGIN}} if compressed else {})


def solid(**more):
    return {"type": "Building", "geometry": [{"type": "Solid", "lod": "1", "boundaries": [SHELL]}], **more}


def read(tmp_path, content, crs, checks, **settings):
    (tmp_path / "c.json").write_text(json.dumps(content))
    return read_buildings(VectorSource(**settings), tmp_path / "c.json", crs, checks)


def test_delft_has_160_buildings_on_the_outlines_of_the_map(test_data, checks):
    folder = test_data / "citymodel_dsm/delft_ahn3"
    frame = read_buildings(VectorSource(), folder / "reference_3dfier_lod1.city.json", parse_crs(28992), checks)
    assert not checks.faults
    assert len(frame) == 160
    drawn = gpd.read_file(folder / "delft.gpkg", layer="buildings")
    drawn = drawn.set_index("cityjson:" + drawn["gml_id"]).geometry.set_crs(frame.crs, allow_override=True)
    shapes = frame.set_index("feature_id").geometry.reindex(drawn.index)
    assert (drawn.symmetric_difference(shapes).area / drawn.area).max() < 1e-4
    assert frame["height_m"].between(2.3, 13.7).all()


@pytest.mark.parametrize(("version", "compressed"), [("1.0", False), ("1.0", True), ("1.1", True), ("2.0", True)])
def test_block_is_read_in_every_version(version, compressed, tmp_path, taicang, checks):
    content = city(
        version, {"A": solid(attributes={"storeysAboveGround": 3, "function": "office"})}, compressed=compressed
    )
    frame = read(tmp_path, content, taicang, checks)
    assert frame.loc[0, ["feature_id", "height_m", "levels", "ground_m", "use"]].tolist() == [
        "cityjson:A", 9, 3, 2, "office",
    ]  # fmt: skip
    assert frame.total_bounds == pytest.approx([545_000, 3_480_000, 545_020, 3_480_010])


def test_parts_give_a_bare_building_its_outline(tmp_path, taicang, checks):
    objects = {"A": {"type": "Building", "children": ["P"]}, "P": solid(parents=["A"]) | {"type": "BuildingPart"}}
    frame = read(tmp_path, city("2.0", objects, compressed=True), taicang, checks).set_index("feature_id")
    assert frame.loc["cityjson:P", "part_of"] == "cityjson:A"
    assert frame.loc["cityjson:A"].geometry.area == pytest.approx(200)
    assert frame.loc["cityjson:A", "height_m"] == 9


def test_ground_surface_goes_before_the_lowest_faces(tmp_path, taicang, checks):
    kinds = {"surfaces": [{"type": "GroundSurface"}, {"type": "WallSurface"}], "values": [[None, 0, 1, 1, 1, 1]]}
    geometry = [{"type": "Solid", "lod": "2", "boundaries": [SHELL], "semantics": kinds}]
    frame = read(tmp_path, city("2.0", {"A": solid() | {"geometry": geometry}}, compressed=True), taicang, checks)
    assert frame.area.tolist() == pytest.approx([200])


def test_faces_of_the_roof_are_taken_from_the_finest_level(tmp_path, taicang, checks):
    def geometry(lod, roof):
        kinds = {"surfaces": [{"type": "RoofSurface"}, {"type": "WallSurface"}],
                 "values": [[0 if face in roof else 1 for face in range(6)]]}  # fmt: skip
        return {"type": "Solid", "lod": lod, "boundaries": [SHELL], "semantics": kinds}

    levels = [geometry("1.3", (0,)), geometry("2.2", (1, 2))]  # the face 2 is a wall, whatever its name
    frame = read(tmp_path, city("2.0", {"A": solid() | {"geometry": levels}}, compressed=True), taicang, checks)
    roof = shapely.from_wkt(frame.loc[0, "roof_faces"])
    assert len(roof.geoms) == 1
    assert set(shapely.get_coordinates(roof, include_z=True)[:, 2]) == {11}
    assert roof.area == pytest.approx(200)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": "0.9"}, "is CityJSON 0.9, which is not known"),
        ({"metadata": {}}, "names no coordinate system"),
        ({"vertices": [[1, 2]]}, "has vertices that are no triples"),
        ({"vertices": []}, "has no vertices"),
        ({"CityObjects": {}}, "holds no buildings"),
        ({"CityObjects": {"A": solid() | {"geometry": []}}}, "holds no building with a geometry"),
    ],
)
def test_useless_models_are_one_sentence(change, message, tmp_path, taicang, checks):
    assert read(tmp_path, city("2.0", {"A": solid()}, compressed=True) | change, taicang, checks).empty
    assert message in str(checks.faults[0])


def test_faces_of_missing_vertices_are_left_out(tmp_path, taicang, checks):
    shell = [*SHELL, [[0, 1, 99]], [[0, -1, 2]], "no face"]
    content = city(
        "2.0", {"A": solid() | {"geometry": [{"type": "Solid", "lod": "1", "boundaries": [shell]}]}}, compressed=True
    )
    assert read(tmp_path, content, taicang, checks).area.tolist() == pytest.approx([200])


def test_endless_nesting_is_a_fault(tmp_path, taicang, checks):
    (tmp_path / "deep.json").write_text('{"type": "CityJSON", "CityObjects": ' + "[" * 200_000)
    assert read_buildings(VectorSource(), tmp_path / "deep.json", taicang, checks).empty
    assert "is no JSON" in str(checks.faults[0])
