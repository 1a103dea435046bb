"""Usable area: every rule by hand on simple roofs, sums that close, thousands of odd polygons."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.solar.area import REASONS, capacity, module_area, usable_area

if TYPE_CHECKING:
    from layers.solar.pv_settings import PvSettings

OPEN = 1400.0  # unshaded irradiation of every plane in these tests [kWh/m2]
TAICANG = 31.45


@pytest.fixture(scope="module")
def rules(pv_settings: PvSettings) -> PvSettings:
    """Return round numbers: setback 0.5 m, parapet 1 m, threshold 75 %, least area 10 m2, module 1.1 m wide."""
    area = replace(pv_settings.area, setback_m=0.5, parapet_strip_m=1.0, least_sun_share=0.75, steep_tilt_deg=15,
                   pole_sector_deg=60, least_area_m2=10.0,
                   obstruction_share={"office": 0.25, "other": 0.5, "pitched": 0.1})
    return replace(pv_settings, area=area, module=replace(pv_settings.module, width_m=1.1))


def roof(outline: shapely.Geometry, *, tilt: float = 0, azimuth: float = 180,
         use: str | None = "office") -> pd.DataFrame:
    """Return one surface, flat where it has no tilt."""
    return pd.DataFrame({"outline": [outline], "tilt_deg": [tilt], "azimuth_deg": [azimuth], "is_flat": [tilt == 0],
                         "use": [use], "open_kwh_per_m2": [OPEN]})


def cells(outline: shapely.Geometry, *, side: float = 0.5, sun: float = OPEN, number: int = 0) -> pd.DataFrame:
    """Return the cells of a surface, all equally sunny."""
    west, south, east, north = outline.bounds
    x, y = (grid.ravel() for grid in np.meshgrid(np.arange(west + side / 2, east, side),
                                                 np.arange(south + side / 2, north, side)))
    inside = shapely.contains_xy(outline, x, y)
    return pd.DataFrame({"roof": number, "x": x[inside], "y": y[inside], "kwh_per_m2": sun})


def measure(surface: pd.DataFrame, points: pd.DataFrame, settings: PvSettings, latitude: float = TAICANG) -> pd.Series:
    found = usable_area(surface, points, settings=settings, latitude_deg=latitude)
    assert found["area_m2"].to_numpy() == pytest.approx(
        found.drop(columns="area_m2").sum(axis=1).to_numpy(), rel=1e-12, abs=1e-9)
    return found.iloc[0]


def test_flat_roof_by_hand(rules: PvSettings) -> None:
    """20 x 10 m: setback 200 - 19 x 9 = 29, parapet 171 - 17 x 7 = 52, obstructions a quarter of 119."""
    outline = shapely.box(0, 0, 20, 10)
    found = measure(roof(outline), cells(outline), rules)
    assert found["setback_m2"] == pytest.approx(29)
    assert found["parapet_m2"] == pytest.approx(52)
    assert found["obstruction_m2"] == pytest.approx(119 / 4)
    assert found["usable_m2"] == pytest.approx(119 * 3 / 4)
    assert found[["shade_m2", "tilt_north_m2", "too_small_m2"]].sum() == 0


def test_strip_is_measured_on_the_slope(rules: PvSettings) -> None:
    """A slope of 60 degrees, 10 m wide and 6 m deep in plan, is 10 x 12 m: left are 9 x 11 m, a tenth obstructed."""
    outline = shapely.box(0, 0, 10, 6)
    found = measure(roof(outline, tilt=60, azimuth=180), cells(outline), rules)
    assert found["area_m2"] == pytest.approx(120)
    assert found["setback_m2"] == pytest.approx(120 - 99)
    assert found["parapet_m2"] == 0
    assert found["usable_m2"] == pytest.approx(99 * 0.9)


def test_darker_part_is_lost_to_shade(rules: PvSettings) -> None:
    """Within the strips of a 20 x 10 m roof the cells west of x = 10 get 74 %: 8.5 of 17 m."""
    outline = shapely.box(0, 0, 20, 10)
    points = cells(outline)
    points.loc[points["x"] < 10, "kwh_per_m2"] = 0.74 * OPEN
    found = measure(roof(outline), points, rules)
    assert found["shade_m2"] == pytest.approx(119 / 2)
    assert found["usable_m2"] == pytest.approx(119 / 2 * 3 / 4)


def test_shade_of_the_strips_is_not_counted_twice(rules: PvSettings) -> None:
    outline = shapely.box(0, 0, 20, 10)
    points = cells(outline)
    points.loc[(points["x"] < 1.5) | (points["y"] < 1.5), "kwh_per_m2"] = 0
    assert measure(roof(outline), points, rules)["shade_m2"] == 0


@pytest.mark.parametrize(("tilt", "azimuth", "latitude", "excluded"), [
    (30, 0, TAICANG, True), (30, 300, TAICANG, True), (30, 60, TAICANG, True), (30, 61, TAICANG, False),
    (15, 0, TAICANG, False), (30, 180, TAICANG, False), (30, 180, -30.0, True), (30, 0, -30.0, False),
])
def test_steep_surface_to_the_pole_is_lost_whole(rules: PvSettings, tilt: float, azimuth: float, latitude: float, *,
                                                 excluded: bool) -> None:
    outline = shapely.box(0, 0, 20, 10)
    found = measure(roof(outline, tilt=tilt, azimuth=azimuth), cells(outline), rules, latitude)
    assert (found["tilt_north_m2"] == found["area_m2"]) == excluded
    assert (found["usable_m2"] == 0) == excluded


@pytest.mark.parametrize(("gap", "tolerance_m2"), [(0.0, 1.0), (2.0, 1e-6)])
def test_arm_narrower_than_a_module_is_too_small(rules: PvSettings, gap: float, tolerance_m2: float) -> None:
    """
    A slope of 10 x 10 m and an arm of 10 x 1.8 m beside it, joined or apart; the strips leave the arm 0.9 m wide.

    The joined arm has no strip at the hall, and its mouth, rounded by the strips, keeps a nib of less than 1 m2.
    """
    stretch = 1 / np.cos(np.radians(20))
    outline = shapely.union_all([shapely.box(0, 0, 10, 10), shapely.box(10 + gap, 4, 20 + gap, 5.8)])
    found = measure(roof(outline, tilt=20, azimuth=180), cells(outline), rules)
    length = 10.0 if gap == 0 else 9.0
    assert found["too_small_m2"] == pytest.approx(length * (1.8 * stretch - 1), abs=tolerance_m2)
    assert found["usable_m2"] == pytest.approx(0.9 * 9 * (10 * stretch - 1), abs=tolerance_m2)


def test_what_obstructions_leave_below_the_least_area_is_too_small(rules: PvSettings) -> None:
    """6.6 x 6.6 m flat: 3.6 x 3.6 = 12.96 m2 within the strips, 9.72 beside the obstructions."""
    outline = shapely.box(0, 0, 6.6, 6.6)
    found = measure(roof(outline), cells(outline, side=0.2), rules)
    assert found["usable_m2"] == 0
    assert found["too_small_m2"] == pytest.approx(12.96 * 0.75)
    assert found["obstruction_m2"] == pytest.approx(12.96 * 0.25)


def test_courtyard_has_edges_too(rules: PvSettings) -> None:
    """30 x 30 m with a court of 10 x 10 m: strips of 1.5 m inside and out, corners of the court rounded."""
    outline = shapely.box(0, 0, 30, 30).difference(shapely.box(10, 10, 20, 20))
    found = measure(roof(outline), cells(outline), rules)
    within = 27**2 - (10 * 10 + 4 * 10 * 1.5 + np.pi * 1.5**2)
    assert found["usable_m2"] == pytest.approx(0.75 * within, rel=1e-4)


def test_unknown_use_takes_the_share_of_other_uses(rules: PvSettings) -> None:
    outline = shapely.box(0, 0, 20, 10)
    for use in (None, "volcano"):
        assert measure(roof(outline, use=use), cells(outline), rules)["obstruction_m2"] == pytest.approx(119 / 2)


def test_cells_of_the_whole_surface_speak_where_none_lies_within_the_strips(rules: PvSettings) -> None:
    """Four cells of 10 x 10 m on a slope of 20 x 20 m, moved into its strips; three are dark."""
    outline = shapely.box(0, 0, 20, 20)
    points = pd.DataFrame({"roof": 0, "x": [0.2, 0.2, 19.8, 19.8], "y": [0.2, 19.8, 0.2, 19.8],
                           "kwh_per_m2": [OPEN, 0, 0, 0]})
    found = measure(roof(outline, tilt=1e-6), points, rules)
    assert found["shade_m2"] == pytest.approx(19 * 19 * 3 / 4)


def test_surface_without_cells_is_too_small(rules: PvSettings) -> None:
    found = measure(roof(shapely.box(0, 0, 20, 10)), cells(shapely.box(0, 0, 0.1, 0.1)), rules)
    assert (found["usable_m2"], found["too_small_m2"]) == pytest.approx((0, 119))


@pytest.mark.parametrize("outline", [shapely.Polygon(), None, shapely.box(0, 0, 1e-9, 30)])
def test_nothing_and_slivers_have_no_usable_area(rules: PvSettings, outline: shapely.Geometry | None) -> None:
    found = measure(roof(outline), cells(shapely.box(0, 0, 0.1, 0.1)), rules)
    assert found["usable_m2"] == 0
    assert found["area_m2"] == pytest.approx(0, abs=1e-6)


def test_upright_surface_is_refused(rules: PvSettings) -> None:
    outline = shapely.box(0, 0, 20, 10)
    with pytest.raises(ValueError, match="upright"):
        usable_area(roof(outline, tilt=90), cells(outline), settings=rules, latitude_deg=TAICANG)


def test_invalid_outline_is_mended(rules: PvSettings) -> None:
    """A bow tie of two triangles, each 10 m wide and 10 m high."""
    bow = shapely.Polygon([(0, 0), (10, 20), (0, 20), (10, 0)])
    assert not bow.is_valid
    found = measure(roof(bow), cells(shapely.box(0, 0, 10, 20)), rules)
    assert found["area_m2"] == pytest.approx(100)
    assert 0 < found["usable_m2"] < 50


def test_place_and_direction_on_the_globe_change_nothing(rules: PvSettings) -> None:
    """The same roof at national-grid coordinates, and turned by 37 degrees with its slope."""
    outline = shapely.Polygon([(0, 0), (20, 0), (20, 10), (8, 10), (8, 15), (0, 15)])
    points = cells(outline)
    points.loc[points["x"] + points["y"] < 12, "kwh_per_m2"] = 0
    here = measure(roof(outline, tilt=25, azimuth=150), points, rules)
    turn = np.radians(-37)  # azimuth grows clockwise

    def moved(xy: np.ndarray) -> np.ndarray:
        matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        return xy @ matrix.T + [516_000.0, 3_480_000.0]

    xy = moved(points[["x", "y"]].to_numpy())
    there = measure(roof(shapely.transform(outline, moved), tilt=25, azimuth=187),
                    points.assign(x=xy[:, 0], y=xy[:, 1]), rules)
    assert there.to_numpy() == pytest.approx(here.to_numpy(), rel=1e-6, abs=1e-6)


def many(count: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return random surfaces, some invalid, some in several parts, some empty, with cells."""
    random = np.random.default_rng(seed)
    outlines, points = [], []
    for number in range(count):
        east, north = random.uniform(0, 3e6, 2)
        angle = np.sort(random.uniform(0, 2 * np.pi, random.integers(3, 12)))
        if number % 3 == 0:
            random.shuffle(angle)  # crosses itself
        radius = random.uniform(1, 25, len(angle))
        outline = shapely.Polygon(np.column_stack([east + radius * np.cos(angle), north + radius * np.sin(angle)]))
        if number % 5 == 0:
            outline = shapely.MultiPolygon([outline, shapely.box(east + 30, north, east + 31, north + 9)])
        outlines.append(shapely.Polygon() if number % 50 == 49 else outline)
        points.append(pd.DataFrame({"roof": number, "x": east + random.uniform(-25, 25, 60),
                                    "y": north + random.uniform(-25, 25, 60),
                                    "kwh_per_m2": random.uniform(500, OPEN, 60)}))
    tilt = random.uniform(0, 60, count) * (random.random(count) > 0.4)
    surfaces = pd.DataFrame({
        "outline": outlines, "tilt_deg": tilt, "azimuth_deg": random.uniform(0, 360, count), "is_flat": tilt == 0,
        "use": random.choice(["office", "residential", None], count), "open_kwh_per_m2": OPEN,
    })
    return surfaces, pd.concat(points, ignore_index=True)


