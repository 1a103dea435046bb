"""CityGML: real buildings of Kaga, hand-written ones, and files that mean harm."""

import re
from collections import Counter

import geopandas as gpd
import pytest
import shapely

from twin.crs import parse_crs
from twin.inputs import VectorSource
from twin.sources.buildings import read_buildings

MODEL = """<?xml version="1.0" encoding="UTF-8"?>{doctype}
<CityModel xmlns="http://www.opengis.net/citygml/{version}" xmlns:gml="http://www.opengis.net/gml"
  xmlns:bldg="http://www.opengis.net/citygml/building/{version}" xmlns:xlink="http://www.w3.org/1999/xlink">
<gml:boundedBy><gml:Envelope srsName="{srs}" srsDimension="3"/></gml:boundedBy>
<cityObjectMember>{content}</cityObjectMember></CityModel>"""


def ring(*points):
    text = " ".join(f"{545_000 + x} {3_480_000 + y} {z}" for x, y, z in [*points, points[0]])
    line = f"<gml:LinearRing><gml:posList>{text}</gml:posList></gml:LinearRing>"
    return f"<gml:Polygon><gml:exterior>{line}</gml:exterior></gml:Polygon>"


def block(west, east, low, high):
    """A block 10 m deep as an LoD1 solid."""
    corners = [(west, 0), (east, 0), (east, 10), (west, 10)]
    faces = [ring(*[(x, y, z) for x, y in corners]) for z in (low, high)]
    for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1], strict=True):
        faces.append(ring((x1, y1, low), (x2, y2, low), (x2, y2, high), (x1, y1, high)))
    members = "".join(f"<gml:surfaceMember>{face}</gml:surfaceMember>" for face in faces)
    shell = f"<gml:CompositeSurface>{members}</gml:CompositeSurface>"
    return f"<bldg:lod1Solid><gml:Solid><gml:exterior>{shell}</gml:exterior></gml:Solid></bldg:lod1Solid>"


@pytest.fixture
def model(tmp_path):
    def write(content, *, srs="urn:adv:crs:whatever,EPSG:4549", version="2.0", doctype=""):
        path = tmp_path / "city.gml"
        path.write_text(MODEL.format(content=content, srs=srs, version=version, doctype=doctype))
        return path

    return write


def test_kaga_has_192_buildings(test_data, checks):
    path = test_data / "citymodel_dsm/plateau_kaga/54363371_bldg_6697.gml"
    source = VectorSource(values={"use": {"scheme": "PLATEAU"}})
    frame = read_buildings(source, path, parse_crs(6675), checks)
    assert not checks.faults
    assert len(frame) == frame["feature_id"].nunique() == 192
    assert frame["levels"].isna().all()  # 9999 stands for "not known"
    assert frame["use_raw"].notna().all()
    assert (frame["height_m"].min(), frame["height_m"].max()) == (2.0, 19.8)
    measured = re.findall(r"<bldg:measuredHeight uom=.m.>([\d.]+)<", path.read_text(encoding="utf-8"))
    assert len(measured) == 151
    assert not Counter(float(text) for text in measured) - Counter(frame["height_m"])  # the other 41: from the solids
    assert frame["height_m"].notna().all()
    assert frame["source"].unique().tolist() == ["citygml"]
    # EPSG:6697 is latitude first: the outlines must lie in the envelope that the file declares.
    assert frame.to_crs(6668).total_bounds == pytest.approx([136.38811, 36.30829, 136.39992, 36.31655], abs=1e-5)


def test_kaga_outlines_are_those_of_its_solids(test_data, checks, monkeypatch):
    """Without LoD0, the ground faces of the LoD1 solids give the same outlines."""
    path = test_data / "citymodel_dsm/plateau_kaga/54363371_bldg_6697.gml"
    flat = read_buildings(VectorSource(), path, parse_crs(6675), checks).set_index("feature_id")
    monkeypatch.setattr("twin.sources.citygml.OUTLINES", ())
    solid = read_buildings(VectorSource(), path, parse_crs(6675), checks).set_index("feature_id")
    away = flat.geometry.symmetric_difference(solid.geometry.reindex(flat.index)).area
    assert away.sum() < 0.01 * flat.area.sum()


