"""How much faster a zone's hourly yield is than pvlib's chain, surface by surface, on the same core in the same run."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from pvlib import atmosphere, iam, inverter, irradiance, pvsystem, solarposition, temperature

import layers
from layers.solar.pv import ac_yield, plane_of_array, split_sky, system_loss
from layers.solar.pv_settings import PvSettings
from twin.factors import read_factors

if TYPE_CHECKING:
    from layers.solar.pv import Array

SURFACES = 512
CHUNK = 32
LEAST_RATIO = 15.0


@pytest.fixture(scope="module")
def settings() -> PvSettings:
    table = read_factors([Path(layers.__file__).parent / "solar" / "factors.csv"])
    return PvSettings.from_factors(dict(zip(table["quantity"], table["value"], strict=True)))


@pytest.fixture(scope="module")
def year() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the daylight hours of a hazy year at 31.45 N, 121.1 E."""
    index = pd.date_range("2025-01-01 00:30", periods=8760, freq="h", tz="UTC")
    sun = solarposition.get_solarposition(index, 31.45, 121.1)
    sun = sun[sun["apparent_zenith"] < 90]
    height = np.cos(np.radians(sun["apparent_zenith"]))
    hours = pd.DataFrame({"dni": 500 * height**0.3, "dhi": 250 * height, "temp_air": 18.0, "wind_speed": 3.0},
                         index=sun.index)
    return hours.assign(ghi=hours["dhi"] + hours["dni"] * height), sun


def by_pvlib(hours: pd.DataFrame, sun: pd.DataFrame, tilt: float, azimuth: float, settings: PvSettings) -> float:
    """Return the yield of one surface by pvlib's own functions."""
    place = (tilt, azimuth, sun["apparent_zenith"], sun["azimuth"])
    poa = irradiance.get_total_irradiance(
        *place, hours["dni"], hours["ghi"], hours["dhi"], albedo=settings.albedo, model="perez",
        dni_extra=irradiance.get_extra_radiation(hours.index.day_of_year.to_numpy()),
        airmass=atmosphere.get_relative_airmass(sun["apparent_zenith"]))
    module = settings.module
    cell = temperature.noct_sam(poa["poa_global"], hours["temp_air"], hours["wind_speed"], module.noct_c,
                                module.power_density_w_per_m2 / 1000)
    through = iam.physical(irradiance.aoi(*place), n_ar=settings.glass.coating_index)
    light = poa["poa_direct"] * through + poa["poa_diffuse"] * 0.95  # pvlib has no table of diffuse modifiers at hand
    power = pvsystem.pvwatts_dc(light, cell, 1.0, module.temperature_coefficient_per_k)
    power *= 1 - system_loss(settings.losses)
    return float(inverter.pvwatts(power, 1 / (settings.inverter.dc_ac_ratio * settings.inverter.efficiency)).sum())


def test_yield_of_many_surfaces_is_faster_than_pvlib_one_by_one(
    benchmark, year: tuple[pd.DataFrame, pd.DataFrame], settings: PvSettings) -> None:
    hours, sun = year
    random = np.random.default_rng(2)
    tilt, azimuth = random.uniform(0, 45, SURFACES), random.uniform(0, 360, SURFACES)
    temp_air, wind_speed = hours["temp_air"].to_numpy(), hours["wind_speed"].to_numpy()

    def ours() -> Array:
        sky = split_sky(hours, sun)
        chunks = [slice(start, start + CHUNK) for start in range(0, SURFACES, CHUNK)]
        return np.concatenate([ac_yield(
            plane_of_array(sky, tilt_deg=tilt[chunk], azimuth_deg=azimuth[chunk], albedo=settings.albedo),
            temp_air, wind_speed, settings=settings, mount="rack").sum(axis=1) for chunk in chunks])

    start = time.process_time()
    peers = 32
    theirs = np.array([by_pvlib(hours, sun, tilt[number], azimuth[number], settings) for number in range(peers)])
    peer = (time.process_time() - start) / peers * SURFACES

    start = time.process_time()
    energy = benchmark.pedantic(ours, rounds=5)
    own = (time.process_time() - start) / 5
    print(f"{SURFACES} x {len(hours)} hours: {own:.2f} s of a core, pvlib {peer:.2f} s, {peer / own:.0f} times")
    assert energy[:peers] == pytest.approx(theirs, rel=0.02)
    assert peer / own > LEAST_RATIO
