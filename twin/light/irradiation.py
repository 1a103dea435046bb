"""Irradiation of every cell of a surface: what comes from above the horizons that a sweep finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twin.light.normals import surface_slope
from twin.light.relief import ArraySurface, Box, hidden_levels, make_relief
from twin.light.sweep import kernel

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from twin.light.dome import Dome
    from twin.light.relief import Relief
    from twin.light.sky import Sky

    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]

FINENESS = 4096  # entries of the table that finds the level below which a plane hides the sky itself


def irradiate(
    surface_m: NDArray[np.floating], sky: Sky, *, cell_m: float, slope_deg: NDArray[np.floating] | None = None,
    aspect_deg: NDArray[np.floating] | None = None, mask: NDArray[np.bool_] | None = None, albedo: float = 0.0,
) -> Singles:
    """
    Return the irradiation of the cells of a surface in their own plane, shaded by the surface itself.

    Parameters
    ----------
    surface_m
        Heights, north up. [m], shape (rows, columns)
    sky
        The sky of the periods asked for.
    cell_m
        Side of a cell. [m]
    slope_deg, aspect_deg
        Tilt of each cell, and the direction it faces, clockwise from grid north; found from the heights where not
        given. [degrees], shape (rows, columns)
    mask
        Cells that are wanted; the others are NaN. shape (rows, columns)
    albedo
        Share of light that ground and walls reflect. [-]

    Returns
    -------
    irradiation
        Of each period, or of the only one. [kWh/m2], shape (periods, rows, columns) or (rows, columns)

    Raises
    ------
    ValueError
        If a height is not finite, or the shapes disagree.
    """
    if not np.isfinite(surface_m).all():
        message = "the surface has heights that are not finite; fill them first"
        raise ValueError(message)
    surface = ArraySurface.of(surface_m)
    tile = Box(0, surface_m.shape[0], 0, surface_m.shape[1])
    if slope_deg is None or aspect_deg is None:
        slope_deg, aspect_deg = surface_slope(surface.scales[0], cell_m=cell_m)
    for given in (slope_deg, aspect_deg, mask):
        if given is not None and given.shape != surface_m.shape:
            message = f"the surface has the shape {surface_m.shape}, slope, aspect or mask {given.shape}"
            raise ValueError(message)
    relief = make_relief(surface, tile, sky.dome, cell_m=cell_m)
    found = irradiate_tile(relief, sky, slope_deg, aspect_deg, mask=mask, albedo=albedo)
    return found if sky.periods > 1 else found[0]


def irradiate_tile(
    relief: Relief, sky: Sky, slope_deg: NDArray[np.floating], aspect_deg: NDArray[np.floating], *,
    mask: NDArray[np.bool_] | None = None, albedo: float = 0.0, say: Callable[[int], None] = lambda _: None,
) -> Singles:
    """Return the irradiation of a tile's cells. [kWh/m2], shape (periods, rows, columns); see :func:`irradiate`."""
    rows, columns = relief.tile.shape
    wanted = np.flatnonzero(mask.ravel()) if mask is not None else np.arange(rows * columns)
    plane = Planes.of(slope_deg.ravel()[wanted], aspect_deg.ravel()[wanted])
    tables = sky.vector
    if albedo:  # the share of the sky that each cell sees tells how much of the rest may reflect
        tables = np.concatenate([tables, sky.uniform[None]])
    tables = np.ascontiguousarray(tables.transpose(1, 2, 0, 3), dtype=np.float32)
    energy = np.zeros((tables.shape[2], len(wanted)), np.float32)
    lookup = plane_levels(sky.dome)
    for sector in range(sky.dome.azimuths):
        hidden = hidden_levels(relief, sky.dome, sector).ravel()
        azimuth = np.radians(sky.dome.azimuth_deg[sector])
        add_energy(energy, hidden, wanted, plane.east, plane.north, tables[sector], np.sin(azimuth), np.cos(azimuth),
                   lookup)
        say(sector)
    energy *= plane.up
    if albedo:
        energy = energy[:-1] + albedo * reflected(sky, plane.up, energy[-1])
    found = np.full((sky.periods, rows * columns), np.nan, np.float32)
    found[:, wanted] = energy
    return found.reshape(sky.periods, rows, columns)