def test_block_has_its_outline_and_height(model, taicang, checks):
    attributes = "<bldg:yearOfConstruction>1987</bldg:yearOfConstruction><bldg:roofType>1000</bldg:roofType>"
    path = model(f'<bldg:Building gml:id="A">{attributes}{block(0, 20, 3, 15)}</bldg:Building>')
    frame = read_buildings(VectorSource(), path, taicang, checks)
    assert frame.area.tolist() == pytest.approx([200])
    assert frame.loc[0, ["height_m", "ground_m", "year_built"]].tolist() == [12, 3, 1987]
    assert frame.loc[0, "feature_id"] == "citygml:A"


def test_measured_height_goes_before_the_solid_and_feet_become_metres(model, taicang, checks):
    measured = '<bldg:measuredHeight uom="ft">100</bldg:measuredHeight>'
    path = model(f'<bldg:Building gml:id="A">{measured}{block(0, 20, 0, 15)}</bldg:Building>')
    assert read_buildings(VectorSource(), path, taicang, checks)["height_m"].tolist() == pytest.approx([30.48])
    unknown = "<bldg:measuredHeight>-9999</bldg:measuredHeight>"
    path = model(f'<bldg:Building gml:id="A">{unknown}{block(0, 9, 0, 15)}</bldg:Building>')
    assert read_buildings(VectorSource(), path, taicang, checks)["height_m"].tolist() == [15]


def test_parts_stand_under_their_building(model, taicang, checks):
    solids = {"P1": block(0, 10, 0, 6), "P2": block(10, 20, 0, 30)}
    members = [f'<bldg:BuildingPart gml:id="{name}">{solid}</bldg:BuildingPart>' for name, solid in solids.items()]
    parts = "".join(f"<bldg:consistsOfBuildingPart>{part}</bldg:consistsOfBuildingPart>" for part in members)
    path = model(f'<bldg:Building gml:id="A"><bldg:function>1000</bldg:function>{parts}</bldg:Building>')
    frame = read_buildings(VectorSource(), path, taicang, checks).set_index("feature_id")
    assert frame.loc["citygml:A"].geometry.area == pytest.approx(200)
    assert frame.loc["citygml:A", ["height_m", "use_raw"]].tolist() == [30, "1000"]
    assert frame.loc[["citygml:P1", "citygml:P2"], "part_of"].tolist() == ["citygml:A"] * 2


def test_kaga_has_31_roofs_of_its_own(test_data, checks):
    """The file has 240 roof surfaces, two of them none; from above they are the outlines of their houses."""
    path = test_data / "citymodel_dsm/plateau_kaga/54363371_bldg_6697.gml"
    assert path.read_text(encoding="utf-8").count("<bldg:RoofSurface") == 240
    frame = read_buildings(VectorSource(), path, parse_crs(6675), checks).dropna(subset=["roof_faces"])
    roofs = gpd.GeoSeries.from_wkt(frame["roof_faces"])
    assert len(roofs) == 31
    assert roofs.count_geometries().sum() == 238
    seen = gpd.GeoSeries(shapely.union_all(shapely.force_2d(roof.geoms)) for roof in roofs)
    assert seen.area.sum() == pytest.approx(frame.area.sum(), rel=0.02)
    heights = shapely.get_coordinates(roofs.to_numpy(), include_z=True)[:, 2]
    assert frame["ground_m"].min() < heights.min() < heights.max() <= (frame["ground_m"] + frame["height_m"]).max() + 5


def test_faces_of_a_roof_keep_their_heights_and_upright_ones_go(model, taicang, checks):
    faces = [ring((0, 0, 5), (20, 0, 5), (20, 5, 9), (0, 5, 9)), ring((0, 10, 5), (0, 5, 9), (20, 5, 9), (20, 10, 5)),
             ring((0, 5, 9), (20, 5, 9), (20, 5, 10), (0, 5, 10))]  # fmt: skip
    surfaces = "".join(
        f"<bldg:boundedBy><bldg:RoofSurface><bldg:lod2MultiSurface><gml:MultiSurface><gml:surfaceMember>{face}"
        "</gml:surfaceMember></gml:MultiSurface></bldg:lod2MultiSurface></bldg:RoofSurface></bldg:boundedBy>"
        for face in faces
    )
    path = model(f'<bldg:Building gml:id="A">{block(0, 20, 0, 9)}{surfaces}</bldg:Building>')
    (text,) = read_buildings(VectorSource(), path, taicang, checks)["roof_faces"]
    roof = shapely.from_wkt(text)
    assert len(roof.geoms) == 2
    assert sorted(set(shapely.get_coordinates(roof, include_z=True)[:, 2])) == [5, 9]
    assert roof.bounds == pytest.approx((545_000, 3_480_000, 545_020, 3_480_010))


