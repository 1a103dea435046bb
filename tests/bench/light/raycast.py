"""The plain reference: rays against the town's triangles, one by one; no horizon, no bins, no raster."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tests.bench.light.scene import triangulate
from tests.bench.light.weather import point_to

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

    from tests.bench.light.scene import Points, Scene

LIFT_M = 0.01  # Embree counts in single precision: 1e-4 m at the far side of a town of 1 km
RAYS_AT_ONCE = 2_000_000


class Town:
    """
    A scene made ready for rays.

    Parameters
    ----------
    scene
        The town; its middle becomes the origin, since Embree counts in single precision.
    """

    def __init__(self, scene: Scene) -> None:
        from embreex.mesh_construction import TriangleMesh
        from embreex.rtcore_scene import EmbreeScene

        self._middle_m = np.array([scene.side_m / 2, scene.side_m / 2, 0])
        self._embree = EmbreeScene()
        TriangleMesh(self._embree, (triangulate(scene) - self._middle_m).astype(np.float32))

    def see(self, points: Points, directions: NDArray[np.float64]) -> NDArray[np.bool_]:
        """
        Return whether points see the sky in given directions; those behind their own plane do not count as seen.

        Parameters
        ----------
        points
            Where rays start.
        directions
            Unit vectors. [-], shape (directions, 3)

        Returns
        -------
        seen
            [-], shape (points, directions)
        """
        starts = points.place_m + LIFT_M * points.normal
        seen = points.normal @ directions.T > 0
        at_once = max(1, RAYS_AT_ONCE // len(directions))
        for first in range(0, len(points), at_once):
            chosen = slice(first, first + at_once)
            place, ray = np.nonzero(seen[chosen])
            seen[chosen][place, ray] = ~self.strike(starts[chosen][place], directions[ray])
        return seen

    def strike(self, starts_m: NDArray[np.float64], directions: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return whether rays hit anything, one direction for each start. [m], [-], shape (rays, 3) each"""
        starts = (starts_m - self._middle_m).astype(np.float32)
        return self._embree.run(starts, directions.astype(np.float32), query="OCCLUDED") >= 0


def spread_rays(points: Points, count: int, *, seed: int = 17) -> NDArray[np.float64]:
    """
    Return random directions out of points, as dense as the cosine to the normal, evenly spread by a Sobol sequence.

    Parameters
    ----------
    count
        Rays from each point, a power of two.

    Returns
    -------
    directions
        [-], shape (points, count, 3)
    """
    from scipy.stats import qmc

    chance = np.random.default_rng(seed)
    place = qmc.Sobol(2, rng=chance).random(count)
    shift = chance.random((len(points), 1, 2))  # each point has the same rays, shifted
    turn, share = np.moveaxis((place + shift) % 1, -1, 0)
    flat, up = np.sqrt(share), np.sqrt(1 - share)
    helper = np.where(np.abs(points.normal[:, 2:]) > 0.9, [[1.0, 0, 0]], [[0.0, 0, 1]])
    first = np.cross(helper, points.normal)
    first /= np.linalg.norm(first, axis=1)[:, None]
    second = np.cross(points.normal, first)
    angle = 2 * np.pi * turn
    return ((flat * np.cos(angle))[..., None] * first[:, None] + (flat * np.sin(angle))[..., None] * second[:, None]
            + up[..., None] * points.normal[:, None])


def sum_beam(town: Town, points: Points, directions: NDArray[np.float64], beam: NDArray[np.float64]) -> NDArray:
    """
    Return the shaded beam that falls on points from a list of suns.

    Parameters
    ----------
    directions
        Towards the suns. [-], shape (suns, 3)
    beam
        Normal irradiation by each. [kWh/m2], shape (suns,)

    Returns
    -------
    irradiation
        [kWh/m2], shape (points,)
    """
    cosine = np.clip(points.normal @ directions.T, 0, None)
    return (town.see(points, directions) * cosine) @ beam


def sum_year_beam(town: Town, points: Points, hours: pd.DataFrame) -> NDArray[np.float64]:
    """Return the shaded beam of a year of hours, one sun an hour. [kWh/m2], shape (points,)"""
    lit = hours[hours["dni"] > 0]
    directions = point_to(lit["azimuth"].to_numpy(), lit["elevation"].to_numpy())
    return sum_beam(town, points, directions, lit["dni"].to_numpy() / 1e3)


def sum_sky(town: Town, points: Points, radiance: Callable[[NDArray, NDArray], NDArray], *,
            step_deg: float = 1.0) -> NDArray[np.float64]:
    """
    Return the shaded irradiation by a sky that is given as a function, integrated over small steps of the hemisphere.

    Parameters
    ----------
    radiance
        Of azimuth and elevation in degrees, summed over time. [kWh/(m2 sr)]
    step_deg
        Side of a step in elevation, and in azimuth at the horizon. [degrees]

    Returns
    -------
    irradiation
        [kWh/m2], shape (points,)
    """
    azimuth, elevation, solid_angle = divide_sky(step_deg)
    return sum_beam(town, points, point_to(azimuth, elevation), radiance(azimuth, elevation) * solid_angle)


def divide_sky(step_deg: float) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return azimuth, elevation [degrees] and solid angle [sr] of pieces of the sky, all of about the same size."""
    bands = round(90 / step_deg)
    edges = np.linspace(0, 90, bands + 1)
    azimuths, elevations, solid_angles = [], [], []
    for low, high in pairwise(edges):
        middle = (low + high) / 2
        count = max(8, round(360 / step_deg * np.cos(np.radians(middle))))
        azimuths.append((np.arange(count) + 0.5) * 360 / count)
        elevations.append(np.full(count, middle))
        share = (np.sin(np.radians(high)) - np.sin(np.radians(low))) * 2 * np.pi / count
        solid_angles.append(np.full(count, share))
    return np.concatenate(azimuths), np.concatenate(elevations), np.concatenate(solid_angles)
