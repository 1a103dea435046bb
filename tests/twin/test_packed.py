"""Curves of a year in two bytes an hour."""

from __future__ import annotations

import numpy as np
import pytest

from twin.packed import WHOLE, pack_hours, unpack_hours

CURVES = np.random.default_rng(1).gamma(0.5, size=(5, 8760))


def test_a_curve_comes_back_with_its_sum_and_each_hour_within_half_a_step() -> None:
    packed = pack_hours(CURVES)
    assert {len(row) for row in packed} == {2 * 8760}
    back = unpack_hours(packed, CURVES.sum(axis=1))
    assert back.sum(axis=1) == pytest.approx(CURVES.sum(axis=1), rel=1e-12)
    assert (abs(back - CURVES).max(axis=1) < 0.6 / WHOLE * CURVES.max(axis=1)).all()


def test_nothing_stays_nothing() -> None:
    assert unpack_hours(pack_hours(np.zeros((1, 24))), np.zeros(1)).tolist() == [[0.0] * 24]
    assert unpack_hours([], np.zeros(0)).size == 0