class Planes:
    """
    The planes of cells, by how their normals lean.

    Attributes
    ----------
    east, north
        Parts of the normal divided by its upward part. [-], shape (cells,)
    up
        Upward part of the unit normal. [-], shape (cells,)
    """

    STEEPEST_DEG = 89.9

    def __init__(self, east: Singles, north: Singles, up: Singles) -> None:
        self.east, self.north, self.up = east, north, up

    def __getitem__(self, chosen: NDArray[np.integer]) -> Planes:
        """Return the planes of some cells, or one for each number of a list."""
        return Planes(self.east[chosen], self.north[chosen], self.up[chosen])

    @classmethod
    def rising(cls, east: Floats, north: Floats) -> Planes:
        """Return the planes that rise so much per metre eastward and northward. [-], shape (cells,)"""
        up = 1 / np.sqrt(1 + np.square(east) + np.square(north))
        return cls(*(np.asarray(part, dtype=np.float32) for part in (-east, -north, up)))

    @classmethod
    def of(cls, slope_deg: NDArray[np.floating], aspect_deg: NDArray[np.floating]) -> Planes:
        """Return the planes of slopes and the directions that they face. [degrees], shape (cells,)"""
        slope = np.radians(np.minimum(np.asarray(slope_deg, np.float32), np.float32(cls.STEEPEST_DEG)))
        aspect = np.radians(np.asarray(aspect_deg, np.float32))
        tilt = np.tan(slope)
        return cls(tilt * np.sin(aspect), tilt * np.cos(aspect), np.cos(slope))


def plane_levels(dome: Dome) -> NDArray[np.uint8]:
    """Return the number of levels below a slope t, by t / (1 + t) in equal steps. shape (FINENESS,)"""
    part = (np.arange(FINENESS) + 0.5) / FINENESS
    return np.searchsorted(dome.slope, part / (1 - part)).astype(np.uint8)


def reflected(sky: Sky, up: Singles, view: Singles) -> Singles:
    """
    Return what ground and walls around would reflect if they reflected all. [kWh/m2], shape (periods, cells)

    The ground that an open plane would see is lit like an open level surface; of the rest of what is no sky each part
    is lit like upright planes in the open on the average. Of one reflection, and without shade on what reflects.
    """
    ground = (1 - up) / 2
    rest = np.maximum(1 - view - ground, 0)
    around = np.stack([np.sin(np.radians(sky.dome.azimuth_deg)), np.cos(np.radians(sky.dome.azimuth_deg))], axis=1)
    upright = np.maximum(np.einsum("pkv,nv->pnk", sky.vector[:, :, 0, :2], around), 0).sum(axis=2).mean(axis=1)
    found: Singles = (sky.ghi[:, None] * ground + upright[:, None] * rest).astype(np.float32)
    return found


@kernel
def add_energy(
    energy: Singles, hidden: NDArray[np.uint8], wanted: NDArray[np.int64], east: Singles, north: Singles,
    table: Singles, toward_east: float, toward_north: float, lookup: NDArray[np.uint8],
) -> None:
    """
    Add the light of one sector, divided by the upward part of the normal.

    Parameters
    ----------
    energy
        Added to. shape (periods, cells)
    hidden
        Levels that the horizon hides. shape (all cells,)
    wanted
        Number of each cell among all. shape (cells,)
    east, north
        How the cells lean. shape (cells,)
    table
        Energy from above each horizon. shape (levels + 1, periods, 3)
    toward_east, toward_north
        Direction of the sector.
    lookup
        As :func:`plane_levels` gives it.
    """
    periods = energy.shape[0]
    for cell in range(len(wanted)):
        level = hidden[wanted[cell]]
        a, b = east[cell], north[cell]
        if a == 0 and b == 0:
            for period in range(periods):
                energy[period, cell] += table[level, period, 2]
            continue
        own = -(a * np.float32(toward_east) + b * np.float32(toward_north))
        if own > 0:
            level = max(level, lookup[int(own / (1 + own) * np.float32(FINENESS))])
        for period in range(periods):
            x = table[level, period]
            energy[period, cell] += a * x[0] + b * x[1] + x[2]
