"""What new buildings take from roofs: against single rays, and against the sweep over a raster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from layers.solar.overshadow import Roofs, change_horizons, change_signature, lay_points, light_on
from twin.light.dome import Dome
from twin.light.irradiation import Planes
from twin.light.rays import City
from twin.light.relief import ArraySurface, Box, make_relief
from twin.light.signature import Signature, light_cells
from twin.light.sky import make_sky
from twin.weather.typical import typical_year

if TYPE_CHECKING:
    from twin.light.sky import Sky

DOME = Dome(azimuths=64)
SIDE = 160  # of the scene [m]


def flat(*boxes: tuple[float, float, float, float, float]) -> Roofs:
    """Return flat roofs on ground at 0: west, south, east, north, height. [m]"""
    given = np.array(boxes, dtype=float).reshape(-1, 5)
    planes = np.column_stack([given[:, 4], np.zeros((len(given), 2))])
    return Roofs(np.asarray(shapely.box(*given[:, :4].T), dtype=object), planes, np.zeros(len(given)))


HOUSES = flat((60, 60, 80, 75, 9), (90, 60, 104, 80, 12), (40, 84, 70, 96, 6))
TOWER = flat((70, 40, 86, 52, 45))
NOTHING = flat()


@pytest.fixture(scope="module")
def sky() -> Sky:
    year = typical_year(31.45, 121.1)
    assert year is not None
    return make_sky(year.hours, year.latitude_deg, year.longitude_deg, altitude_m=year.altitude_m, dome=DOME)


def city(*roofs: Roofs) -> City:
    return City.from_triangles(np.concatenate([item.triangles()[0] for item in roofs]))


def raster(*roofs: Roofs) -> tuple[np.ndarray, np.ndarray]:
    """Return heights of a scene north up, and the number of the roof of each cell."""
    surface, label = np.zeros((SIDE, SIDE), np.float32), np.full((SIDE, SIDE), -1, np.int32)
    number = 0
    for item in roofs:
        for outline, plane in zip(item.outlines, item.planes, strict=True):
            west, south, east, north = (round(value) for value in outline.bounds)
            surface[SIDE - north : SIDE - south, west:east] = plane[0]
            label[SIDE - north : SIDE - south, west:east] = number
            number += 1
    return surface, label


def swept(sky: Sky, *roofs: Roofs) -> np.ndarray:
    """Return the irradiation of the houses' roofs by the sweep. [kWh/m2]"""
    surface, label = raster(*roofs)
    relief = make_relief(ArraySurface.of(surface), Box(0, SIDE, 0, SIDE), DOME, cell_m=1.0)
    cells = light_cells(relief, DOME, np.where(label < len(HOUSES), label, -1))
    level = Planes.rising(np.zeros(len(HOUSES)), np.zeros(len(HOUSES)))
    return Signature.of(DOME, cells.count(DOME, len(HOUSES))).irradiation(level, sky)[:, 0]


def test_solids_have_the_area_of_their_roofs_and_walls() -> None:
    triangles, roof = TOWER.triangles()
    area = np.linalg.norm(np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]), axis=1) / 2
    assert area.sum() == pytest.approx(16 * 12 + 2 * (16 + 12) * 45)
    assert set(roof) == {0}


def test_points_lie_on_their_roofs() -> None:
    points = lay_points(HOUSES, most=50)
    assert np.bincount(points.roof).tolist() == pytest.approx([50, 50, 50], abs=15)
    inside = shapely.contains_xy(HOUSES.outlines[points.roof], points.place[:, 0], points.place[:, 1])
    assert inside.all()
    np.testing.assert_allclose(points.place[:, 2], HOUSES.planes[points.roof, 0], atol=0.05)


def test_horizons_are_those_of_single_rays() -> None:
    points = lay_points(HOUSES, most=20)
    before, after = change_horizons(points, city(HOUSES), NOTHING, TOWER, DOME)
    whole = [city(HOUSES), city(HOUSES, TOWER)]
    changed = np.argwhere(before != after)
    assert len(changed) > 100
    for point, sector in changed[:: max(len(changed) // 60, 1)]:
        azimuth = np.radians(DOME.azimuth_deg[sector])
        for hidden, scene in ((before, whole[0]), (after, whole[1])):
            level = np.radians(DOME.level_deg)
            way = np.column_stack([np.cos(level) * np.sin(azimuth), np.cos(level) * np.cos(azimuth), np.sin(level)])
            blocked = scene.occluded(np.repeat(points.place[point][None], DOME.levels, axis=0), way)
            assert hidden[point, sector] == blocked.sum()


def test_sectors_without_the_change_stay_as_they_are() -> None:
    points = lay_points(HOUSES, most=20)
    before, after = change_horizons(points, city(HOUSES), NOTHING, TOWER, DOME)
    north = np.cos(np.radians(DOME.azimuth_deg)) > 0.5  # the tower stands to the south
    assert (before[:, north] == after[:, north]).all()


def test_light_on_roofs_agrees_with_the_sweep(sky: Sky) -> None:
    level = Planes.rising(np.zeros(3), np.zeros(3))
    free = Signature.open(DOME, 3).irradiation(level, sky)[:, 0]
    whole, _, energy = light_on(lay_points(HOUSES, most=400), city(HOUSES, TOWER), sky, level, free, bright_share=0.75)
    found = whole.irradiation(level, sky)[:, 0]
    np.testing.assert_allclose(found, swept(sky, HOUSES, TOWER), rtol=0.01)
    assert energy.max() <= free[0] * (1 + 1e-5)


def test_what_a_tower_takes_agrees_with_the_sweep(sky: Sky) -> None:
    level = Planes.rising(np.zeros(3), np.zeros(3))
    before, after = swept(sky, HOUSES), swept(sky, HOUSES, TOWER)
    points = lay_points(HOUSES)
    known = light_on(points, city(HOUSES), sky, level, np.full(3, 1e9), bright_share=0.0)[0]
    changed = change_signature(known, points, *change_horizons(points, city(HOUSES), NOTHING, TOWER, DOME))
    lost = (known.irradiation(level, sky) - changed.irradiation(level, sky))[:, 0]
    assert (before - after).max() > 0.1 * before.max()
    np.testing.assert_allclose(lost, before - after, atol=0.01 * before.max())


def test_what_goes_and_comes_alike_changes_nothing(sky: Sky) -> None:
    points = lay_points(HOUSES)
    before, after = change_horizons(points, city(HOUSES), TOWER, TOWER, DOME)
    assert (before == after).all()
    known = Signature.open(sky.dome, 3)
    np.testing.assert_array_equal(change_signature(known, points, before, after).share, known.share)


def test_what_goes_gives_what_it_took_when_it_came() -> None:
    points = lay_points(HOUSES)
    came = change_horizons(points, city(HOUSES), NOTHING, TOWER, DOME)
    went = change_horizons(points, city(HOUSES), TOWER, NOTHING, DOME)
    np.testing.assert_array_equal(came[0], went[1])
    np.testing.assert_array_equal(came[1], went[0])


def test_nothing_behind_what_stands_already_is_lost() -> None:
    # a low block behind a high wall, as seen from the house
    wall, block, house = flat((40, 50, 120, 55, 60)), flat((60, 20, 100, 40, 20)), flat((70, 60, 90, 70, 9))
    before, after = change_horizons(lay_points(house), city(house, wall), NOTHING, block, DOME)
    assert (before == after).all()
