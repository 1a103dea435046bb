"""The sun on a zone: roofs, what modules on them would feed in, and the light on facades."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from layers.solar.facade import find_facades
from layers.solar.pv_settings import PvSettings
from layers.solar.roof import RoofRule
from layers.solar.roofs import light_roofs
from layers.solar.scene import make_scene
from layers.solar.surfaces import Surfaces, find_surfaces
from layers.solar.uncertainty import add_intervals, sigma_of_bounds
from layers.solar.walls import make_bodies, make_walls
from layers.solar.yields import MONTHS, find_yields
from twin.crs import grid_convergence, to_degrees
from twin.database import load_frame
from twin.digits import round_frame
from twin.light.dome import Dome
from twin.light.irradiation import Planes
from twin.light.sky import make_sky
from twin.light.sun import GREAT_COLD, WINTER_SOLSTICE
from twin.light.sunlight import SunRule
from twin.spread import Z_95
from twin.weather.zone import zone_weather

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb
    from numpy.typing import NDArray

    from layers.contract import Column, Site, Thing
    from layers.solar.roofs import RoofLight
    from twin.light.sky import Sky
    from twin.settings import SolarSettings
    from twin.weather.year import WeatherYear

AZIMUTHS = 64  # a surface has many cells, whose errors level out
WALL_AZIMUTHS = 128  # walls have fewer


def compute_solar(connection: duckdb.DuckDBPyConnection, site: Site, things: Mapping[str, Thing]) -> None:
    """
    Make the tables of bodies, of roof surfaces, their signatures and the hours; without weather only bodies.

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
    middle = connection.execute("select st_x(st_centroid(geometry)), st_y(st_centroid(geometry)) from zone").fetchone()
    east, north = middle or (0.0, 0.0)
    longitude, latitude = to_degrees(site.crs, (east, north))
    year = zone_weather(site.zone, site.checks, latitude, longitude)
    standing = connection.execute("select count(*) from building where status = 'existing'").fetchone()
    frames: dict[str, pd.DataFrame] = {}
    if standing and standing[0]:
        surfaces = find_surfaces(connection, RoofRule.from_factors(factors))
        frames = {"building_body": gpd.GeoDataFrame(make_bodies(surfaces), geometry="geometry", crs=site.crs)}
    if year is not None and frames:
        settings = _with_own_weather(PvSettings.from_factors(factors), year)
        frames |= _compute(connection, site, surfaces, year, settings, (east, north))
    load_frame(connection, "solar_weather", pd.DataFrame({"source": [year.source if year else None]}))
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
    middle: tuple[float, float],
) -> dict[str, pd.DataFrame]:
    """Return the layer's frames by their table; hours of sun are those at the zone's middle, light is the weather's."""
    convergence_deg = grid_convergence(site.crs, middle)
    _, latitude = to_degrees(site.crs, middle)
    sky, wall_sky = (
        make_sky(year.hours, year.latitude_deg, year.longitude_deg, altitude_m=year.altitude_m,
                 convergence_deg=convergence_deg, months=year.months, dome=Dome(azimuths=azimuths))
        for azimuths in (AZIMUTHS, WALL_AZIMUTHS)
    )
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
    frame = pd.concat([told, add_intervals(yields.frame, settings.sigma)], axis=1)
    roofs = gpd.GeoDataFrame(round_frame(frame), geometry=surfaces.in_space(), crs=site.crs)
    whole, bright = light.whole.pack(), light.bright.pack()
    signature = pd.DataFrame({
        "surface_id": surfaces.frame["surface_id"], "azimuths": sky.dome.azimuths, "levels": sky.dome.levels,
        "seen": whole, "seen_bright": [own if own != all_ else None for own, all_ in zip(bright, whole, strict=True)],
    })
    site.say("layer solar: light on facades")
    fronts = find_facades(connection, wall_sky, latitude_deg=latitude, convergence_deg=convergence_deg,
                          surfaces=surfaces, albedo=site.zone.solar.albedo, rule=sun_rule(site.zone.solar),
                          processes=None)
    facades = _told_facades(fronts.frame, surfaces, site, settings, convergence_deg)
    return {"roof_surface": roofs, "roof_signature": signature, "roof_power": yields.curves,
            "facade_surface": facades, "solar_hour": round_frame(_hours(year, yields.power_kw))}