def test_version_3_speaks_other_names(tmp_path, taicang, checks):
    height = "<con:height><con:Height><con:value uom='m'>21.5</con:value></con:Height></con:height>"
    member = f"<gml:surfaceMember>{ring((0, 0, 0), (9, 0, 0), (9, 9, 0))}</gml:surfaceMember>"
    flat = f"<lod0MultiSurface><gml:MultiSurface>{member}</gml:MultiSurface></lod0MultiSurface>"
    text = f"""<CityModel xmlns="http://www.opengis.net/citygml/3.0" xmlns:gml="http://www.opengis.net/gml/3.2"
      xmlns:con="http://www.opengis.net/citygml/construction/3.0" xmlns:bldg="http://www.opengis.net/citygml/building/3.0">
      <cityObjectMember><bldg:Building gml:id="A">{flat}{height}<bldg:storeysAboveGround>6</bldg:storeysAboveGround>
      </bldg:Building></cityObjectMember></CityModel>"""
    (tmp_path / "three.gml").write_text(text)
    frame = read_buildings(VectorSource(crs=4549), tmp_path / "three.gml", taicang, checks)
    assert frame.loc[0, ["height_m", "levels"]].tolist() == [21.5, 6]
    assert frame.area.tolist() == pytest.approx([40.5])


def test_authority_order_is_taken_from_the_system(model, taicang, checks):
    """EPSG:4549 is north, east: a URN with coordinates in the order east, north is found out by where they lie."""
    path = model(f'<bldg:Building gml:id="A">{block(0, 20, 0, 9)}</bldg:Building>', srs="urn:ogc:def:crs:EPSG::4549")
    frame = read_buildings(VectorSource(), path, taicang, checks)
    assert frame.total_bounds == pytest.approx([545_000, 3_480_000, 545_020, 3_480_010])


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY secret "&b;&b;&b;&b;">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/evil.dtd">',
    ],
)
@pytest.mark.parametrize("padding", ["", "<!-- " + "x" * 6000 + " -->"])
def test_entities_are_refused(doctype, padding, model, taicang, checks):
    building = f'<bldg:Building gml:id="A"><bldg:usage>&secret;</bldg:usage>{block(0, 20, 0, 9)}</bldg:Building>'
    frame = read_buildings(VectorSource(), model(building, doctype=padding + doctype), taicang, checks)
    assert frame.empty
    assert len(checks.faults) == 1
    assert "root" not in str(checks.faults[0])


def test_utf16_does_not_hide_a_doctype(tmp_path, taicang, checks):
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]><x xmlns="http://www.opengis.net/citygml/2.0"/>'
    (tmp_path / "wide.gml").write_bytes(text.encode("utf-16"))
    assert read_buildings(VectorSource(), tmp_path / "wide.gml", taicang, checks).empty
    assert len(checks.faults) == 1


@pytest.mark.parametrize(
    ("content", "srs", "message"),
    [
        ("", "EPSG:4549", "holds no buildings"),
        ("<bldg:Building", "EPSG:4549", "is no well-formed XML"),
        (
            f"<bldg:Building>{block(0, 9, 0, 9)}</bldg:Building>",
            "EPSG:999999",
            "names the coordinate system 'EPSG:999999'",
        ),
        (f"<bldg:Building>{block(0, 9, 0, 9)}</bldg:Building>", "EPSG:28992", "lie outside the area where"),
        ('<bldg:Building gml:id="A"/>', "EPSG:4549", "holds no buildings"),
    ],
)
def test_useless_models_are_one_sentence(content, srs, message, model, taicang, checks):
    assert read_buildings(VectorSource(), model(content, srs=srs), taicang, checks).empty
    assert len(checks.faults) == 1
    assert message in str(checks.faults[0])


def test_ring_with_words_is_dropped_and_counted(model, taicang, checks):
    bad = block(0, 20, 0, 9).replace("545000", "NaN", 1)
    path = model(f'<bldg:Building gml:id="A">{bad}</bldg:Building>')
    frame = read_buildings(VectorSource(), path, taicang, checks)
    assert frame.area.tolist() == pytest.approx([200])  # the roof still gives the outline
    assert checks.dropped == {"buildings: face with broken coordinates": 1}
