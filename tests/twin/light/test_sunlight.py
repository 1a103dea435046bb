"""Hours of sun: worked out by hand, mirrored at noon, and as the plan's own code counts them in the plane."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from twin.light.bodies import Bodies
from twin.light.sun import GREAT_COLD, WINTER_SOLSTICE, SunWindow, sun_position
from twin.light.sunlight import SILL_M, Sunlight, SunRule, sunlight_hours
from twin.plan.site import LATITUDE_DEG
from twin.plan.sunlight import great_cold_sun, sun_hours

if TYPE_CHECKING:
    from numpy.typing import NDArray


def bodies_of(*outlines: shapely.Geometry, height_m: list[float]) -> Bodies:
    return Bodies.of(list(outlines), np.zeros(len(outlines)), np.array(height_m))


def facing(bodies: Bodies, body: int, azimuth_deg: float) -> NDArray[np.int64]:
    """Return the wall of a body that faces a direction."""
    off = np.abs((bodies.walls.azimuth_deg - azimuth_deg + 180) % 360 - 180)
    return np.flatnonzero((bodies.walls.body == body) & (off < 1))


def light(bodies: Bodies, wall: NDArray[np.int64], storeys: int = 1, **more: Any) -> Sunlight:
    number, height = np.full(len(wall), storeys), np.full(len(wall), 3.0)
    return sunlight_hours(bodies, wall, number, height, latitude_deg=31.48, **more)


def test_a_lone_south_wall_has_sun_all_of_great_cold() -> None:
    bodies = bodies_of(shapely.box(0, 0, 40, 12), height_m=[30])
    found = light(bodies, facing(bodies, 0, 180), storeys=10)
    assert found.storey.tolist() == list(range(10))
    assert found.least_h == pytest.approx(8.0)
    assert found.windows.tolist() == [9] * 10  # 37 m between the outer two, at most 5 m apart


def test_a_north_wall_is_not_looked_at() -> None:
    bodies = bodies_of(shapely.box(0, 0, 40, 12), height_m=[30])
    assert len(light(bodies, facing(bodies, 0, 0)).wall) == 0


def test_long_slabs_give_the_hours_worked_out_by_hand() -> None:
    """
    Two endless slabs from west to east, 24 m high, 40 m apart, Great Cold day at 31.48 N, sill at 0.9 m.

    The sun stands above the southern ridge when tan(elevation) / cos(azimuth - 180) > m = (24 - 0.9) / 39.95 = 0.5782,
    the window being 5 cm before its wall. With the hour angle t, the latitude L and the declination d = -20.30
    (Spencer, day 20), the sun's direction is up = cos L cos d cos t + sin L sin d, south = sin L cos d cos t
    - cos L sin d; up > m south is a condition on cos t alone:

        cos t cos d (cos L - m sin L) > -sin d (sin L + m cos L)
        cos L = 0.8528, sin L = 0.5222, cos d = 0.9379, sin d = -0.3469
        cos t > 0.3469 (0.5222 + 0.4931) / (0.9379 (0.8528 - 0.3019)) = 0.3522 / 0.5167 = 0.6818

    t = 47.02 degrees, or 3.134 h on either side of noon: 6.27 h of sun.
    """
    bodies = bodies_of(shapely.box(-3000, 0, 3000, 12), shapely.box(-20, 52, 20, 64), height_m=[24, 30])
    found = light(bodies, facing(bodies, 1, 180))
    assert found.least_h == pytest.approx([6.27], abs=1.5 / 60)
    assert found.mean_h == pytest.approx(found.least_h)


def test_higher_storeys_have_more_sun_until_nothing_shades_them() -> None:
    bodies = bodies_of(shapely.box(-3000, 0, 3000, 12), shapely.box(-20, 42, 20, 54), height_m=[24, 30])
    found = light(bodies, facing(bodies, 1, 180), storeys=10)
    assert (np.diff(found.least_h) >= 0).all()
    assert found.least_h[-1] == pytest.approx(8.0)  # its sill lies above the southern roof


def test_at_the_winter_solstice_the_slabs_keep_the_sun_out() -> None:
    # noon stands at 90 - 31.48 - 23.4 = 35.1 degrees, below the 37.6 of the ridge
    bodies = bodies_of(shapely.box(-3000, 0, 3000, 12), shapely.box(-20, 42, 20, 54), height_m=[24, 30])
    found = light(bodies, facing(bodies, 1, 180), rule=SunRule(WINTER_SOLSTICE))
    assert found.least_h == pytest.approx([0.0])


def test_a_mirrored_scene_has_the_mornings_sun_in_the_afternoon() -> None:
    east = bodies_of(shapely.box(0, 0, 20, 10), shapely.box(12, -30, 30, -18), height_m=[20, 25])
    west = bodies_of(shapely.box(-20, 0, 0, 10), shapely.box(-30, -30, -12, -18), height_m=[20, 25])
    morning, afternoon = SunWindow(20, 8.0, 12.0), SunWindow(20, 12.0, 16.0)
    one = light(east, facing(east, 0, 180), storeys=3, rule=SunRule(morning))
    two = light(west, facing(west, 0, 180), storeys=3, rule=SunRule(afternoon))
    assert one.mean_h == pytest.approx(two.mean_h)
    assert one.least_h == pytest.approx(two.least_h)
    assert 0 < one.least_h[0] < 4


def test_a_turned_grid_with_its_convergence_gives_the_same() -> None:
    turn = 20.0
    straight = bodies_of(shapely.box(0, 0, 20, 10), shapely.box(12, -30, 30, -18), height_m=[20, 25])
    # where grid north lies east of true north, true directions are turned anticlockwise in the grid
    outlines = [shapely.affinity.rotate(outline, turn, origin=(0, 0)) for outline in straight.outlines]
    turned = Bodies.of(outlines, straight.base_m, straight.top_m)
    one = light(straight, facing(straight, 0, 180))
    two = light(turned, facing(turned, 0, 180 - turn), convergence_deg=turn)
    assert two.mean_h == pytest.approx(one.mean_h, abs=1 / 60)


def test_short_stretches_of_sun_do_not_count() -> None:
    # posts 1 m wide at every 2.2 m to the south: the sun moves behind one after the other within few minutes
    posts = [shapely.box(x, -6, x + 1.0, -5) for x in np.arange(-60, 60, 2.2)]
    bodies = bodies_of(shapely.box(0, 0, 5, 8), *posts, height_m=[10, *[30.0] * len(posts)])
    wall = facing(bodies, 0, 180)
    every, long = (light(bodies, wall, rule=SunRule(least_min=least)) for least in (1.0, 60.0))
    assert 1 < every.mean_h[0] < 7
    assert long.mean_h[0] == 0


def test_a_window_behind_a_neighbour_is_none() -> None:
    alone = bodies_of(shapely.box(0, 0, 40, 12), height_m=[30])
    joined = bodies_of(shapely.box(0, 0, 40, 12), shapely.box(0, -10, 20, 0), height_m=[30, 6])
    before, after = light(alone, facing(alone, 0, 180), 3), light(joined, facing(joined, 0, 180), 3)
    assert after.windows[0] < before.windows[0]
    assert after.windows[2] == before.windows[2]  # above the neighbour's roof


def test_the_plans_own_code_counts_the_same_hours() -> None:
    rng = np.random.default_rng(11)
    houses = []
    for x in range(0, 160, 40):
        for y in range(0, 160, 40):
            width, depth = rng.uniform(12, 28), rng.uniform(9, 14)
            outline = shapely.affinity.rotate(shapely.box(x, y, x + width, y + depth), rng.uniform(-15, 15))
            houses.append(SimpleNamespace(geometry=outline, height_m=float(rng.uniform(6, 30)), is_home=True))
    wanted = sun_hours(houses, step_min=1.0)  # type: ignore[arg-type]
    bodies = bodies_of(*(house.geometry for house in houses), height_m=[house.height_m for house in houses])
    walls = bodies.walls
    fronts = np.flatnonzero((walls.normal[:, 1] < -0.35) & (walls.length_m >= 4))
    found = sunlight_hours(bodies, fronts, np.ones(len(fronts), np.int64), np.full(len(fronts), 3.0),
                           latitude_deg=LATITUDE_DEG, rule=SunRule(least_min=1.0))  # fmt: skip
    least = [values.min() for values in wanted]
    mean = [values.mean() for values in wanted]
    shortest = [found.least_h[walls.body[found.wall] == number].min() for number in range(16)]
    average = [np.average(found.mean_h[walls.body[found.wall] == number],
                          weights=found.windows[walls.body[found.wall] == number]) for number in range(16)]  # fmt: skip
    assert len(great_cold_sun(1.0).east) == 480
    assert min(least) < 6  # shade does matter here
    assert shortest == pytest.approx(least, abs=3 / 60)
    assert average == pytest.approx(mean, abs=2 / 60)


def test_neither_processes_nor_tiles_change_the_hours() -> None:
    bodies = bodies_of(*(shapely.box(0, y, 30, y + 10) for y in range(0, 90, 30)), height_m=[12, 24, 18])
    wall = np.flatnonzero(bodies.walls.normal[:, 1] < -0.5)
    one, two = light(bodies, wall, storeys=4), light(bodies, wall, storeys=4, tile_m=20.0, processes=2)
    assert one.least_h.tolist() == two.least_h.tolist()
    assert one.wall.tolist() == two.wall.tolist()


def test_the_sun_of_a_lone_oblique_wall_is_when_it_faces_the_sun() -> None:
    outline = shapely.affinity.rotate(shapely.box(0, 0, 20, 10), 50, origin=(0, 0))
    bodies = bodies_of(outline, height_m=[9])
    wall = facing(bodies, 0, 130)
    elevation, azimuth = sun_position(GREAT_COLD, 31.48)
    lit = np.cos(np.radians(azimuth - 130)) > 0
    assert light(bodies, wall).least_h == pytest.approx([lit.sum() / 60])
    assert SILL_M == 0.9
    assert elevation.min() > 0


def test_a_wall_above_nothing_has_no_rows() -> None:
    bodies = bodies_of(height_m=[])
    assert len(light(bodies, np.empty(0, np.int64)).wall) == 0


def test_a_storey_without_height_is_refused() -> None:
    bodies = bodies_of(shapely.box(0, 0, 9, 9), height_m=[9])
    with pytest.raises(ValueError, match="above 0"):
        sunlight_hours(bodies, np.array([0]), np.array([1]), np.array([0.0]), latitude_deg=31.0)
