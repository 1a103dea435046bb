"""The frame of a plan: its arterials for any number of residents."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from twin.plan.site import lay_out_site

SIZES = (10_000, 12_000, 15_000, 20_000, 25_000, 37_000, 70_000, 150_000, 300_000, 1_000_000)


@pytest.mark.parametrize("residents", SIZES)
def test_arterials_lie_about_750_to_1200_m_apart(residents: int) -> None:
    for seed in range(20):
        site = lay_out_site(residents, seed)
        spans = [high - low for low, high in (*site.columns, *site.rows)]
        assert min(spans) > 700
        assert max(spans) < 1200


@pytest.mark.parametrize("residents", SIZES)
def test_no_two_arterials_lie_in_one_place(residents: int) -> None:
    """An embankment is the edge of the row beside it, to the last bit."""
    for seed in range(50):
        site = lay_out_site(residents, seed)
        for lines in (site.lines_u, site.lines_v):
            assert min(np.diff(lines)) > 150


def test_a_zone_has_about_100_m2_for_each_resident_and_is_wider_than_high() -> None:
    site = lay_out_site(150_000, 2028)
    assert site.width_m * site.height_m / 150_000 == pytest.approx(109, rel=0.03)
    assert 1 < site.width_m / site.height_m < 1.5


def test_streets_that_meet_have_the_same_place_there() -> None:
    site = lay_out_site(37_000, 42)
    for u, v in itertools.product(site.lines_u, site.lines_v):
        along = site.place(np.array([0.0, u]), np.array([v, v]))[1]
        across = site.place(np.array([u, u]), np.array([0.0, v]))[1]
        assert along.tolist() == across.tolist()