@given(seed=st.integers(0, 10_000))
def test_reasons_and_usable_area_sum_to_the_surface(rules: PvSettings, seed: int) -> None:
    surfaces, points = many(20, seed)
    found = usable_area(surfaces, points, settings=rules, latitude_deg=TAICANG)
    parts = found[["usable_m2", *(f"{reason}_m2" for reason in REASONS)]]
    assert parts.sum(axis=1).to_numpy() == pytest.approx(found["area_m2"].to_numpy(), rel=1e-12, abs=1e-9)
    assert (parts.to_numpy() >= -1e-9).all()
    plan = shapely.area(shapely.make_valid(surfaces["outline"].to_numpy()))
    assert found["area_m2"].to_numpy() == pytest.approx(plan / np.cos(np.radians(surfaces["tilt_deg"])), rel=1e-6)


def test_order_and_company_of_surfaces_change_nothing(rules: PvSettings) -> None:
    surfaces, points = many(60, 3)
    found = usable_area(surfaces, points, settings=rules, latitude_deg=TAICANG)
    order = np.random.default_rng(0).permutation(60)
    place = np.empty(60, dtype=int)
    place[order] = np.arange(60)
    shuffled = usable_area(surfaces.iloc[order], points.assign(roof=place[points["roof"]]), settings=rules,
                           latitude_deg=TAICANG)
    assert shuffled.loc[found.index].to_numpy() == pytest.approx(found.to_numpy(), rel=1e-12)


def test_modules_and_their_power_by_hand(rules: PvSettings) -> None:
    """100 m2 usable, rows at 0.75, 80 % packing, 225 W/m2: 60 m2, 13.5 kWp; flush 85 m2."""
    settings = replace(rules, packing={"rack": 0.8, "flush": 0.85})
    rows = module_area(np.array([100.0]), mount="rack", settings=settings, ground_cover_ratio=0.75)
    assert rows == pytest.approx([60])
    assert capacity(rows, settings=settings) == pytest.approx([13.5])
    assert module_area(np.array([100.0]), mount="flush", settings=settings) == pytest.approx([85])
