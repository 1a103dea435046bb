"""Slopes of roofs by their construction, walls left out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from twin.light.normals import surface_slope

if TYPE_CHECKING:
    from collections.abc import Callable


def gable(pitch_deg: float, *, cell_m: float = 1.0) -> np.ndarray:
    """Return a house on level ground, its ridge from west to east between two rows. [m], shape (40, 40)"""
    heights = np.zeros((40, 40), np.float32)
    away = np.abs(np.arange(10, 30) - 19.5) * cell_m
    heights[10:30, 8:32] = (20 - away * math.tan(math.radians(pitch_deg)))[:, None]
    return heights


@pytest.mark.parametrize("pitch", [5, 25, 45, 60])
@pytest.mark.parametrize("cell_m", [0.5, 1.0])
def test_gable_has_the_slope_of_its_construction(pitch: float, cell_m: float) -> None:
    slope, aspect = surface_slope(gable(pitch, cell_m=cell_m), cell_m=cell_m)
    north, south = slice(10, 19), slice(21, 30)  # all but the two rows at the ridge
    for rows, facing in ((north, 0), (south, 180)):
        np.testing.assert_allclose(slope[rows, 8:32], pitch, atol=0.01)
        apart = (aspect[rows, 8:32] - facing + 180) % 360 - 180
        np.testing.assert_allclose(apart, 0, atol=0.01)


def test_flat_roof_is_flat_at_its_edges_and_so_is_the_ground_at_its_foot() -> None:
    heights = np.zeros((30, 30), np.float32)
    heights[10:20, 10:20] = 12
    slope, aspect = surface_slope(heights, cell_m=1)
    assert slope.max() == 0
    assert aspect.max() == 0


@pytest.mark.parametrize("facing", [0, 45, 90, 200, 315])
def test_ramp_faces_where_it_falls(facing: float) -> None:
    south, east = np.mgrid[0:12, 0:15]
    across, down = math.sin(math.radians(facing)), -math.cos(math.radians(facing))
    heights = -0.4 * (east * across + south * down)
    slope, aspect = surface_slope(heights, cell_m=2)
    np.testing.assert_allclose(slope, math.degrees(math.atan(0.2)), atol=0.01)
    np.testing.assert_allclose((aspect - facing + 180) % 360 - 180, 0, atol=0.05)


def test_level_ground_faces_nowhere() -> None:
    slope, aspect = surface_slope(np.full((1, 5), 7.0), cell_m=1)
    assert slope.tolist() == aspect.tolist() == [[0, 0, 0, 0, 0]]


def test_slope_turns_with_the_surface(draw_town: Callable[..., np.ndarray]) -> None:
    heights = draw_town(60, 8)
    slope, aspect = surface_slope(heights, cell_m=1)
    turned, facing = surface_slope(np.rot90(heights, -1), cell_m=1)
    np.testing.assert_allclose(turned, np.rot90(slope, -1), atol=1e-4)
    steep = turned > 0.1
    apart = (facing - np.rot90(aspect, -1) - 90 + 180) % 360 - 180
    np.testing.assert_allclose(apart[steep], 0, atol=0.01)