def _hours(year: WeatherYear, power_kw: NDArray[np.float64]) -> pd.DataFrame:
    """Return the weather of every hour, and what all modules together give in it."""
    moments = pd.DatetimeIndex(year.hours.index)
    return pd.DataFrame({
        "hour": np.arange(1, len(moments) + 1), "moment": moments.strftime("%Y-%m-%dT%H:%MZ"),
        "ghi_w_per_m2": year.hours["ghi"].to_numpy(), "dni_w_per_m2": year.hours["dni"].to_numpy(),
        "dhi_w_per_m2": year.hours["dhi"].to_numpy(), "temp_air_degc": year.hours["temp_air"].to_numpy(),
        "wind_speed_m_per_s": year.hours["wind_speed"].to_numpy(), "pv_power_kw": power_kw,
    })


def sun_rule(told: SolarSettings) -> SunRule:
    """Return the sunlight rule of a zone's settings."""
    usual = GREAT_COLD if told.sunlight_day == "great_cold" else WINTER_SOLSTICE
    window = usual if told.sunlight_from_h is None or told.sunlight_until_h is None else replace(
        usual, start_h=told.sunlight_from_h, end_h=told.sunlight_until_h)
    return SunRule(window, told.sunlight_run_min)


def _told_facades(
    found: gpd.GeoDataFrame, surfaces: Surfaces, site: Site, settings: PvSettings, convergence_deg: float
) -> gpd.GeoDataFrame:
    """Return the facades with intervals, and drawn as upright polygons up to the roof where the roof is known."""
    sigma = settings.sigma
    spread = Z_95 * np.sqrt(
        sigma.weather_year**2 + sigma.weather_data**2 + sigma.shading**2 + settings.facade_sigma_model**2)
    frame = pd.DataFrame(found.drop(columns="geometry"))
    at = list(frame.columns).index("irradiation_kwh_per_m2_a")
    year = frame["irradiation_kwh_per_m2_a"]
    frame.insert(at + 1, "irradiation_kwh_per_m2_a_low", (year * (1 - spread)).clip(lower=0))
    frame.insert(at + 2, "irradiation_kwh_per_m2_a_high", year * (1 + spread))
    walls = make_walls(surfaces, convergence_deg=convergence_deg)
    drawn = dict(zip(zip(walls["building_id"], walls["orientation"], strict=True), walls["geometry"], strict=True))
    keys = zip(frame["building_id"], frame["orientation"], strict=True)
    shapes = [drawn.get(key, foot) for key, foot in zip(keys, found.geometry, strict=True)]
    return gpd.GeoDataFrame(round_frame(frame), geometry=shapes, crs=site.crs)


def _told(
    surfaces: Surfaces, light: RoofLight, sky: Sky, settings: PvSettings, convergence_deg: float
) -> pd.DataFrame:
    """Return what is told of every surface and its light."""
    plane = Planes.rising(surfaces.coefficients[:, 1], surfaces.coefficients[:, 2])
    months = light.whole.irradiation(plane, sky)
    year, bright = months.sum(axis=1), light.bright.irradiation(plane, sky).sum(axis=1)
    sigma = settings.sigma
    spread = Z_95 * np.sqrt(
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


def _empty(thing: Thing, site: Site) -> pd.DataFrame:
    """Return a table of things without a row, its columns of their types."""
    def dtype(column: Column) -> str:
        return "float64" if column.unit else "object"

    plain = pd.DataFrame({thing.key: pd.Series(dtype="object")}
                         | {column.name: pd.Series(dtype=dtype(column)) for column in thing.columns})
    return gpd.GeoDataFrame(plain, geometry=gpd.GeoSeries([], crs=site.crs)) if thing.is_drawn else plain
