"""The sea: right of the coastline's direction, closed where an extract cuts it off."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from twin.sea import find_sea

ZONE = shapely.box(0, 0, 100, 100)


def lines(*coordinates):
    return np.array([shapely.LineString(item) for item in coordinates], dtype=object)


def test_water_lies_to_the_right_of_the_coastline() -> None:
    sea = find_sea(lines([(-10, 40), (110, 40)]), ZONE)
    assert sea.equals(shapely.box(0, 0, 100, 40))


def test_a_reversed_coastline_swaps_land_and_sea() -> None:
    sea = find_sea(lines([(110, 40), (-10, 40)]), ZONE)
    assert sea.equals(shapely.box(0, 40, 100, 100))


def test_an_island_is_land_in_the_sea() -> None:
    island = [(20, 20), (20, 30), (30, 30), (30, 20), (20, 20)][::-1]  # counter-clockwise: land to the left
    sea = find_sea(lines([(-10, 80), (110, 80)], island), ZONE)
    assert sea.area == pytest.approx(100 * 80 - 10 * 10)


def test_no_coastline_means_no_sea() -> None:
    assert find_sea(lines(), ZONE).is_empty
    assert find_sea(lines([(200, 0), (300, 0)]), ZONE).is_empty


def test_a_coastline_that_the_extract_cuts_off_is_closed_along_the_shortest_way() -> None:
    sea = find_sea(lines([(5, 40), (95, 40)]), ZONE)
    assert sea.area == pytest.approx(100 * 40)
