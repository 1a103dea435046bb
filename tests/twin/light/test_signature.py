"""Signatures: the light of surfaces from counted horizons, against the light of their cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from pvlib import atmosphere, irradiance

from twin.light.dome import Dome
from twin.light.irradiation import Planes, irradiate
from twin.light.relief import ArraySurface, Box, make_relief
from twin.light.signature import LitCells, Signature, light_cells
from twin.light.sky import find_sun, make_sky

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.light.sky import Sky
    from twin.weather.year import WeatherYear

DOME = Dome(azimuths=64)
TILT, FACING = np.array([0.0, 25.0, 40.0, 90.0]), np.array([0.0, 180.0, 75.0, 330.0])
PLANES = Planes.of(TILT, FACING)


@pytest.fixture(scope="module")
def labels() -> np.ndarray:
    """Return four surfaces of a town's cells, and cells of none."""
    label = np.full((80, 80), -1, np.int32)
    label[10:25, 10:30], label[40:60, 5:20], label[35:45, 40:70], label[60:75, 50:60] = 0, 1, 2, 3
    return label


@pytest.fixture(scope="module")
def cells(draw_town: Callable[..., np.ndarray], labels: np.ndarray) -> LitCells:
    """Return what the surfaces' cells see."""
    relief = make_relief(ArraySurface.of(draw_town(80, 14)), Box(0, 80, 0, 80), DOME, cell_m=1.0)
    return light_cells(relief, DOME, labels)


@pytest.fixture(scope="module")
def signature(cells: LitCells) -> Signature:
    """Return their signature."""
    return Signature.of(DOME, cells.count(DOME, 4))


@pytest.fixture(scope="module")
def sky(year: WeatherYear) -> Sky:
    """Return the year's sky."""
    return make_sky(year.hours, year.latitude_deg, year.longitude_deg, altitude_m=year.altitude_m, dome=DOME)


def test_annual_of_a_signature_is_the_mean_of_its_cells(cells: LitCells, signature: Signature, sky: Sky) -> None:
    each = cells.irradiation(PLANES[cells.label], sky)
    mean = np.bincount(cells.label, each) / np.bincount(cells.label)
    np.testing.assert_allclose(signature.irradiation(PLANES, sky)[:, 0], mean, rtol=1e-5)


def test_cells_have_the_irradiation_of_the_whole_surface(
    cells: LitCells, draw_town: Callable[..., np.ndarray], labels: np.ndarray, sky: Sky
) -> None:
    slope, aspect = TILT[labels.clip(0)], FACING[labels.clip(0)]
    every = irradiate(draw_town(80, 14), sky, cell_m=1, slope_deg=slope, aspect_deg=aspect)
    np.testing.assert_allclose(cells.irradiation(PLANES[cells.label], sky), every.ravel()[cells.cell], rtol=1e-5)


def test_shares_of_a_surface_add_up_in_every_sector(signature: Signature, cells: LitCells) -> None:
    np.testing.assert_allclose(signature.share.sum(axis=2), 1, rtol=1e-6)
    np.testing.assert_array_equal(cells.count(DOME, 4).sum(axis=2), [[n] * 64 for n in np.bincount(cells.label)])


def test_signature_survives_packing(signature: Signature, sky: Sky) -> None:
    packed = signature.pack()
    again = Signature.unpack(DOME, packed)
    assert [len(row) for row in packed] == [64 * 32 * 2] * 4
    np.testing.assert_allclose(again.share, signature.share, atol=2 / 65535)
    np.testing.assert_allclose(again.share.sum(axis=2), 1, rtol=1e-6)
    np.testing.assert_allclose(again.irradiation(PLANES, sky), signature.irradiation(PLANES, sky), rtol=1e-4)
    assert again.pack() == packed


def test_surface_without_cells_sees_the_whole_sky(sky: Sky) -> None:
    free = Signature.of(DOME, np.zeros((1, 64, 33), np.uint32))
    flat = Planes.of(np.zeros(1), np.zeros(1))
    assert free.irradiation(flat, sky)[0, 0] == pytest.approx(sky.ghi[0], rel=1e-4)
    assert free.sky_view(flat, sky)[0] == pytest.approx(1, rel=1e-5)


