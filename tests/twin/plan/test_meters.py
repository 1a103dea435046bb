"""The readings of a plan: who is metered, and what is wrong with the rows on purpose."""

from __future__ import annotations

import copy
import itertools
from collections import Counter, defaultdict
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from twin.plan.demand import hidden_demand
from twin.plan.metering import choose_meters, quarters_of
from twin.plan.meters import COLUMNS, meter_rows, planted

if TYPE_CHECKING:
    from twin.plan.records import Plan

UNITS = {
    "electricity": {"kWh", "MWh"}, "gas": {"m3"}, "heat": {"GJ", "MWh"}, "cold": {"MWh"}, "pv": {"kWh"},
    "water": {"m3"}, "waste": {"kg", "t"},
}  # fmt: skip
DIGITS = {"kWh": 1, "MWh": 3, "GJ": 2, "m3": 2, "kg": 0, "t": 3}


def number_plan(plan: Plan) -> Plan:
    numbered = copy.deepcopy(plan)
    for number, house in enumerate(numbered.houses):
        house.feature_id = f"osm:way/{number + 1}"
    for number, lot in enumerate(numbered.lots):
        lot.ref = f"{3205850 * 10**12 + number:019d}"
    return numbered


@pytest.fixture(scope="module")
def plan(small_plan: Plan) -> Plan:
    return number_plan(small_plan)


@pytest.fixture(scope="module")
def large_plan(whole_plan: Plan) -> Plan:
    return number_plan(whole_plan)


@pytest.fixture(scope="module")
def rows(plan: Plan) -> list[dict[str, str]]:
    return [dict(zip(COLUMNS, row, strict=True)) for row in meter_rows(plan)]


def test_every_subject_is_a_house_or_lot_of_the_plan(plan: Plan, rows: list[dict[str, str]]) -> None:
    known = {
        "building": {house.feature_id for house in plan.houses},
        "parcel": {lot.ref for lot in plan.lots},
    }
    assert {row["subject_kind"] for row in rows} == set(known)
    assert all(row["subject_id"] in known[row["subject_kind"]] for row in rows)


def test_units_suit_the_carriers_and_values_are_rounded(rows: list[dict[str, str]]) -> None:
    for row in rows:
        assert row["unit"] in UNITS[row["carrier"]]
        assert len(row["value"].partition(".")[2]) == DIGITS[row["unit"]]
        assert float(row["value"]) >= 0
        assert row["source"] == "reference plan, invented"


def test_periods_lie_in_three_years_and_are_months_or_parts_of_one(rows: list[dict[str, str]]) -> None:
    for row in rows:
        start, end = date.fromisoformat(row["start"]), date.fromisoformat(row["end"])
        assert date(2023, 1, 1) <= start < end <= date(2026, 1, 1)
        assert (end - start).days <= 31


def test_no_two_periods_of_a_meter_overlap_but_exact_duplicates(rows: list[dict[str, str]]) -> None:
    periods = defaultdict(set)
    for row in rows:
        periods[row["meter_id"]].add((row["start"], row["end"], row["value"]))
    for found in periods.values():
        assert all(first[1] <= second[0] for first, second in itertools.pairwise(sorted(found)))


def test_nothing_is_read_in_the_year_a_house_is_finished(plan: Plan, rows: list[dict[str, str]]) -> None:
    year = {house.feature_id: house.year for house in plan.houses}
    for row in rows:
        if row["subject_kind"] == "building":
            assert int(row["start"][:4]) > year[row["subject_id"]]


def test_what_was_planted_is_found(plan: Plan, rows: list[dict[str, str]]) -> None:
    counts = planted(plan)
    assert counts["rows"] == len(rows)
    assert sum(count - 1 for count in Counter(tuple(row.values()) for row in rows).values()) == counts["duplicates"] > 0
    replaced = {row["meter_id"] for row in rows if row["meter_id"].endswith("-2")}
    assert len(replaced) == counts["replacements"] > 0
    assert counts["replacements"] == round(counts["meters"] / 50)
    assert all(counts[kind] > 0 for kind in ("absurd", "gaps", "triple", "estimated"))


