"""Value and payback of one roof by hand, its intervals, and what lies at the ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from layers.payback.money import Bounded, Roofs, Terms, judge, payback

LIFE = 25.0
EXACT = Bounded.exactly
ROOF = Roofs(
    capacity_kwp=np.array([10.0]), yield_kwh=EXACT(np.array([10_000.0])), pv_kwh=np.array([[0, 2000.0, 5000, 3000]]),
    self_used_kwh=np.array([[0, 1000.0, 4000, 2000]]), share=np.array([0.7]), share_load=np.array([[0.5, 0.9]]),
    share_yield=np.array([[0.7, 0.7]]),
)
TERMS = Terms(
    energy_price=EXACT(np.array([0.4])), fixed_price=EXACT(np.array([0.3])), floats=np.array([[2.0, 1.75, 1, 0.5]]),
    export_price=EXACT(0.3), capex=EXACT(3000.0), opex=EXACT(40.0), grid_factor=EXACT(0.6), self_used_share=0.7,
)
# 1000 kWh at 0.3 + 0.7, 4000 at 0.7, 2000 at 0.5, 3000 exported at 0.3
VALUE = 1000 * 1.0 + 4000 * 0.7 + 2000 * 0.5 + 3000 * 0.3


def one(bounded: Bounded) -> tuple[float, float, float]:
    low, value, high = (float(np.asarray(part)[0]) for part in (bounded.low, bounded.value, bounded.high))
    return low, value, high


def test_one_roof_by_hand() -> None:
    told = judge(ROOF, TERMS, life_years=LIFE)
    assert VALUE == 5700
    assert one(told.value_cny) == pytest.approx((VALUE,) * 3)
    assert one(told.capex_cny)[1] == 30_000
    assert one(told.opex_cny)[1] == 400
    assert one(told.payback_years) == pytest.approx((30_000 / 5300,) * 3)
    assert one(told.avoided_kg)[1] == pytest.approx(6000)
    assert one(told.exported_kwh)[1] == pytest.approx(3000)


def test_one_doubtful_input_moves_the_payback_as_if_it_were_set() -> None:
    terms = replace(TERMS, capex=Bounded(3000.0, 2500.0, 3600.0))
    assert one(judge(ROOF, terms, life_years=LIFE).payback_years) == pytest.approx(
        (25_000 / 5300, 30_000 / 5300, 36_000 / 5300))
    terms = replace(TERMS, export_price=Bounded(0.3, 0.2, 0.4))
    assert one(judge(ROOF, terms, life_years=LIFE).payback_years) == pytest.approx(
        (30_000 / 5600, 30_000 / 5300, 30_000 / 5000))


def test_distances_of_two_doubtful_inputs_add_up_as_squares() -> None:
    capex, export = Bounded(3000.0, 2500.0, 3600.0), Bounded(0.3, 0.2, 0.4)
    both = one(judge(ROOF, replace(TERMS, capex=capex, export_price=export), life_years=LIFE).payback_years)
    alone = [one(judge(ROOF, terms, life_years=LIFE).payback_years)
             for terms in (replace(TERMS, capex=capex), replace(TERMS, export_price=export))]
    assert both[2] - both[1] == pytest.approx(np.hypot(*(item[2] - item[1] for item in alone)))
    assert both[1] - both[0] == pytest.approx(np.hypot(*(item[1] - item[0] for item in alone)))


def test_more_yield_is_worth_more_though_less_of_it_is_self_used() -> None:
    roof = replace(ROOF, yield_kwh=Bounded(*(np.array([kwh]) for kwh in (10_000.0, 8000.0, 12_000.0))),
                   share_yield=np.array([[0.8, 0.6]]))
    told = judge(roof, replace(TERMS, self_used_share=None), life_years=LIFE)
    fixed = judge(replace(roof, share_yield=np.array([[0.7, 0.7]]), share_load=np.array([[0.7, 0.7]])),
                  replace(TERMS, self_used_share=None), life_years=LIFE)
    # with 12,000 kWh at the share of 0.7 everything is worth a fifth more
    assert one(fixed.value_cny) == pytest.approx((0.8 * VALUE, VALUE, 1.2 * VALUE))
    assert one(told.value_cny)[2] > VALUE


def test_the_load_s_bounds_are_those_of_the_share() -> None:
    told = judge(ROOF, replace(TERMS, self_used_share=None), life_years=LIFE)
    assert one(told.self_used_share) == pytest.approx((0.5, 0.7, 0.9))
    assert one(told.self_used_kwh) == pytest.approx((5000, 7000, 9000))


def test_no_load_pays_back_later_and_endless_load_sooner() -> None:
    years = [one(judge(ROOF, replace(TERMS, self_used_share=share), life_years=LIFE).payback_years)[1]
             for share in (0.0, 0.7, 1.0)]
    assert years == sorted(years, reverse=True)
    assert years[0] == pytest.approx(30_000 / (3000 - 400))  # all at the export price
    assert years[2] == pytest.approx(30_000 / (2000 * 1.0 + 5000 * 0.7 + 3000 * 0.5 - 400))


def test_without_a_tariff_only_full_export_has_a_value() -> None:
    unknown = EXACT(np.array([np.nan]))
    terms = replace(TERMS, energy_price=unknown, fixed_price=unknown)
    assert np.isnan(one(judge(ROOF, terms, life_years=LIFE).value_cny)[1])
    exported = judge(ROOF, replace(terms, self_used_share=0.0), life_years=LIFE)
    assert one(exported.value_cny)[1] == pytest.approx(3000)


def test_what_leaves_nothing_over_never_pays_back() -> None:
    assert payback(np.array([3000.0, 3000, 3000]), np.array([40.0, 39, np.nan]), np.array([40.0] * 3)).tolist()[:2] == [
        np.inf, np.inf]
    told = judge(ROOF, replace(TERMS, opex=EXACT(1e6)), life_years=LIFE)
    assert one(told.payback_years)[1] == np.inf


def test_a_bound_of_the_payback_ends_with_the_life_of_the_modules() -> None:
    told = judge(ROOF, replace(TERMS, export_price=Bounded(0.3, 0.0, 0.4), fixed_price=Bounded(
        np.array([0.3]), np.array([-0.4]), np.array([0.4]))), life_years=LIFE)
    assert one(told.payback_years)[2] == LIFE


def test_what_is_worked_out_together_is_what_is_worked_out_alone() -> None:
    pair = Roofs(*(np.concatenate([part, part * 0.9]) if isinstance(part, np.ndarray) else EXACT(
        np.concatenate([part.value, part.value * 0.9])) for part in (
            ROOF.capacity_kwp, ROOF.yield_kwh, ROOF.pv_kwh, ROOF.self_used_kwh, ROOF.share, ROOF.share_load,
            ROOF.share_yield)))
    terms = replace(TERMS, energy_price=EXACT(np.array([0.4, 0.4])), fixed_price=EXACT(np.array([0.3, 0.3])),
                    floats=np.repeat(TERMS.floats, 2, axis=0))
    told = judge(pair, terms, life_years=LIFE)
    assert np.asarray(told.payback_years.value).tolist() == pytest.approx([30_000 / 5300] * 2)
