"""Tables of factors: what cannot be true is refused, with its file and its factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from layers.discovery import discover_layers
from twin.errors import FactorError
from twin.factors import COLUMNS, add_own_factors, read_factors, shared_factor_files

if TYPE_CHECKING:
    from pathlib import Path

GOOD = {"factor_id": "OFFICE", "quantity": "electricity_intensity.office", "value": "80", "low": "60", "high": "100",
        "interval_kind": "ci95", "unit": "kWh/(m2 a)", "region": "World", "year": "2020", "source": "a survey",
        "seen": "source", "note": ""}


def write(path: Path, *rows: dict[str, str]) -> Path:
    """Write a table of factors: rows like a good one but for what is given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [",".join((GOOD | row)[name] for name in COLUMNS) for row in rows]
    path.write_text("\n".join([",".join(COLUMNS), *lines, ""]), encoding="utf-8")
    return path


def test_the_tables_that_are_shipped_are_sound() -> None:
    files = [*shared_factor_files(), *(layer.factor_file for layer in discover_layers().values() if layer.factor_file)]
    table = read_factors(files)
    assert len(table) > 500
    assert table["factor_id"].is_unique


def test_numbers_are_read_as_they_stand(tmp_path: Path) -> None:
    path = write(tmp_path / "f.csv", {"low": "", "high": "", "interval_kind": "", "value": "0.1"})
    row = read_factors([path]).iloc[0]
    assert (row["value"], row["year"]) == (0.1, 2020)
    assert row[["low", "high"]].isna().all()


@pytest.mark.parametrize(("given", "words"), [
    ({"value": "nan"}, "value 'nan' is no finite number"),
    ({"value": "inf"}, "value 'inf' is no finite number"),
    ({"low": "-inf"}, "low '-inf' is no finite number"),
    ({"high": "1e999"}, "high '1e999' is no finite number"),
    ({"high": "nan"}, "high 'nan' is no finite number"),
    ({"value": "many"}, "value 'many' is no finite number"),
    ({"year": "2020.5"}, "year '2020.5' is no year from 1900 to 2100"),
    ({"year": "1899"}, "year '1899' is no year from 1900 to 2100"),
    ({"year": "20250"}, "year '20250' is no year from 1900 to 2100"),
    ({"interval_kind": "level"}, "a level is exact, and low or high differs from its value"),
    ({"interval_kind": "level", "low": "80", "high": "80.1"}, "a level is exact"),
    ({"interval_kind": "level", "low": "", "high": "80.1"}, "a level is exact"),
    ({"low": "80", "high": "80"}, "an interval of no width"),
    ({"low": "80", "high": "80", "interval_kind": "minmax"}, "an interval of no width"),
    ({"low": "80", "high": "80", "interval_kind": "judgement"}, "an interval of no width"),
    ({"low": "80", "high": "80.0", "interval_kind": ""}, "an interval of no width"),
    ({"value": "-80", "low": "-100", "high": "-60"}, "value -80 is negative"),
    ({"low": "-5"}, "low -5 is negative"),
    ({"quantity": "waste_share.recycled", "unit": "1", "value": "-0.1", "low": "-0.2", "high": "0.1"}, "is negative"),
    ({"quantity": "grid_emission.location", "unit": "kgCO2/kWh", "value": "-0.5", "low": "", "high": "",
      "interval_kind": ""}, "only removals and temperatures"),
    ({"low": "90"}, "the value lies outside its interval"),
    ({"unit": ""}, "unit missing"),
    ({"seen": "heard"}, "seen 'heard' is unknown"),
])
def test_a_factor_that_cannot_be_is_refused_by_name_and_file(
    tmp_path: Path, given: dict[str, str], words: str
) -> None:
    with pytest.raises(FactorError) as refusal:
        read_factors([write(tmp_path / "room" / "factors.csv", given)])
    assert str(refusal.value).startswith("room/factors.csv, OFFICE: ")
    assert words in str(refusal.value)


@pytest.mark.parametrize("given", [
    {"quantity": "removal.green", "unit": "tCO2/t", "value": "-5", "low": "-11", "high": "-2"},
    {"quantity": "carbon_removal.timber", "unit": "kgCO2/m2", "value": "-5", "low": "-11", "high": "2"},
    {"quantity": "pv.temperature_coefficient", "unit": "%/K", "value": "-0.3", "low": "-0.4", "high": "-0.2"},
    {"quantity": "design_temperature", "unit": "degC", "value": "-3", "low": "-5", "high": "-1"},
    {"value": "0", "low": "0", "high": "0", "interval_kind": "level"},
    {"value": "80", "low": "80", "high": "100"},
    {"interval_kind": "level", "low": "", "high": ""},
    {"year": "1900"}, {"year": "2100"},
])
def test_what_may_be_negative_one_sided_exact_or_old_is_read(tmp_path: Path, given: dict[str, str]) -> None:
    assert len(read_factors([write(tmp_path / "f.csv", given)])) == 1


