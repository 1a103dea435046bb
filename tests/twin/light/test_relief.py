"""Horizons: against rays marched in small steps, and of things whose elevation is worked out by hand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from twin.light.dome import Dome
from twin.light.relief import FACTOR, HALO, MOST_UNITS, ArraySurface, Box, hidden_levels, make_relief, thinned

if TYPE_CHECKING:
    from collections.abc import Callable

DOME = Dome()
NORTH, EAST, SOUTH, WEST = 0, 32, 64, 96  # sectors of 128


def horizons(heights: np.ndarray, sector: int, *, tile: Box | None = None, cell_m: float = 1.0) -> np.ndarray:
    """Return the hidden levels of a tile, or of all cells. shape (rows, columns)"""
    surface = ArraySurface.of(heights)
    tile = tile or Box(0, heights.shape[0], 0, heights.shape[1])
    return hidden_levels(make_relief(surface, tile, DOME, cell_m=cell_m), DOME, sector)


def levels_below(rise_m: float, away_m: float, dome: Dome = DOME) -> int:
    """Return how many levels an obstacle hides, by hand."""
    return int((dome.level_deg < math.degrees(math.atan2(rise_m, away_m))).sum())


def marched(heights: np.ndarray, azimuth_deg: float, *, beside: float = 0.0, step: float = 0.15) -> np.ndarray:
    """
    Return the levels that every cell's horizon hides, by a ray over the cells in small steps.

    The ray starts so many cells beside the middle; what stands on a cell begins where the ray enters it.
    """
    rows, columns = heights.shape
    across, down = math.sin(math.radians(azimuth_deg)), -math.cos(math.radians(azimuth_deg))
    row, column = np.mgrid[0:rows, 0:columns].astype(float)
    row, column = row + beside * across, column - beside * down
    found = np.full(heights.shape, -np.inf)
    for away in np.arange(0.5, math.hypot(rows, columns), step):
        there, aside = np.rint(row + down * away).astype(int), np.rint(column + across * away).astype(int)
        inside = (there >= 0) & (there < rows) & (aside >= 0) & (aside < columns)
        rise = heights[there.clip(0, rows - 1), aside.clip(0, columns - 1)] - heights
        found = np.where(inside, np.maximum(found, rise / away), found)
    return np.searchsorted(DOME.slope, found)


@pytest.mark.parametrize("sector", [0, 32, 64, 96, 16, 5, 27, 41, 77, 90, 110, 127])
def test_horizons_are_those_of_marched_rays(draw_town: Callable[..., np.ndarray], sector: int) -> None:
    """
    A sweep's line passes a cell anywhere: 97 % of the cells lie within one level of the rays that pass it.

    On the average over all cells horizons lie up to a quarter of a level below those of the rays through the middles:
    a line has one cell in each row, and does not meet the corners that a ray only grazes.
    """
    heights = draw_town(70, 9, gables=False)
    azimuth = float(DOME.azimuth_deg[sector])
    found = horizons(heights, sector).astype(int)
    rays = np.stack([marched(heights, azimuth, beside=beside) for beside in (-0.5, -0.25, 0.0, 0.25, 0.5)])
    near = (found >= rays.min(axis=0) - 1) & (found <= rays.max(axis=0) + 1)
    assert near.mean() >= 0.97
    assert -0.25 < found.mean() - rays[2].mean() < 0.05
    assert rays.max() > 20
    if sector % 32 == 0:  # along rows and columns lines are rays
        assert (np.abs(found - rays[2]) <= 1).all()


@pytest.mark.parametrize(("sector", "down", "across"), [(NORTH, -1, 0), (EAST, 0, 1), (SOUTH, 1, 0), (WEST, 0, -1)])
@pytest.mark.parametrize("away", [1, 2, 5, 20, 70])
def test_tower_stands_at_its_elevation(sector: int, down: int, across: int, away: int) -> None:
    """A tower of one cell; its wall stands half a cell before its middle."""
    heights = np.full((161, 161), 5.0, np.float32)
    heights[80, 80] = 35.0
    there = 80 - down * away, 80 - across * away
    found = horizons(heights, sector)
    assert found[there] == levels_below(30, away - 0.5)
    assert found[80, 80] == 0
    assert found[80 + down * away, 80 + across * away] == 0


@pytest.mark.parametrize("cell_m", [0.25, 1.0, 2.0])
def test_wall_begins_at_the_edge_of_its_cell(cell_m: float) -> None:
    heights = np.zeros((9, 40), np.float32)
    heights[:, 20:] = 10.0
    found = horizons(heights, EAST, cell_m=cell_m)
    for away in (1, 3, 10, 20):
        assert (found[:, 20 - away] == levels_below(10, (away - 0.5) * cell_m)).all()
    assert (found[:, 20:] == 0).all()


def test_slope_is_no_wall() -> None:
    """On a ramp the next cell's middle counts: its own slope, and no more, stands before a cell."""
    heights = np.tile(np.arange(60) * math.tan(math.radians(45)), (5, 1)).astype(np.float32)
    found = horizons(heights, EAST)
    assert (found[:, :-1] == levels_below(1, 1)).all()
    assert (horizons(heights, WEST) == 0).all()


def test_level_plain_has_a_free_horizon() -> None:
    for sector in range(0, 128, 9):
        assert (horizons(np.full((50, 70), 12.0), sector) == 0).all()


