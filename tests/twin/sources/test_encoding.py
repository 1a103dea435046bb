"""Shapefiles whose character set nobody wrote down."""

import zipfile

import geopandas as gpd
import pyogrio
import pytest
import shapely

from twin.inputs import VectorSource
from twin.sources.encoding import guess_encoding
from twin.sources.vector import read_vector

NAMES = ["太仓市", "中欧绿色数字创新合作区", "plain"]


@pytest.fixture
def shapefile(tmp_path):
    def write(encoding, names, column="名称", *, named=False):
        shapes = [shapely.box(545_000 + 20 * i, 3_480_000, 545_010 + 20 * i, 3_480_010) for i in range(len(names))]
        frame = gpd.GeoDataFrame({column: names}, geometry=shapes, crs=4549)
        pyogrio.write_dataframe(frame, tmp_path / "plots.shp", encoding=encoding)
        if not named:
            (tmp_path / "plots.cpg").unlink()
        return tmp_path / "plots.shp"

    return write


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "gb18030"])
def test_chinese_names_are_read_without_a_cpg(encoding, shapefile, taicang, checks):
    path = shapefile(encoding, NAMES)
    frame = read_vector(VectorSource(), path, taicang, checks, role="parcels")
    assert frame["名称"].tolist() == NAMES
    assert not checks.faults


def test_western_names_are_not_taken_for_chinese(shapefile, taicang, checks):
    names = ["Mühlstraße", "Königshöhe", "Rue de l'Église"]
    frame = read_vector(VectorSource(), shapefile("cp1252", names, "name"), taicang, checks, role="parcels")
    assert frame["name"].tolist() == names
    assert "is read as cp1252" in checks.notes[0]


def test_declared_encoding_wins(shapefile, taicang, checks):
    path = shapefile("big5", ["臺北"], "name")
    frame = read_vector(VectorSource(encoding="big5"), path, taicang, checks, role="parcels")
    assert frame["name"].tolist() == ["臺北"]


def test_cpg_is_left_to_gdal(shapefile, taicang, checks):
    path = shapefile("gbk", NAMES, named=True)
    assert guess_encoding(path, checks) is None
    assert read_vector(VectorSource(), path, taicang, checks, role="parcels")["名称"].tolist() == NAMES


def test_name_cut_in_the_middle_of_a_character_is_still_utf8(tmp_path, checks):
    """A field of 4 bytes holds one Chinese character and a third of the next."""
    header = bytes([3, 126, 1, 1]) + (1).to_bytes(4, "little") + (65).to_bytes(2, "little") + (5).to_bytes(2, "little")
    field = b"NAME".ljust(11, b"\0") + b"C" + bytes(4) + bytes([4]) + bytes(15)
    (tmp_path / "x.dbf").write_bytes(header.ljust(32, b"\0") + field + b"\r" + b" " + "太仓".encode()[:4])
    assert guess_encoding(tmp_path / "x.shp", checks) == "utf-8"


def test_unknown_encoding_is_a_fault(shapefile, taicang, checks):
    read_vector(VectorSource(encoding="klingon"), shapefile("gbk", NAMES), taicang, checks, role="parcels")
    assert "sources.parcels.encoding 'klingon' is unknown" in str(checks.faults[0])


def test_wrong_declared_encoding_is_a_fault(shapefile, taicang, checks):
    read_vector(VectorSource(encoding="utf-8"), shapefile("gbk", NAMES), taicang, checks, role="parcels")
    assert "does not fit its character set utf-8; set encoding" in str(checks.faults[0])


def test_zipped_shapefile_is_read_as_it_is(shapefile, tmp_path, taicang, checks):
    shapefile("gbk", NAMES)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for part in tmp_path.glob("plots.*"):
            archive.write(part, part.name)
    assert read_vector(VectorSource(), tmp_path / "all.zip", taicang, checks, role="parcels")["名称"].tolist() == NAMES