def test_only_chosen_cells_are_counted(cells: LitCells) -> None:
    only = np.arange(len(cells.cell)) % 2 == 0
    counts = cells.count(DOME, 4, only=only)
    np.testing.assert_array_equal(counts[:, 0].sum(axis=1), np.bincount(cells.label[only]))


def test_hourly_beam_is_the_mean_of_the_cells_own(cells: LitCells, signature: Signature, year: WeatherYear) -> None:
    sun = find_sun(year.hours.index, year.latitude_deg, year.longitude_deg, altitude_m=year.altitude_m)
    seen = signature.sun_seen(sun)
    assert seen.shape == (4, len(sun.hour))
    for number in range(5, len(sun.hour), 311):
        hidden = cells.hidden[DOME.sector(sun.azimuth_deg[number])]
        free = DOME.openness(sun.elevation_deg[[number]])[0][hidden]
        expected = np.bincount(cells.label, free) / np.bincount(cells.label)
        np.testing.assert_allclose(seen[:, number], expected, atol=1e-5)


def test_hours_add_up_to_the_year(signature: Signature, year: WeatherYear, sky: Sky) -> None:
    """
    Beam and circumsolar light by the sun that is seen, the even light by the view of the sky, the band by what a wall
    leaves of it: the split of pvlib's Perez, within 0.3 % of the annual sum; the upright surface is left out, for its
    cells differ in what they see of the band before it.
    """
    sun = find_sun(year.hours.index, year.latitude_deg, year.longitude_deg, altitude_m=year.altitude_m)
    dni, dhi = (year.hours[name].to_numpy()[sun.hour] for name in ("dni", "dhi"))
    day = np.asarray(year.hours.index.day_of_year)[sun.hour]
    zenith = 90 - sun.elevation_deg
    seen, view = signature.sun_seen(sun), signature.sky_view(PLANES, sky)
    night = np.setdiff1d(np.arange(len(year.hours)), sun.hour)
    dark = year.hours["dhi"].to_numpy()[night].sum()
    band = np.asarray([horizon_seen(signature, surface) for surface in range(4)])
    annual = signature.irradiation(PLANES, sky)[:, 0]
    for surface in range(3):
        tilt, facing = TILT[surface], FACING[surface]
        parts = irradiance.perez(tilt, facing, dhi, dni, np.asarray(irradiance.get_extra_radiation(day)), zenith,
                                 sun.azimuth_deg, atmosphere.get_relative_airmass(zenith), return_components=True)
        level = irradiance.perez(0, 0, dhi, dni, np.asarray(irradiance.get_extra_radiation(day)), zenith,
                                 sun.azimuth_deg, atmosphere.get_relative_airmass(zenith), return_components=True)
        known = np.isfinite(parts["poa_isotropic"])
        even = np.where(known, level["poa_isotropic"], dhi)
        cosine = np.maximum(irradiance.aoi_projection(tilt, facing, zenith, sun.azimuth_deg), 0)
        beam = dni * cosine + np.nan_to_num(parts["poa_circumsolar"])
        total = (seen[surface] * beam + even * view[surface]
                 + np.nan_to_num(parts["poa_horizon"]) * band[surface]).sum() + dark * view[surface]
        assert total / 1000 == pytest.approx(annual[surface], rel=0.003)


def horizon_seen(signature: Signature, surface: int) -> float:
    """Return how much of the band, 6.5 degrees high, a surface sees in the directions that it faces."""
    free = DOME.openness((np.arange(65) + 0.5) / 10).mean(axis=0)
    ahead = np.radians(DOME.azimuth_deg)
    weight = np.maximum(PLANES.east[surface] * np.sin(ahead) + PLANES.north[surface] * np.cos(ahead), 0)
    return float((signature.share[surface] @ free * weight).sum() / weight.sum()) if weight.sum() else 1.0
