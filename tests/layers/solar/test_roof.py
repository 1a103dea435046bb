from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import shapely

from layers.solar.roof import FAMILIES, Plane, RoofRule, RoofTags, make_roof

PITCH = {"gabled": 30.0, "hipped": 28.0, "pyramidal": 30.0, "shed": 10.0, "sawtooth": 25.0}
RULE = RoofRule(PITCH, tooth_m=8.0, most_share=0.7)
HOUSE = shapely.box(0, 0, 20, 10)  # 20 m to the east, 10 m to the north
CORNER = shapely.Polygon([(0, 0), (20, 0), (20, 10), (12, 10), (12, 14), (0, 14)])
COURT = shapely.Polygon([(0, 0), (30, 0), (30, 30), (0, 30)], [[(10, 10), (10, 20), (20, 20), (20, 10)]])


def faces(planes: list[Plane]) -> list[tuple[float, int, float]]:
    """Return tilt, azimuth and area of planes, rounded."""
    return sorted((round(item.tilt_deg, 1), round(item.azimuth_deg) % 360, round(item.area_m2, 1)) for item in planes)


def corners(planes: list[Plane]) -> np.ndarray:
    """Return the heights of all corners. [m]"""
    return np.concatenate([item.heights(*shapely.get_coordinates(item.outline).T) for item in planes])


def test_a_flat_roof_is_one_level_surface_that_looks_south() -> None:
    (roof,) = make_roof(HOUSE, 12.0, RoofTags("flat"), RULE)
    assert (roof.tilt_deg, roof.azimuth_deg, roof.area_m2) == (0.0, 180.0, 200.0)
    assert corners([roof]) == pytest.approx(12.0)


def test_a_gabled_roof_has_a_ridge_along_its_length() -> None:
    """Half of 10 m at 30 degrees: the eaves lie 5 tan 30 = 2.887 m below the ridge, each side has 100 / cos 30 m2."""
    roof = make_roof(HOUSE, 12.0, RoofTags("gabled"), RULE)
    assert faces(roof) == [(30.0, 0, 115.5), (30.0, 180, 115.5)]
    assert sorted({round(height, 3) for height in corners(roof)}) == [round(12 - 5 * math.tan(math.radians(30)), 3), 12]


def test_a_ridge_across_runs_the_other_way() -> None:
    roof = make_roof(HOUSE, 40.0, RoofTags("gabled", across=True), RULE)
    assert [azimuth for _, azimuth, _ in faces(roof)] == [90, 270]


def test_a_stated_rise_and_pitch_come_before_the_usual_one() -> None:
    assert faces(make_roof(HOUSE, 12.0, RoofTags("gabled", rise_m=5.0), RULE))[0][0] == 45.0
    assert faces(make_roof(HOUSE, 12.0, RoofTags("gabled", pitch_deg=20.0), RULE))[0][0] == 20.0


def test_a_hipped_roof_has_four_sides_of_one_pitch() -> None:
    """The ends are triangles of 10 m by 5 m, the sides the rest of half the plan; all over cos 28."""
    end, side = 25 / math.cos(math.radians(28)), 75 / math.cos(math.radians(28))
    roof = make_roof(HOUSE, 12.0, RoofTags("hipped", direction_deg=90.0), RULE)
    assert faces(roof) == [(28.0, 0, round(side, 1)), (28.0, 90, round(end, 1)), (28.0, 180, round(side, 1)),
                           (28.0, 270, round(end, 1))]


def test_a_pyramid_meets_in_one_point() -> None:
    roof = make_roof(shapely.box(0, 0, 10, 10), 12.0, RoofTags("pyramidal"), RULE)
    assert len({(round(item.height_m, 6), *np.round(item.origin, 6)) for item in roof}) == 1
    assert [azimuth for _, azimuth, _ in faces(roof)] == [0, 90, 180, 270]


@pytest.mark.parametrize(("direction", "azimuth"), [(95.0, 90), (170.0, 180), (None, 180), (220.0, 220)])
def test_a_shed_faces_where_it_is_said_to(direction: float | None, azimuth: int) -> None:
    """A direction near one of the outline's own is that; another one is taken as it is; without one it is southerly."""
    (roof,) = make_roof(HOUSE, 30.0, RoofTags("skillion", direction_deg=direction), RULE)
    assert round(roof.azimuth_deg) == azimuth
    assert corners([roof]).max() == pytest.approx(30.0, abs=0.02)


def test_a_sawtooth_has_teeth_of_about_eight_metres() -> None:
    roof = make_roof(shapely.box(0, 0, 60, 33), 12.0, RoofTags("sawtooth"), RULE)
    assert len(roof) == 4
    assert {(round(item.tilt_deg), round(item.azimuth_deg)) for item in roof} == {(25, 180)}
    assert max(item.height_m for item in roof) == 12.0


@pytest.mark.parametrize("shape", [None, *sorted(FAMILIES), "onion-like"])
@pytest.mark.parametrize("outline", [HOUSE, CORNER, COURT, shapely.affinity.rotate(CORNER, 33)],
                         ids=["house", "corner", "court", "turned"])
def test_surfaces_fill_the_outline_once_and_stay_below_the_top(shape: str | None, outline: shapely.Geometry) -> None:
    roof = make_roof(outline, 12.0, RoofTags(shape), RULE)
    assert sum(item.outline.area for item in roof) == pytest.approx(outline.area, rel=1e-9)
    for one, other in itertools.combinations(roof, 2):
        assert shapely.intersection(one.outline, other.outline).area < 1e-6
    assert corners(roof).max() < 12.0 + 0.05
    assert corners(roof).min() > 0


def test_a_low_house_keeps_walls_under_its_roof() -> None:
    roof = make_roof(shapely.box(0, 0, 40, 30), 3.0, RoofTags("gabled", pitch_deg=60.0), RULE)
    assert corners(roof).min() == pytest.approx(0.9)


def test_an_outline_as_thin_as_a_line_is_flat() -> None:
    assert len(make_roof(shapely.Polygon([(0, 0), (5, 0), (10, 0)]), 4.0, RoofTags("gabled"), RULE)) == 1
