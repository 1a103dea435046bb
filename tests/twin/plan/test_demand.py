"""What the houses of a plan use: seasons, biases, peak."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest

from twin.plan.demand import NATURES, Demand, by_lot, hidden_demand
from twin.plan.season import YEARS, month_shares, months, profile

if TYPE_CHECKING:
    from twin.plan.records import Plan

JANUARY, APRIL, JULY = 0, 3, 6
CARRIERS = ("electricity", "gas", "heat", "cold", "pv", "water", "waste")


@pytest.fixture(scope="module")
def demand(small_plan: Plan) -> Demand:
    return hidden_demand(small_plan)


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("use", sorted(NATURES))
def test_the_months_of_a_year_add_up_to_it(use: str, carrier: str) -> None:
    shares = month_shares(use, carrier)
    assert shares.sum() == pytest.approx(1)
    assert (shares >= 0).all()


def test_offices_follow_the_survey_of_shanghai() -> None:
    # Wang et al. 2026, Table 2: 10.2 of 85.3 kWh/m2 in August, 5.4 in April
    shares = month_shares("office", "electricity")
    assert shares[7] == pytest.approx(10.2 / 85.3)
    assert shares[APRIL] == pytest.approx(5.4 / 85.3)


def test_a_served_office_does_not_cool_with_its_own_electricity() -> None:
    # the months without heating and cooling, (5.4 + 5.8 + 5.8 + 5.6) / 4 = 5.65, bound every other
    shares = month_shares("office", "electricity", is_served=True)
    assert shares[JULY] == pytest.approx(shares[JANUARY])
    assert shares[APRIL] / shares[JULY] == pytest.approx(5.4 / 5.65)


def test_gas_is_for_winter_cold_and_sun_are_for_summer() -> None:
    gas, cold, sun = (month_shares("residential", carrier) for carrier in ("gas", "cold", "pv"))
    assert gas[JANUARY] > 1.5 * gas[JULY]
    assert cold[JANUARY] == 0
    assert sun[JULY] == pytest.approx(161.2 / 1477.6)  # irradiation of the typical year, July over the year


def test_water_is_a_little_higher_in_summer_and_waste_is_flat() -> None:
    water, waste = month_shares("residential", "water"), month_shares("residential", "waste")
    assert 1.05 < water[JULY] / water[JANUARY] < 1.25
    assert waste[JULY] / waste[JANUARY] == pytest.approx(1)


def test_a_profile_has_three_years_and_homes_use_more_each_year() -> None:
    homes = profile("residential", "electricity")
    assert len(homes) == len(months()) == 12 * len(YEARS)
    yearly = homes.reshape(3, 12)[:, [APRIL, 4, 9]].sum(axis=1)  # months that weather leaves alone
    assert yearly[1] / yearly[0] == pytest.approx(1.025)


def test_truth_departs_from_literature_by_the_bias_of_its_use(small_plan: Plan, demand: Demand) -> None:
    floor_m2 = np.array([house.floor_area_m2 for house in small_plan.houses])
    homes = np.array([house.use == "residential" for house in small_plan.houses])
    mean = demand.annual["electricity"][homes].sum() / floor_m2[homes].sum()
    # 0.88 of 31.5 kWh/m2, within what the years of the houses and chance make of it
    assert mean / 31.5 == pytest.approx(0.88, rel=0.06)


@pytest.mark.parametrize("use", sorted(NATURES))
def test_every_bias_is_felt_and_none_is_wild(use: str) -> None:
    assert 0.05 <= abs(NATURES[use].bias - 1) <= 0.25 + 1e-9


def test_a_newer_house_uses_less(small_plan: Plan, demand: Demand) -> None:
    newer = dataclasses.replace(
        small_plan, houses=[dataclasses.replace(house, year=house.year + 10) for house in small_plan.houses]
    )
    after = hidden_demand(newer)
    alike = ~demand.is_served & ~after.is_served & (demand.peak_kw > 0)
    ratio = after.annual["electricity"][alike] / demand.annual["electricity"][alike]
    assert (ratio < 1).all()
    assert (ratio > 0.9).all()


def test_villages_have_no_gas(small_plan: Plan, demand: Demand) -> None:
    gas = by_lot(small_plan, demand.annual["gas"])
    assert {gas[number] for number, lot in enumerate(small_plan.lots) if lot.purpose == "village"} == {0.0}


def test_what_is_odd_on_purpose_uses_nothing(small_plan: Plan, demand: Demand) -> None:
    odd = np.array([house.is_odd for house in small_plan.houses])
    assert odd.any()
    assert not demand.peak_kw[odd].any()
    assert (demand.peak_kw[~odd] > 0).all()


def test_lots_have_what_their_houses_have(small_plan: Plan, demand: Demand) -> None:
    assert by_lot(small_plan, demand.peak_kw).sum() == pytest.approx(demand.peak_kw.sum())


def test_only_served_houses_take_heat_and_cold(demand: Demand) -> None:
    for carrier in ("heat", "cold"):
        assert (demand.annual[carrier][~demand.is_served] == 0).all()
    assert demand.is_served.any()


def test_two_runs_say_the_same(small_plan: Plan, demand: Demand) -> None:
    again = hidden_demand(small_plan)
    for carrier, values in demand.annual.items():
        assert np.array_equal(values, again.annual[carrier])


def test_the_peak_follows_the_residents(demand: Demand) -> None:
    # 200 MW for 150,000 residents are 1.33 kW each
    assert 1.0 < demand.peak_mw * 1000 / 20_000 < 1.7
    assert demand.peak_mw * 1000 * 8760 > demand.annual["electricity"].sum()  # a load factor below one


def test_a_zone_of_150_000_residents_needs_about_200_mw(whole_plan: Plan) -> None:
    assert hidden_demand(whole_plan).peak_mw == pytest.approx(200, rel=0.12)
