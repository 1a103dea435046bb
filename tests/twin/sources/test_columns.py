"""Columns of a file: strict numbers, mapped words, named columns."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from twin.sources.columns import map_columns, map_values, read_numbers
from twin.sources.fault import SourceFault


def test_words_are_dropped_and_impossible_numbers_become_missing(checks):
    given = pd.Series(["12.5", "tall", "1,200", "-3", "0", "5000", "nan", "1_0", "", None, " 7 ", True], dtype=object)
    height_m = read_numbers(given, "height_m", "buildings", checks)
    assert height_m.dropna().tolist() == [12.5, 7.0]
    assert checks.dropped == {"buildings: height_m that is no number": 5}
    assert checks.repaired == {"buildings: impossible height_m": 3}
    assert "the first is 'tall'" in checks.notes[0]


def test_impossible_storeys_become_missing(checks):
    given = pd.Series([3, 0, 9999, 201, -1, np.nan, np.inf, 200])
    assert read_numbers(given, "levels", "buildings", checks).dropna().tolist() == [3, 0, 200]
    assert checks.repaired == {"buildings: impossible levels": 4}


def test_years_are_read_from_dates_and_texts(checks):
    texts = pd.Series(["1998", "2001-05-03", "2001/05/03", "soon", "9999"])
    assert read_numbers(texts, "year_built", "buildings", checks).dropna().tolist() == [1998, 2001, 2001]
    dates = pd.Series(pd.to_datetime([dt.date(1975, 3, 1), None]))
    assert read_numbers(dates, "year_built", "buildings", checks).dropna().tolist() == [1975]


def test_percent_is_told_from_shares(checks):
    assert read_numbers(pd.Series([0.35, 1.0]), "coverage_max", "parcels", checks).tolist() == [0.35, 1.0]
    assert not checks.notes
    assert read_numbers(pd.Series([35, 100, 1]), "green_min", "parcels", checks).tolist() == [0.35, 1.0, 0.01]
    assert checks.notes == ["parcels: green_min goes beyond 1 and is read as percent"]


def test_values_go_by_the_map_then_by_themselves_then_by_the_lookup(checks):
    raw = pd.Series(["1_residential", "office", "school", "??", None], dtype=object)
    words = map_values(
        raw, {"1_residential": "residential"}, {"residential", "office", "education"},
        subject="buildings: use", checks=checks, lookup={"school": "education"}.get,
    )  # fmt: skip
    assert words.tolist() == ["residential", "office", "education", None, None]
    assert checks.dropped == {"buildings: use without a word in the model": 1}


def test_map_to_an_unknown_word_is_a_fault(checks):
    with pytest.raises(SourceFault, match="maps to castle, which the model does not have"):
        map_values(pd.Series(["x"]), {"x": "castle"}, {"office"}, subject="buildings: use", checks=checks)


def test_unknown_model_column_and_missing_file_column_are_faults():
    frame = pd.DataFrame({"hoehe": [1.0]})
    with pytest.raises(SourceFault, match=r"maps hight_m, which the model does not have; use some of height_m"):
        map_columns(frame, {"hight_m": "hoehe"}, ["height_m"], "buildings")
    with pytest.raises(SourceFault, match=r"has no column höhe.*the file has hoehe"):
        map_columns(frame, {"height_m": "höhe"}, ["height_m"], "buildings")
