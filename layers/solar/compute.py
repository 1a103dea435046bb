"""The sun on a zone: roofs, what modules on them would feed in, and the light on facades."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from layers.solar.pv_settings import PvSettings
from layers.solar.roofs import light_roofs
from layers.solar.scene import make_scene
from layers.solar.surfaces import Surfaces, find_surfaces
from layers.solar.uncertainty import sigma_of_bounds
from layers.solar.yields import MONTHS, add_intervals, find_yields
from twin.crs import grid_convergence, to_degrees
from twin.database import load_frame
from twin.light.dome import Dome
from twin.light.irradiation import Planes
from twin.light.sky import make_sky
from twin.weather.zone import zone_weather

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from layers.contract import Column, Site, Thing
    from layers.solar.roofs import RoofLight
    from twin.light.sky import Sky
    from twin.weather.year import WeatherYear

AZIMUTHS = 64  # a surface has many cells, whose errors level out
SHAPES = ("gabled", "hipped", "pyramidal", "shed", "sawtooth")
PITCH = "roof_pitch."
QUANTILE_95, QUANTILE_90 = NormalDist().inv_cdf(0.975), NormalDist().inv_cdf(0.9)


def compute_solar(connection: duckdb.DuckDBPyConnection, site: Site, things: Mapping[str, Thing]) -> None:
    """
    Make the tables of roof surfaces, their signatures and the hours of the zone; empty ones where there is no weather.

    Parameters
    ----------
    connection
        Database with the model.
    site
        The zone.
    things
        Columns of the tables to be made.

    Raises
    ------
    SourceError
        If the weather cannot be read.
    LayerError
        If a factor is missing.
    """
    factors = dict(connection.execute("select quantity, value from factor_in_force").fetchall())
    settings = PvSettings.from_factors(factors)
    middle = connection.execute("select st_x(st_centroid(geometry)), st_y(st_centroid(geometry)) from zone").fetchone()
    east, north = middle or (0.0, 0.0)
    longitude, latitude = to_degrees(site.crs, (east, north))
    year = zone_weather(site.zone, site.checks, latitude, longitude)
    surfaces = find_surfaces(connection, {shape: factors[PITCH + shape] for shape in SHAPES})
    frames: dict[str, pd.DataFrame] = {}
    if year is not None and len(surfaces):
        settings = _with_own_weather(settings, year)
        frames = _compute(connection, site, surfaces, year, settings, grid_convergence(site.crs, (east, north)))
    note = {"source": [year.source if year else None], "synthetic": [year.synthetic if year else None]}
    load_frame(connection, "solar_weather", pd.DataFrame(note))
    for table, thing in things.items():
        frame = frames.get(table)
        load_frame(connection, table, _empty(thing, site) if frame is None else frame)


def _with_own_weather(settings: PvSettings, year: WeatherYear) -> PvSettings:
    """Return settings whose doubt about the weather is that of the year's own bounds, where it has some."""
    if year.ghi_low == year.ghi_high:
        return settings
    spread = sigma_of_bounds(1.0, year.ghi_low, year.ghi_high, kind="minmax")
    return replace(settings, sigma=replace(settings.sigma, weather_data=spread))


