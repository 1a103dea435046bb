"""What becomes of a roof's yield: by hand, by brute force, and at its ends."""

from __future__ import annotations

import numpy as np
import pytest

from layers.payback.hours import sum_use, with_share

PERIODS = np.array([[1.0, 0], [0.5, 0.5], [0, 1]])  # three hours, two periods
PV = np.array([[4.0, 6, 2]])
WIDE = np.array([[0.5, 2.0]])


def test_three_hours_by_hand() -> None:
    use = sum_use(PV, np.array([[5.0, 2, 1]]), PERIODS, load_bounds=WIDE, yield_bounds=WIDE)
    assert use.pv_kwh.tolist() == [[4 + 3, 3 + 2]]
    assert use.self_used_kwh.tolist() == [[4 + 1, 1 + 1]]  # 4, 2 and 1 of the hours
    assert use.share.tolist() == [7 / 12]
    assert use.share_load.tolist() == [[(2.5 + 1 + 0.5) / 12, (4 + 4 + 2) / 12]]
    assert use.share_yield.tolist() == [[(2 + 2 + 1) / 6, (5 + 2 + 1) / 24]]


def test_without_load_all_is_exported_and_with_endless_load_nothing() -> None:
    none, endless = (sum_use(PV, np.full((1, 3), load), PERIODS, load_bounds=WIDE, yield_bounds=WIDE)
                     for load in (0.0, 1e12))
    assert none.self_used_kwh.tolist() == [[0, 0]]
    assert none.share.tolist() == [0]
    assert endless.self_used_kwh == pytest.approx(endless.pv_kwh)
    assert endless.share.tolist() == [1]


def test_a_load_that_is_not_known_leaves_the_share_open_but_not_the_yield() -> None:
    use = sum_use(PV, np.full((1, 3), np.nan), PERIODS, load_bounds=WIDE * np.nan, yield_bounds=WIDE)
    assert use.pv_kwh.tolist() == [[7, 5]]
    assert np.isnan(use.share).all()
    assert np.isnan(use.self_used_kwh).all()


def test_sums_are_those_of_hour_after_hour() -> None:
    random = np.random.default_rng(3)
    pv, load = random.gamma(0.4, size=(3, 500)), random.gamma(2, size=(3, 500))
    periods = random.dirichlet([1, 1, 1, 1], size=500)
    use = sum_use(pv, load, periods, load_bounds=np.ones((3, 2)), yield_bounds=np.ones((3, 2)))
    for roof in range(3):
        own = [0.0] * 4
        for hour in range(500):
            taken = min(pv[roof, hour], load[roof, hour])
            for period in range(4):
                own[period] += taken * periods[hour, period]
        assert use.self_used_kwh[roof].tolist() == pytest.approx(own)
        assert use.pv_kwh[roof].sum() == pytest.approx(pv[roof].sum())
    assert use.share_load[:, 0] == pytest.approx(use.share)
    assert (use.self_used_kwh <= use.pv_kwh).all()


@pytest.mark.parametrize("share", [0.0, 0.2, 7 / 12, 0.9, 1.0])
def test_another_share_keeps_every_period_within_what_it_gives(share: float) -> None:
    pv, own = np.array([[7.0, 5.0]]), np.array([[5.0, 2.0]])
    told = with_share(pv, own, np.array([share]))
    assert told.sum() == pytest.approx(12 * share)
    assert ((told >= 0) & (told <= pv)).all()
    if share == 7 / 12:
        assert told == pytest.approx(own)


def test_a_share_for_a_load_that_is_not_known_is_taken_of_all_periods_alike() -> None:
    told = with_share(np.array([[8.0, 4.0]]), np.full((1, 2), np.nan), np.array([0.25]))
    assert told.tolist() == [[2, 1]]