@pytest.mark.parametrize("sector", [0, 16])
def test_straight_and_diagonal_horizons_turn_with_the_scene(
    draw_town: Callable[..., np.ndarray], sector: int
) -> None:
    heights = draw_town(100, 20)
    for turns in (1, 2, 3):  # clockwise
        turned = horizons(np.ascontiguousarray(np.rot90(heights, -turns)), sector + 32 * turns)
        apart = np.abs(turned.astype(int) - np.rot90(horizons(heights, sector), -turns))
        assert apart.max() <= 1  # shadows fall by whole centimetres, which are rounded elsewhere after a turn
        assert (apart == 0).mean() > 0.995


@pytest.mark.parametrize("sector", [3, 7, 29])
def test_horizons_turn_with_the_scene_on_the_average(draw_town: Callable[..., np.ndarray], sector: int) -> None:
    """Lines pass other parts of the cells after a turn; the mean does not move."""
    heights = draw_town(100, 20)
    turned = horizons(np.ascontiguousarray(np.rot90(heights, -1)), sector + 32)
    assert abs(turned.mean() - horizons(heights, sector).mean()) < 0.2


@pytest.mark.parametrize(("sector", "row", "column"), [
    (NORTH, -600, 0), (EAST, 0, 600), (SOUTH, 600, 0), (WEST, 0, -600),
])
def test_tower_far_from_a_tile_is_seen_from_it(sector: int, row: int, column: int) -> None:
    """A block of 48 m, 600 m away, beyond the ring of the tile's own cells: seen in cells of 4 m, or of 16 m."""
    side, middle = 1536, 768
    heights = np.zeros((side, side), np.float32)
    heights[middle + row - 24 : middle + row + 24, middle + column - 24 : middle + column + 24] = 100.0
    tile = Box(middle - 4, middle + 4, middle - 4, middle + 4)
    found = horizons(heights, sector, tile=tile)
    assert levels_below(100, 600 - 24 + 16) <= found.min() <= found.max() <= levels_below(100, 600 - 24 - 16)
    for other in (NORTH, EAST, SOUTH, WEST):
        if other != sector:
            assert (horizons(heights, other, tile=tile) == 0).all()


def test_mountain_far_away_is_seen_in_coarse_cells() -> None:
    """A ridge of 1,500 m, 20 km to the south, in a fourth ring of cells of 96 m, from a tile in the middle."""

    class Coarse:
        """A flat surface of 41 km at four scales, with a ridge; of the finer ones only what is read is made."""

        depth = 4

        def shape(self, scale: int) -> tuple[int, int]:
            return 40_960 // FACTOR**scale, 40_960 // FACTOR**scale

        def read(self, scale: int, box: Box) -> np.ndarray:
            south_m = ((np.arange(box.top, box.bottom) + 0.5) * FACTOR**scale - 20_480) * 1.5
            ridge = np.where(np.abs(south_m - 20_000) < 240, 1500.0, 0.0)
            return np.repeat(ridge[:, None], box.right - box.left, axis=1).astype(np.float32)

    tile = Box(20_470, 20_490, 20_470, 20_490)
    relief = make_relief(Coarse(), tile, DOME, cell_m=1.5)
    assert [ring.cell_m for ring in relief.rings] == [1.5, 6, 24, 96]
    found = hidden_levels(relief, DOME, SOUTH)
    assert levels_below(1500, 20_000 - 240 + 96) <= found.min() <= found.max() <= levels_below(1500, 20_000 - 240 - 96)
    assert found.min() >= 3
    assert (hidden_levels(relief, DOME, NORTH) == 0).all()


def test_high_relief_does_not_overflow() -> None:
    """A cliff of 2,000 m, in units of 12.5 cm, and cells below and above it."""
    heights = np.zeros((40, 300), np.float32)
    heights[:, 150:] = 2000.0
    relief = make_relief(ArraySurface.of(heights), Box(0, 40, 0, 300), DOME, cell_m=10.0)
    assert relief.unit_m == pytest.approx(2000 / MOST_UNITS)
    found = hidden_levels(relief, DOME, EAST)
    for away in (1, 2, 10, 100, 149):
        assert abs(int(found[20, 150 - away]) - levels_below(2000, (away - 0.5) * 10)) <= 1
    assert (found[:, 150:] == 0).all()
    assert (hidden_levels(relief, DOME, WEST) == 0).all()


def test_every_sector_of_a_pit_is_hidden() -> None:
    heights = np.full((21, 21), 500.0, np.float32)
    heights[10, 10] = 0.0
    for sector in range(0, 128, 5):
        assert horizons(heights, sector)[10, 10] == DOME.levels


def test_surface_of_one_cell_sees_everything() -> None:
    assert horizons(np.zeros((1, 1)), EAST).tolist() == [[0]]
    assert horizons(np.zeros((1, 300)), 13).max() == 0


def test_coarser_scale_keeps_one_cell_of_sixteen() -> None:
    fine = np.arange(10 * 9, dtype=np.float32).reshape(10, 9)
    coarse = thinned(fine)
    assert coarse.shape == (3, 3)
    assert coarse[0, 0] == fine[2, 2]
    assert coarse[1, 1] == fine[6, 6]
    assert coarse[2, 2] == fine[9, 8]  # of what is not there the last cell stands in


def test_box_grows_to_whole_coarse_cells_inside_the_grid() -> None:
    assert Box(7, 9, 30, 31).grown(2, 4, (100, 32)) == Box(4, 12, 28, 32)
    assert Box(7, 9, 30, 31).coarser() == Box(1, 3, 7, 8)
    assert HALO % FACTOR == 0
