"""Neighbourhood files: names in both scripts, people."""

from twin.inputs import VectorSource
from twin.sources.frame import NEIGHBOURHOOD_COLUMNS
from twin.sources.neighbourhoods import read_neighbourhoods


def test_chinese_names_get_pinyin_where_no_latin_name_is_given(taicang, checks, write, squares):
    names, latin = ["城厢镇", "浏河", None], [None, "Liuhe Town", None]
    path = write("n.gpkg", squares(3), 名=names, name_latin=latin, 人口=[120_000, -4, 30], code=["a", "b", None])
    columns = {"name_local": "名", "population": "人口", "neighbourhood_id": "code"}
    frame = read_neighbourhoods(VectorSource(columns=columns), path, taicang, checks)
    assert tuple(frame.columns) == NEIGHBOURHOOD_COLUMNS
    assert frame["name_latin"].tolist() == ["Cheng Xiang Zhen", "Liuhe Town", None]
    assert frame["population"].dropna().tolist() == [120_000, 30]
    assert frame["neighbourhood_id"].tolist()[:2] == ["file:a", "file:b"]
    assert frame["neighbourhood_id"].is_unique
    assert checks.repaired == {"neighbourhoods: impossible population": 1}


def test_text_is_no_neighbourhood_file(tmp_path, taicang, checks):
    (tmp_path / "n.gpkg").write_text("x")
    assert read_neighbourhoods(VectorSource(), tmp_path / "n.gpkg", taicang, checks).empty
    assert len(checks.faults) == 1