@pytest.mark.parametrize("files", [
    ({"a/factors.csv": ["ONE", "ONE"]}),
    ({"a/factors.csv": ["ONE", "TWO", "ONE"]}),
    ({"a/factors.csv": ["ONE", "TWO"], "b/factors.csv": ["THREE", "ONE"]}),
])
def test_an_id_stands_once_in_all_tables(tmp_path: Path, files: dict[str, list[str]]) -> None:
    paths = [write(tmp_path / name, *({"factor_id": word} for word in words)) for name, words in files.items()]
    with pytest.raises(FactorError, match=r"factors.csv, ONE: .*taken already, in a/factors.csv"):
        read_factors(paths)


@pytest.mark.parametrize(("text", "words"), [
    ("factor_id;quantity\nA;b\n", "lacks the columns"),
    ("", "lacks the columns"),
    (",".join(COLUMNS) + ",vlaue\n", "unknown column vlaue"),
    (",".join(COLUMNS) + "\n" + ",".join([*GOOD.values(), "and more"]) + "\n", "more cells than columns"),
])
def test_a_file_that_is_no_table_of_factors_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "f.csv").write_text(text)
    with pytest.raises(FactorError, match=words):
        read_factors([tmp_path / "f.csv"])


def test_a_table_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_bytes((",".join(COLUMNS) + "\n工厂").encode("gbk"))
    with pytest.raises(FactorError, match=r"f.csv.* UTF-8"):
        read_factors([tmp_path / "f.csv"])


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    rows = [{"factor_id": f"F{number}", "value": "nan"} for number in range(12)]
    with pytest.raises(FactorError, match=r"F0: .*F9: .*and 2 more"):
        read_factors([write(tmp_path / "f.csv", *rows)])


# A zone's own factors


def test_a_zones_own_factors_bear_its_name_as_region(tmp_path: Path) -> None:
    shipped = read_factors([write(tmp_path / "shipped.csv", {}, {"factor_id": "HALL", "quantity": "gas_intensity.x"})])
    own = write(tmp_path / "zone" / "factors.csv",
                {"factor_id": "OWN", "value": "70", "region": "Shanghai", "note": "metered"},
                {"factor_id": "OWN_LATER", "value": "65", "region": "quarter", "year": "2030"})
    table = add_own_factors(shipped, own, zone="quarter").set_index("factor_id")
    assert table["value"].to_dict() == {"OFFICE": 80, "HALL": 80, "OWN": 70, "OWN_LATER": 65}
    assert table["region"].to_dict() == {"OFFICE": "World", "HALL": "World", "OWN": "quarter", "OWN_LATER": "quarter"}
    assert table.loc["OWN", "note"] == "metered; given for Shanghai"
    assert table["note"].isna().to_dict() == {"OFFICE": True, "HALL": True, "OWN": False, "OWN_LATER": True}


@pytest.mark.parametrize(("given", "words"), [
    ({"value": "nan"}, "OWN: value 'nan' is no finite number"),
    ({"factor_id": "OFFICE"}, "OFFICE: the factor_id is taken already, in a shipped table"),
    ({"unit": "MWh/(m2 a)"}, r"OWN: unit MWh/\(m2 a\), and electricity_intensity.office is in kWh/\(m2 a\)"),
    ({"quantity": "electricity_intensity.hall", "unit": "kWh/a"}, "is in kWh"),
    ({"quantity": "electricity_intensty.office"}, "did you mean electricity_intensity"),
])
def test_a_zones_own_factor_that_cannot_be_is_refused(tmp_path: Path, given: dict[str, str], words: str) -> None:
    shipped = read_factors([write(tmp_path / "shipped.csv", {})])
    own = write(tmp_path / "zone" / "factors.csv", {"factor_id": "OWN"} | given)
    with pytest.raises(FactorError, match=f"^zone/factors.csv, .*{words}"):
        add_own_factors(shipped, own, zone="quarter")


def test_a_zone_gives_one_factor_of_a_quantity_and_year(tmp_path: Path) -> None:
    shipped = read_factors([write(tmp_path / "shipped.csv", {})])
    own = write(tmp_path / "factors.csv", {"factor_id": "ONE", "region": "China"}, {"factor_id": "TWO"})
    with pytest.raises(FactorError, match=r"TWO: electricity_intensity.office of 2020 is given twice"):
        add_own_factors(shipped, own, zone="quarter")


def test_a_table_of_own_factors_without_any_is_refused(tmp_path: Path) -> None:
    shipped = read_factors([write(tmp_path / "shipped.csv", {})])
    with pytest.raises(FactorError, match="holds no factor"):
        add_own_factors(shipped, write(tmp_path / "factors.csv"), zone="quarter")


def test_a_factor_in_co2e_may_stand_for_one_in_co2(tmp_path: Path) -> None:
    grid = {"quantity": "grid_emission.location", "unit": "kgCO2/kWh", "value": "0.5", "low": "", "high": "",
            "interval_kind": ""}
    shipped = read_factors([write(tmp_path / "shipped.csv", grid)])
    own = write(tmp_path / "factors.csv", grid | {"factor_id": "OWN", "unit": "kgCO2e/kWh"})
    assert len(add_own_factors(shipped, own, zone="quarter")) == 2