def test_a_new_meter_begins_where_the_old_one_ends(rows: list[dict[str, str]]) -> None:
    first = {row["meter_id"]: row for row in reversed(rows)}
    last = {row["meter_id"]: row for row in rows}
    for name, new in first.items():
        if name.endswith("-2"):
            old = last[name.removesuffix("-2")]
            assert old["end"] == new["start"]
            assert not new["start"].endswith("-01")
            assert (old["subject_id"], old["carrier"]) == (new["subject_id"], new["carrier"])


def test_an_absurd_value_is_more_than_any_house_can_use(plan: Plan, rows: list[dict[str, str]]) -> None:
    floor_m2 = {house.feature_id: house.floor_area_m2 for house in plan.houses}
    absurd = 0
    for row in rows:
        if row["carrier"] == "electricity" and row["subject_kind"] == "building":
            days = (date.fromisoformat(row["end"]) - date.fromisoformat(row["start"])).days
            kwh = float(row["value"]) * {"kWh": 1, "MWh": 1000}[row["unit"]]
            absurd += kwh / days / floor_m2[row["subject_id"]] > 50  # twice a data centre of 1 kW/m2
    assert absurd == planted(plan)["absurd"]


def test_sound_years_agree_with_the_hidden_truth(plan: Plan, rows: list[dict[str, str]]) -> None:
    truth = hidden_demand(plan).annual["electricity"]
    number = {house.feature_id: index for index, house in enumerate(plan.houses)}
    months = defaultdict(list)
    for row in rows:
        if row["carrier"] == "electricity" and row["subject_kind"] == "building" and row["start"].startswith("2025"):
            months[row["subject_id"], row["unit"]].append(float(row["value"]))
    ratios = [
        sum(values) * {"kWh": 1, "MWh": 1000}[unit] / truth[number[subject]]
        for (subject, unit), values in months.items() if len(values) == 12
    ]  # fmt: skip
    assert len(ratios) > 30
    assert float(np.median(ratios)) == pytest.approx(1.0, abs=0.03)


def test_a_lot_with_a_meter_has_no_metered_house_of_the_carrier(plan: Plan) -> None:
    meters = choose_meters(plan)
    lots = {(meter.number, meter.carrier) for meter in meters if meter.subject_kind == "parcel"}
    houses = [meter for meter in meters if meter.subject_kind == "building"]
    assert lots
    assert not any((plan.houses[meter.number].lot, meter.carrier) in lots for meter in houses)


def test_a_plan_without_numbers_is_refused(small_plan: Plan) -> None:
    bare = copy.deepcopy(small_plan)
    for house in bare.houses:
        house.feature_id = ""
    for lot in bare.lots:
        lot.ref = ""
    with pytest.raises(ValueError, match="has no id"):
        list(meter_rows(bare))


def test_two_runs_read_the_same(plan: Plan) -> None:
    assert list(meter_rows(plan)) == list(meter_rows(plan))


def test_ten_quarters_have_ten_metered_homes_and_others_fewer(large_plan: Plan) -> None:
    quarters = quarters_of(large_plan)
    homes = Counter(
        int(quarters[meter.number]) for meter in choose_meters(large_plan)
        if meter.subject_kind == "building" and meter.carrier == "electricity"
        and large_plan.houses[meter.number].use == "residential"
    )  # fmt: skip
    assert sum(count >= 10 for count in homes.values()) >= 10
    assert sum(count < 10 for count in homes.values()) >= 5


def test_quarters_of_the_lots_are_used_where_they_are_given(plan: Plan) -> None:
    halved = copy.deepcopy(plan)
    middle = halved.zone.centroid.x
    for lot in halved.lots:
        lot.quarter = 1 if lot.geometry.centroid.x < middle else 2
    assert set(quarters_of(halved).tolist()) == {1, 2}
    assert list(meter_rows(halved))


def test_a_zone_of_150_000_residents_has_25_000_to_35_000_readings(large_plan: Plan) -> None:
    rows = list(meter_rows(large_plan))
    assert 25_000 <= len(rows) <= 35_000
    assert {row[2] for row in rows} == set(UNITS)
