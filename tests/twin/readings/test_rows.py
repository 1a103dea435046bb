"""Rows of a file of readings: the good ones are kept, each bad one is refused with its reason."""

from __future__ import annotations

import codecs
from datetime import date
from typing import TYPE_CHECKING

import pytest

from twin.errors import SourceError
from twin.readings.file import read_rows
from twin.readings.row import Reading, RowError, parse_row
from twin.readings.units import carriers, conversion, suitable_units

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from twin.readings.intake import Intake
    from twin.readings.log import ReadingLog

# What is wrong: the cells that make it so, the word it is counted by, and what the message says.
BAD = {
    "an unknown building": ({"subject_id": "osm:way/9"}, "unknown subject",
                            "no building 'osm:way/9'; give its building_id"),
    "an unknown parcel": ({"subject_kind": "parcel", "subject_id": "Z9"}, "unknown subject",
                          "parcel_id or cadastral_ref"),
    "a building told as a parcel": ({"subject_kind": "parcel"}, "unknown subject", "no parcel"),
    "a cadastral number of two parcels": ({"subject_kind": "parcel", "subject_id": "B"}, "ambiguous subject",
                                          "that of 2 parcels; give a parcel_id, such as 'file:B1'"),
    "an unknown kind": ({"subject_kind": "street"}, "unknown kind", "write parcel, building or asset"),
    "an unknown carrier": ({"carrier": "steam"}, "unknown carrier", "write one of electricity, gas"),
    "a wrong unit": ({"carrier": "water"}, "wrong unit", "'kWh' does not suit water; convert it to one of m3, m³, L"),
    "gas as energy": ({"carrier": "gas"}, "wrong unit", "calorific value"),
    "an unknown unit": ({"unit": "kwh"}, "wrong unit", "kWh, MWh, GWh, MJ, GJ"),
    "a negative value": ({"value": "-1"}, "negative value", "is negative"),
    "negative generation": ({"carrier": "pv", "value": "-3.5"}, "negative value", "generation and consumption"),
    "no value at all": ({"value": "NaN"}, "not finite", "leave the row out"),
    "an endless value": ({"value": "inf"}, "not finite", "is not finite"),
    "a value beyond floating point": ({"value": "1e999"}, "not finite", "is not finite"),
    "a word for a value": ({"value": "many"}, "no number", "write it with a decimal point"),
    "a value with a group sign": ({"value": "1_000"}, "no number", "write it with a decimal point"),
    "a formula for a value": ({"value": "=1+1"}, "no number", "'=1+1' is no number"),
    # 100 m2 at 10 a day and square metre: 31,000 in January; and 1,000 a day where there is no floor.
    "an absurd value": ({"value": "31001"}, "absurd value", "more than the 1,000 that reading_limit.electricity"),
    "an absurd value for its unit": ({"value": "32", "unit": "MWh"}, "absurd value", "check value and unit"),
    "an absurd value of an asset": ({"subject_kind": "asset", "subject_id": "osm:node/7", "value": "31001"},
                                    "absurd value", "reading_limit_whole.electricity"),
    "an end before its start": ({"end": "2024-12-01"}, "period upside down", "not after start"),
    "no days": ({"end": "2025-01-01"}, "period upside down", "first day that no longer counts"),
    "a period of more than a year": ({"end": "2026-01-03"}, "period too long", "367 days; give at most 366"),
    "the future": ({"start": "2026-02-01", "end": "2026-03-02"}, "future period", "after today, 2026-03-01"),
    "a year that was mistyped": ({"start": "0205-01-01", "end": "0205-02-01"}, "period too early", "correct the year"),
    "a date of another fashion": ({"start": "01.01.2025"}, "no date", "write it as 2025-01-31"),
    "a day that is none": ({"end": "2025-02-30"}, "no date", "write it as 2025-01-31"),
    "a compact date": ({"start": "20250101"}, "no date", "write it as 2025-01-31"),
    "an empty cell": ({"source": ""}, "empty cell", "source is empty"),
    "a cell that is too long": ({"source": "x" * 201}, "cell too long", "source has 201 characters; shorten it to 200"),
    "a line that is too long": ({"source": "x" * 70_000}, "cell too long", "longer than 20,000 bytes"),
    "a quote that is not closed": ({"source": '"bill'}, "broken quotes", "a quote is not closed"),
    "a cell too many": ({"source": "bill,of January"}, "wrong number of cells", "10 cells, not 9"),
    "an overlapping period": ({"start": "2025-01-31", "end": "2025-02-01"}, "overlapping period", "row 2"),
    "two values for a period": ({"value": "32"}, "two values", "row 2 has another value"),
    "a formula": ({"source": "=cmd|calc"}, "formula", "take the sign away"),
    "a formula with plus": ({"source": "+1"}, "formula", "begins like a formula"),
    "a formula with minus": ({"meter_id": "-2+3"}, "formula", "meter_id '-2+3' begins"),
    "a formula with at": ({"source": "@SUM(A1)"}, "formula", "begins like a formula"),
    "a formula behind a blank": ({"source": "  =1"}, "formula", "begins like a formula"),
    "a formula in full width": ({"source": "\uff1d1"}, "formula", "begins like a formula"),
    "a formula behind a tab": ({"source": '"\t=1"'}, "formula", "begins like a formula"),
    "a formula behind a return": ({"source": '"\r=1"'}, "formula", "begins like a formula"),
    "a formula for an id": ({"subject_id": "=osm:way/-1"}, "formula", "subject_id"),
    "a formula behind a sign that is not seen": ({"source": "\u200b=1"}, "control character", "'\\u200b=1'"),
    "a sign that turns the text": ({"source": "a\u202ellib"}, "control character", "take it away"),
    "a meter that looks like another": ({"meter_id": "m\ufeff"}, "control character", "meter_id 'm\\ufeff'"),
    "a line sign": ({"source": "a\u2028b"}, "control character", "holds a control character"),
    "a sign that rings the bell": ({"source": "bill\x07"}, "control character", "'bill\\x07'"),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_a_bad_row_is_refused_and_its_neighbours_are_kept(
    refuse: Callable[..., str], make_row: Callable[..., str], name: str
) -> None:
    cells, reason, words = BAD[name]
    told = refuse(make_row(**cells))
    assert told.startswith(f"{reason}: ")
    assert words in told
    assert told.isprintable()


def test_a_row_that_is_not_utf_8_is_refused_and_its_neighbours_are_kept(
    refuse: Callable[..., str], make_row: Callable[..., str]
) -> None:
    assert refuse(make_row(source="账单").encode("gbk")).startswith("not UTF-8: ")


@pytest.mark.parametrize("begin", ['"see', 'x,"see', '"\xff'.encode("latin-1"), '"' + "x" * 30_000],
                         ids=["a remark", "a cell too many", "not UTF-8", "a line too long"])
def test_a_row_within_a_cell_is_none(
    ingest: Callable[..., Intake], make_row: Callable[..., str], log: ReadingLog, begin: str | bytes
) -> None:
    # A remark of three lines, the second of which is written like a row.
    head = make_row(source="REMARK", meter_id="").removesuffix(",").encode()
    head = head.replace(b"REMARK", begin if isinstance(begin, bytes) else begin.encode())
    planted = make_row(carrier="heat", meter_id="planted")
    intake = ingest(make_row(), head, planted, "", 'a ""word"", end",m', make_row(start="2025-02-01", end="2025-03-01"))
    assert [item.row for item in intake.refused] == [3, 4, 6]
    assert [item.reason for item in intake.refused[1:]] == ["broken quotes"] * 2
    assert "begins in row 3; keep each cell on one line" in intake.refused[1].message
    assert log.read()["start"].to_pylist() == [date(2025, 1, 1), date(2025, 2, 1)]
    assert set(log.read()["meter_id"].to_pylist()) == {"osm:way/-1"}


def test_quotes_that_are_slips_cost_their_own_lines_only(
    ingest: Callable[..., Intake], make_row: Callable[..., str]
) -> None:
    months = [{"start": f"2025-{month:02}-01", "end": f"2025-{month + 1:02}-01"} for month in range(1, 8)]
    sources = ['12" pipe', '"bill', "bill", '"bill, paid"', '"bill', "bill", '"bill']
    intake = ingest(*[make_row(**month, source=source) for month, source in zip(months, sources, strict=True)])
    assert intake.accepted == 4
    assert [(item.row, item.reason) for item in intake.refused] == [(row, "broken quotes") for row in (3, 6, 8)]


def test_a_minus_inside_a_cell_is_no_formula(ingest: Callable[..., Intake], make_row: Callable[..., str]) -> None:
    assert ingest(make_row(meter_id="m-1+2@3=4")).accepted == 1  # and the id of the house has one


def test_every_bad_row_is_told_with_its_own_line(ingest: Callable[..., Intake], make_row: Callable[..., str]) -> None:
    intake = ingest(make_row(value="-1"), "", make_row(), make_row(carrier="steam"), make_row(unit="t"))
    assert [(item.row, item.reason) for item in intake.refused] == [
        (2, "negative value"), (5, "unknown carrier"), (6, "wrong unit")]
    assert (intake.rows, intake.accepted) == (4, 1)  # the empty line is no row


def test_a_value_at_the_limit_is_believed(ingest: Callable[..., Intake], make_row: Callable[..., str]) -> None:
    assert ingest(make_row(value="31000")).accepted == 1


def test_solar_power_is_judged_by_the_ground_and_not_by_the_floor(
    ingest: Callable[..., Intake], make_row: Callable[..., str]
) -> None:
    # The house covers 50 m2, its lot has 500 m2: 500 and 5,000 kWh a day.
    roof = make_row(carrier="pv", start="2025-06-01", end="2025-06-02", value="501")
    lot = make_row(carrier="pv", start="2025-06-01", end="2025-06-02", value="5000", subject_kind="parcel",
                   subject_id="A1")
    intake = ingest(roof, lot)
    assert (intake.accepted, [item.reason for item in intake.refused]) == (1, ["absurd value"])


@pytest.mark.parametrize(("start", "end"), [(b"", b"\n"), (codecs.BOM_UTF8, b"\r\n")], ids=["plain", "with a mark"])
def test_a_file_may_have_a_byte_order_mark_and_either_end_of_line(
    ingest: Callable[..., Intake], make_row: Callable[..., str], log: ReadingLog, start: bytes, end: bytes
) -> None:
    assert ingest(make_row(source="账单"), start=start, end=end).accepted == 1
    assert log.read()["source"].to_pylist() == ["账单"]


def test_a_parcel_may_be_told_by_its_number_in_the_cadastre(
    ingest: Callable[..., Intake], make_row: Callable[..., str], log: ReadingLog
) -> None:
    by_ref = make_row(subject_kind="parcel", subject_id="A1")
    assert ingest(by_ref, make_row(subject_kind="parcel", subject_id="file:A1")).duplicates == 1
    assert log.read().select(["subject_id", "meter_id"]).to_pylist() == [
        {"subject_id": "file:A1", "meter_id": "file:A1"}]


def test_columns_may_stand_in_any_order_and_meter_id_may_be_missing(
    tmp_path: Path
) -> None:
    (tmp_path / "r.csv").write_text("Value, unit,end,start,source,carrier,subject_id,subject_kind\n"
                                    '1.5,m3,2025-02-01,2025-01-01,"bill, paid",water,A1,parcel\n')
    ((number, reading),) = read_rows(tmp_path / "r.csv")
    assert number == 2
    assert reading == Reading("parcel", "A1", "", "water", date(2025, 1, 1), date(2025, 2, 1), 1.5, "m3", 1.5,
                              "bill, paid")


# Units


@pytest.mark.parametrize(("carrier", "value", "unit", "amount"), [
    ("electricity", "1.2", "MWh", 1200), ("heat", "3.6", "MJ", 1), ("heat", "7.2", "GJ", 2000),
    ("cold", "0.5", "GWh", 500_000), ("pv", "7", "kWh", 7), ("gas", "12", "m³", 12), ("water", "250", "L", 0.25),
    ("waste", "0.3", "t", 300), ("waste", "5", "kg", 5),
])
def test_every_unit_becomes_that_of_its_carrier(carrier: str, value: str, unit: str, amount: float) -> None:
    cells = dict(zip(("subject_kind", "subject_id", "carrier", "start", "end", "value", "unit", "source"),
                     ("parcel", "A1", carrier, "2025-01-01", "2025-02-01", value, unit, "bill"), strict=True))
    assert parse_row(cells).amount == amount


def test_a_carrier_is_read_in_units_of_one_kind() -> None:
    assert {carrier: suitable_units(carrier) for carrier in ("gas", "waste", "pv")} == {
        "gas": ["m3", "m³", "L"], "waste": ["kg", "t"], "pv": ["kWh", "MWh", "GWh", "MJ", "GJ"]}
    assert {carrier: row["unit"] for carrier, row in carriers().items()} == {
        "electricity": "kWh", "gas": "m3", "heat": "kWh", "cold": "kWh", "pv": "kWh", "water": "m3", "waste": "kg"}
    assert conversion("furlong", "water") is None


def test_a_row_is_refused_for_its_formula_before_anything_else_is_believed() -> None:
    with pytest.raises(RowError, match="begins like a formula"):
        parse_row({"subject_kind": "=x", "subject_id": "", "carrier": "", "start": "", "end": "", "value": "",
                   "unit": "", "source": ""})


# Files

UNUSABLE = {
    "an empty file": (b"", "is empty; give a CSV file"),
    "only a header": (b"subject_kind,subject_id,carrier,start,end,value,unit,source\n\n", "holds no readings"),
    "a missing column": (b"subject_kind,subject_id,carrier,start,end,value\nx\n", "lacks the column unit, source;"),
    "an unknown column": (b"subject_kind,subject_id,carrier,start,end,value,unit,source,meterid\nx\n",
                          "not known: 'meterid'; take them out"),
    "a column twice": (b"subject_kind,subject_id,carrier,start,end,value,unit,source,unit\nx\n", "a column twice"),
    "semicolons": (b"subject_kind;subject_id\nx\n", "save it as CSV with commas"),
    "another character set": ("subject_kind,subject_id".encode("utf-16"), "does not begin with a header of CSV"),
    "a spreadsheet": (b"PK\x03\x04\x14\x00\x06\x00\xff\xfe", "does not begin with a header of CSV in UTF-8"),
}


@pytest.mark.parametrize("name", sorted(UNUSABLE))
def test_an_unusable_file_is_told_in_one_sentence(tmp_path: Path, name: str) -> None:
    content, words = UNUSABLE[name]
    (tmp_path / "r.csv").write_bytes(content)
    with pytest.raises(SourceError, match=r"r\.csv .*; ") as caught:
        list(read_rows(tmp_path / "r.csv"))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_file_is_told_in_one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(SourceError, match="is no file; give a CSV file of readings"):
            list(read_rows(path))


def test_a_file_over_the_bound_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "r.csv").open("wb") as file:
        file.truncate(200_000_001)  # a hole: no byte of it is on disk
    with pytest.raises(SourceError, match="has 200 MB, more than 200; split it"):
        list(read_rows(tmp_path / "r.csv"))
