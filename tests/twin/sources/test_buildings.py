"""Building files: parts under their building, volume once, strict numbers."""

import pytest
import shapely

from twin.checks import Checks
from twin.crs import parse_crs
from twin.inputs import VectorSource
from twin.sources.buildings import read_buildings
from twin.sources.frame import BUILDING_COLUMNS

CATASTRO = VectorSource(
    columns={"building_id": "localId", "levels": "numberOfFloorsAboveGround", "status": "conditionOfConstruction"},
    values={"status": {"functional": "existing", "declined": "existing"}},
    part_pattern=r"(?P<building_id>.+)_part\d+$",
    skip_pattern=r"_PI\.\d+$",
)
PARTS = {"part_pattern": r"(?P<building_id>.+)_p\d+$"}


def test_fasnia_has_133_outlines_and_294_parts(test_data, checks):
    """722 features: 133 outlines of 111 buildings, 588 parts of which every one is given twice, a pool."""
    path = test_data / "parcels/es_catastro_fasnia/cons.gpkg"
    frame = read_buildings(CATASTRO, path, parse_crs(32628), checks)
    outlines, parts = frame[~frame["is_part"]], frame[frame["is_part"]]
    assert not checks.faults
    assert checks.read.pop("building_m2") == pytest.approx(18_774, abs=1)
    assert checks.read == {"buildings features": 722, "buildings": 133, "building_parts": 294}
    assert checks.dropped["buildings: exact duplicate"] == 294
    assert checks.dropped["buildings: left out by skip_pattern"] == 1
    assert checks.repaired["buildings: id given twice"] == 22
    assert (parts["levels"] == 0).sum() == 17  # they carry nothing, and stay
    assert frame["feature_id"].is_unique
    assert set(parts["part_of"]) <= set(outlines["feature_id"])
    assert outlines.area.sum() == pytest.approx(18_774.4, abs=0.1)
    assert parts.area.sum() == pytest.approx(18_950.4, abs=0.1)


def test_fasnia_parts_lie_in_the_outline_they_are_given_to(test_data, checks):
    """Seven outlines share one id; a part belongs to the one it lies in."""
    frame = read_buildings(CATASTRO, test_data / "parcels/es_catastro_fasnia/cons.gpkg", parse_crs(32628), checks)
    shapes = frame.set_index("feature_id").geometry
    parts = frame[frame["feature_id"].str.contains("8840501CS5284S_part")]
    assert parts["part_of"].nunique() > 3
    inside = parts.geometry.intersection(shapes[parts["part_of"]].set_axis(parts.index)).area / parts.area
    assert (inside > 0.99).all()


def test_frame_is_canonical(taicang, checks, write, squares):
    path = write("b.gpkg", squares(2), name_local=["太仓站", None], height_m=[12.0, None])
    frame = read_buildings(VectorSource(), path, taicang, checks)
    assert tuple(frame.columns) == BUILDING_COLUMNS
    assert frame.crs == taicang
    assert frame["height_m"].dtype == "float64"
    assert frame["is_part"].dtype == bool
    assert frame.loc[1, "name_local"] is None
    assert frame["name_latin"].tolist() == ["Tai Cang Zhan", None]
    assert frame["status"].tolist() == ["existing", "existing"]
    assert frame["source"].unique().tolist() == ["file"]


def test_id_of_a_nameless_building_follows_its_outline_and_not_its_row(taicang, checks, write, squares):
    first = read_buildings(VectorSource(), write("one.gpkg", squares(3)), taicang, checks)
    second = read_buildings(VectorSource(), write("two.gpkg", squares(3)[::-1]), taicang, checks)
    assert first["feature_id"].tolist() == second["feature_id"].tolist()[::-1]


def test_parts_without_an_outline_get_their_union(taicang, checks, write):
    shapes = [shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10), shapely.box(40, 0, 50, 10)]
    path = write(
        "p.gpkg", shapes, building_id=["A_p1", "A_p2", "B"], height_m=[5.0, 30.0, 8.0], base_m=[0.0, 5.0, None]
    )
    frame = read_buildings(VectorSource(**PARTS), path, taicang, checks).set_index("feature_id")
    assert frame.index.tolist() == ["file:B", "file:A", "file:A_p1", "file:A_p2"]
    assert frame.loc["file:A"].geometry.area == pytest.approx(200)
    assert frame.loc["file:A", "height_m"] == 30.0
    assert frame.loc["file:A_p2", ["base_m", "part_of"]].tolist() == [5.0, "file:A"]
    assert frame.loc[~frame["is_part"]].area.sum() == pytest.approx(300)
    assert checks.repaired == {"buildings: outline made of its parts": 1}


def test_repeated_ids_get_a_suffix_that_is_not_taken(taicang, checks, write, squares):
    path = write("ids.gpkg", squares(4), building_id=["A", "A-2", "A", "A"])
    frame = read_buildings(VectorSource(), path, taicang, checks)
    assert frame["feature_id"].tolist() == ["file:A", "file:A-2", "file:A-3", "file:A-4"]
    assert checks.repaired == {"buildings: id given twice": 2}


def test_outline_given_twice_stands_once(taicang, checks, write):
    square = shapely.box(0, 0, 10, 10)
    frame = read_buildings(VectorSource(), write("x.gpkg", [square, square], building_id=["A", "B"]), taicang, checks)
    assert frame["feature_id"].tolist() == ["file:A"]
    assert checks.dropped == {"buildings: outline given twice": 1}


def test_use_keeps_its_raw_value(taicang, checks, write, squares):
    path = write("u.gpkg", squares(3), kind=["EFH", "office", "?"])
    source = VectorSource(columns={"use": "kind"}, values={"use": {"EFH": "residential"}})
    frame = read_buildings(source, path, taicang, checks)
    assert frame["use"].tolist() == ["residential", "office", None]
    assert frame["use_raw"].tolist() == ["EFH", "office", "?"]


def test_part_pattern_without_its_group_is_a_fault(taicang, checks, write, squares):
    read_buildings(VectorSource(part_pattern=r"_p\d+"), write("g.gpkg", squares(1)), taicang, checks)
    assert "has no group building_id" in str(checks.faults[0])


def test_faults_of_several_files_are_said_at_once(tmp_path, taicang):
    checks = Checks()
    for name in ("a.gpkg", "b.gml", "c.json"):
        (tmp_path / name).write_text("nothing")
        assert read_buildings(VectorSource(), tmp_path / name, taicang, checks).empty
    assert [fault.file for fault in checks.faults] == ["a.gpkg", "b.gml", "c.json"]


def test_bubenec_buildings_have_true_areas(test_data, checks):
    path = test_data / "parcels/prague_bubenec_momepy.gpkg"
    source = VectorSource(layer="buildings", columns={"building_id": "uID"})
    frame = read_buildings(source, path, parse_crs(5514), checks)
    assert len(frame) == 144
    assert frame["feature_id"].iloc[0] == "file:1"
    assert frame.area.sum() == pytest.approx(43_151, rel=2e-3)
