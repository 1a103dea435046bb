"""Land-use codes: the longest prefix decides."""

import pytest

from twin.classes import read_classes
from twin.sources.fault import SourceFault
from twin.sources.frame import LAND_USES, USES
from twin.sources.landuse import code_word, split_scheme


@pytest.mark.parametrize(
    ("scheme", "code", "land_use"),
    [
        ("GB50137", "R", "residential"),
        ("GB50137", "R22", "residential"),
        ("GB50137", "a33", "public_service"),
        ("GB50137", "B41", "utility"),
        ("GB50137", "B1", "commercial"),
        ("GB50137", "S1", "street"),
        ("GB50137", "S42", "transport"),
        ("GB50137", "G3", "green"),
        ("GB50137", "W1 (物流)", "logistics"),
        ("GB50137", "R2/B1", "mixed"),
        ("GB50137", "R2+R1", "residential"),
        ("GB50137", "X9", None),
        ("GB50137", "", None),
        ("GBT21010", "0101", "agricultural"),
        ("GBT21010", "0604", "logistics"),
        ("GBT21010", "1004", "street"),
        ("GBT21010", "1108", "water"),
        ("LANDSEA2023", "070102", "residential"),
        ("LANDSEA2023", "0702", "public_service"),
        ("LANDSEA2023", "1207", "street"),
        ("LANDSEA2023", "1208", "transport"),
        ("LANDSEA2023", "16", "vacant"),
        ("LANDSEA2023", "1701", "water"),
    ],
)
def test_code_has_its_word(scheme, code, land_use):
    assert code_word(code, "land_use", scheme) == land_use


@pytest.mark.parametrize("name", ["GB50137", "GB 50137-2011", "gb50137"])
def test_scheme_goes_by_any_spelling(name):
    rest, lookup = split_scheme({"scheme": name, "R9": "mixed"}, "land_use", "parcels")
    assert (rest, lookup("R2")) == ({"R9": "mixed"}, "residential")


def test_unknown_scheme_is_a_fault():
    with pytest.raises(SourceFault, match="'ZONING', which is unknown; known are GB50137"):
        split_scheme({"scheme": "ZONING"}, "land_use", "parcels")


def test_tables_speak_the_models_words_and_have_each_code_once():
    for table, words, column in (("land_use", LAND_USES, "land_use"), ("building_use", USES, "use")):
        rows = read_classes(table)
        assert {row[column] for row in rows} <= words
        assert len({(row["scheme"], row["code"]) for row in rows}) == len(rows)