def _compute(
    connection: duckdb.DuckDBPyConnection, site: Site, surfaces: Surfaces, year: WeatherYear, settings: PvSettings,
    convergence_deg: float,
) -> dict[str, pd.DataFrame]:
    """Return the layer's frames by their table."""
    sky = make_sky(year.hours, year.latitude_deg, year.longitude_deg, altitude_m=year.altitude_m,
                   convergence_deg=convergence_deg, months=year.months, dome=Dome(azimuths=AZIMUTHS))
    files = site.zone.files()
    site.say("layer solar: the zone on a grid")
    scene = make_scene(surfaces, crs=site.crs, cell_m=site.zone.solar.cell_m, dtm=files.get("terrain.dtm"),
                       dsm=files.get("terrain.dsm"))
    site.say("layer solar: light on roofs")
    light = light_roofs(surfaces, scene, sky, bright_share=settings.area.least_sun_share)
    site.say("layer solar: photovoltaics")
    uses = dict(connection.execute("select building_id, use from building").fetchall())
    use = surfaces.frame["building_id"].map(uses)
    yields = find_yields(surfaces, use, light, year, sky, settings, convergence_deg=convergence_deg)
    told = _told(surfaces, light, sky, settings, convergence_deg)
    frame = pd.concat([told, add_intervals(yields.frame, settings, QUANTILE_95, QUANTILE_90)], axis=1)
    roofs = gpd.GeoDataFrame(_rounded(frame), geometry=surfaces.in_space(), crs=site.crs)
    whole, bright = light.whole.pack(), light.bright.pack()
    signature = pd.DataFrame({
        "surface_id": surfaces.frame["surface_id"], "azimuths": sky.dome.azimuths, "levels": sky.dome.levels,
        "seen": whole, "seen_bright": [own if own != all_ else None for own, all_ in zip(bright, whole, strict=True)],
    })
    moments = pd.DatetimeIndex(year.hours.index)
    hours = pd.DataFrame({
        "hour": np.arange(1, len(moments) + 1), "moment": moments.strftime("%Y-%m-%dT%H:%MZ"),
        "ghi_w_per_m2": year.hours["ghi"].to_numpy(), "dni_w_per_m2": year.hours["dni"].to_numpy(),
        "dhi_w_per_m2": year.hours["dhi"].to_numpy(), "temp_air_degc": year.hours["temp_air"].to_numpy(),
        "wind_speed_m_per_s": year.hours["wind_speed"].to_numpy(), "pv_power_kw": yields.power_kw,
    })
    return {"roof_surface": roofs, "roof_signature": signature, "solar_hour": _rounded(hours)}


def _told(
    surfaces: Surfaces, light: RoofLight, sky: Sky, settings: PvSettings, convergence_deg: float
) -> pd.DataFrame:
    """Return what is told of every surface and its light."""
    plane = Planes.rising(surfaces.coefficients[:, 1], surfaces.coefficients[:, 2])
    months = light.whole.irradiation(plane, sky)
    year, bright = months.sum(axis=1), light.bright.irradiation(plane, sky).sum(axis=1)
    sigma = settings.sigma
    spread = QUANTILE_95 * np.sqrt(
        sigma.weather_year**2 + sigma.weather_data**2 + sigma.transposition**2 + sigma.shading**2)
    true_deg = np.where(surfaces.frame["tilt_deg"] > 0, surfaces.frame["azimuth_deg"] + convergence_deg, 180)
    frame = surfaces.frame.assign(
        azimuth_deg=true_deg % 360,
        irradiation_kwh_per_m2_a=year, irradiation_kwh_per_m2_a_low=year * (1 - spread),
        irradiation_kwh_per_m2_a_high=year * (1 + spread), irradiation_bright_kwh_per_m2_a=bright,
        irradiation_open_kwh_per_m2_a=light.open_kwh_per_m2, sky_view_factor=light.whole.sky_view(plane, sky),
    )
    for month in range(MONTHS):
        frame[f"irradiation_month_{month + 1}_kwh_per_m2"] = months[:, month]
    return frame


def _rounded(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with seven significant digits: beyond them processors may differ, and nobody measures."""
    numbers = frame.select_dtypes("float").columns
    rounded = frame.copy()
    for name in numbers:
        values = frame[name].to_numpy(dtype=np.float64)
        exponent = np.floor(np.log10(np.abs(np.where((values == 0) | ~np.isfinite(values), 1, values))))
        scale = 10.0 ** (6 - exponent)
        rounded[name] = np.round(values * scale) / scale
    return rounded


def _empty(thing: Thing, site: Site) -> pd.DataFrame:
    """Return a table of things without a row, its columns of their types."""
    def dtype(column: Column) -> str:
        return "float64" if column.unit else "object"

    plain = pd.DataFrame({thing.key: pd.Series(dtype="object")}
                         | {column.name: pd.Series(dtype=dtype(column)) for column in thing.columns})
    return gpd.GeoDataFrame(plain, geometry=gpd.GeoSeries([], crs=site.crs)) if thing.is_drawn else plain
