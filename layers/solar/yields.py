"""What modules on every roof would feed in, hour by hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.solar.area import REASONS, capacity, module_area, usable_area
from layers.solar.pv import ac_yield, performance_ratio, plane_of_array, shade, split_sky
from layers.solar.rows import lay_rows, shade_rows
from twin.light.irradiation import Planes
from twin.light.signature import Signature
from twin.light.sky import find_sun
from twin.packed import pack_hours

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.solar.pv import PlaneIrradiance, SkyHours
    from layers.solar.pv_settings import PvSettings
    from layers.solar.roofs import RoofLight
    from layers.solar.rows import Rows, RowShade
    from layers.solar.surfaces import Surfaces
    from twin.light.sky import Sky, SunHours
    from twin.weather.year import WeatherYear

    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]

AT_ONCE = 32  # surfaces whose hours are held in memory together
MONTHS = 12


@dataclass(frozen=True)
class Yields:
    """
    Photovoltaics of a zone.

    Attributes
    ----------
    frame
        Rows as the surfaces: usable_m2 and <reason>_m2, mount, capacity_kwp, yield_kwh_per_a,
        yield_month_1_kwh ... 12, performance_ratio.
    power_kw
        Alternating current of all roofs together. [kW], shape (hours of the weather year,)
    curves
        building_id of every building with modules, and `power`: its hours over the greatest one, packed, in the order
        of the local calendar.
    """

    frame: pd.DataFrame
    power_kw: Floats
    curves: pd.DataFrame


@dataclass(frozen=True)
class Daylight:
    """
    The hours with light, and what is common to all modules of a zone in them.

    Attributes
    ----------
    lit
        Which of the weather year's hours these are. shape (hours,)
    month
        Month of each, 0 to 11. shape (hours,)
    sky, sun
        Parts of the sky, and where the sun stands.
    temp_air, wind_speed
        [degrees Celsius] and [m/s], shape (hours,)
    rows, row_shade
        How modules stand on flat roofs, and how they shade each other.
    """

    lit: NDArray[np.int64]
    month: NDArray[np.int_]
    sky: SkyHours
    sun: SunHours
    temp_air: Floats
    wind_speed: Floats
    rows: Rows
    row_shade: RowShade

    @classmethod
    def of(cls, year: WeatherYear, settings: PvSettings, *, convergence_deg: float) -> Daylight:
        """Return the daylight of a weather year; the direction of grid north is clockwise from true north. [degrees]"""
        sun = year.sun()
        lit = np.flatnonzero((sun["apparent_zenith"].to_numpy() < 90) | (year.hours["dhi"].to_numpy() > 0))
        hours, where = year.hours.iloc[lit], sun.iloc[lit]
        rows = lay_rows(settings.rows, year.latitude_deg)
        row_shade = shade_rows(rows, where["apparent_zenith"].to_numpy(), where["azimuth"].to_numpy(),
                               blocks=settings.rows.blocks)
        sun_hours = find_sun(pd.DatetimeIndex(hours.index), year.latitude_deg, year.longitude_deg,
                             altitude_m=year.altitude_m, convergence_deg=convergence_deg)
        return cls(lit, year.months[lit] - 1, split_sky(hours, where), sun_hours, hours["temp_air"].to_numpy(),
                   hours["wind_speed"].to_numpy(), rows, row_shade)


def find_yields(
    surfaces: Surfaces, use: pd.Series, light: RoofLight, year: WeatherYear, sky: Sky, settings: PvSettings, *,
    convergence_deg: float, daylight: Daylight | None = None,
) -> Yields:
    """
    Return what the roofs of a zone would feed in.

    Modules on flat roofs stand in rows towards the equator, on pitched roofs they lie in the roof's plane.

    Parameters
    ----------
    surfaces, use, light
        The roofs, the use of their buildings, and their light.
    year, sky
        Weather, and the sky that the light was computed from.
    settings
        Of the photovoltaic model.
    convergence_deg
        Direction of grid north, clockwise from true north. [degrees]
    daylight
        Of the year, where it is at hand.
    """
    frame = _usable(surfaces, use, light, settings, year.latitude_deg)
    day = daylight or Daylight.of(year, settings, convergence_deg=convergence_deg)
    flat = frame["mount"].to_numpy() == "rack"
    module = module_area(frame["usable_m2"].to_numpy(), mount="flush", settings=settings)
    module[flat] = module_area(frame["usable_m2"].to_numpy()[flat], mount="rack", settings=settings,
                               ground_cover_ratio=day.rows.ground_cover_ratio)
    frame["capacity_kwp"] = capacity(module, settings=settings)
    azimuth_deg = (surfaces.frame["azimuth_deg"].to_numpy() + convergence_deg) % 360
    modules = Modules.lay(frame, surfaces.frame["tilt_deg"].to_numpy(), azimuth_deg, day,
                          convergence_deg=convergence_deg)
    owner, buildings = pd.factorize(surfaces.frame["building_id"].where(frame["capacity_kwp"].to_numpy() > 0))
    month_kwh, ratio, lit_kw = modules.feed_in(light.bright, sky, day, settings, owner=owner)
    frame["yield_kwh_per_a"] = month_kwh.sum(axis=1)
    for month in range(MONTHS):
        frame[f"yield_month_{month + 1}_kwh"] = month_kwh[:, month]
    power_kw = np.zeros(len(year.hours))
    power_kw[day.lit] = lit_kw.sum(axis=0, dtype=np.float64)
    curves = pd.DataFrame({"building_id": buildings, "power": _pack(lit_kw, day.lit, year)})
    return Yields(frame.assign(performance_ratio=ratio), power_kw, curves)


def _pack(lit_kw: Singles, lit: NDArray[np.int64], year: WeatherYear) -> list[bytes]:
    """Return the whole year's hours of curves that are known for its lit hours, packed."""
    packed: list[bytes] = []
    for start in range(0, len(lit_kw), AT_ONCE):
        some = lit_kw[start : start + AT_ONCE]
        hours = np.zeros((len(some), len(year.hours)))
        hours[:, lit] = some
        packed += pack_hours(year.from_new_year(hours))
    return packed


@dataclass(frozen=True)
class Modules:
    """
    How the modules of every surface lie.

    Attributes
    ----------
    mount
        `rack` or `flush`. shape (surfaces,)
    capacity_kwp
        Rated power. [kWp], shape (surfaces,)
    tilt_deg, azimuth_deg
        Of the modules; azimuths clockwise from true north. [degrees], shape (surfaces,)
    convergence_deg
        Direction of grid north, clockwise from true north. [degrees]
    """

    mount: NDArray[np.object_]
    capacity_kwp: Floats
    tilt_deg: Floats
    azimuth_deg: Floats
    convergence_deg: float

    @classmethod
    def lay(
        cls, frame: pd.DataFrame, tilt_deg: Floats, azimuth_deg: Floats, day: Daylight, *, convergence_deg: float
    ) -> Modules:
        """Return modules on roofs of these tilts and azimuths; `frame` tells mount and capacity_kwp."""
        flat = frame["mount"].to_numpy() == "rack"
        return cls(frame["mount"].to_numpy(object), frame["capacity_kwp"].to_numpy(float),
                   np.where(flat, day.rows.tilt_deg, tilt_deg), np.where(flat, day.rows.azimuth_deg, azimuth_deg),
                   convergence_deg)

    def part(self, chosen: NDArray[np.int64]) -> Modules:
        """Return the modules of some surfaces."""
        return Modules(self.mount[chosen], self.capacity_kwp[chosen], self.tilt_deg[chosen], self.azimuth_deg[chosen],
                       self.convergence_deg)

    def feed_in(
        self, signature: Signature, sky: Sky, day: Daylight, settings: PvSettings, *,
        owner: NDArray[np.int64] | None = None,
    ) -> tuple[Floats, Floats, Singles]:
        """
        Return what each surface feeds in by month, its performance ratio, and the power of each owner by lit hour.

        Surfaces without an owner given are all of one. [kWh], shape (surfaces, 12); [-], shape (surfaces,), NaN
        without modules; [kW], shape (owners, lit hours)
        """
        surfaces = len(self.mount)
        month_kwh, ratio = np.zeros((surfaces, MONTHS)), np.full(surfaces, np.nan)
        of = np.zeros(surfaces, np.int64) if owner is None else owner
        power_kw = np.zeros((of.max(initial=-1) + 1, len(day.month)), np.float32)
        for mount in ("rack", "flush"):
            in_rows = mount == "rack"
            string_share = day.row_shade.string_share if in_rows else 1.0
            chosen = np.flatnonzero((self.mount == mount) & (self.capacity_kwp > 0))
            for start in range(0, len(chosen), AT_ONCE):
                some = chosen[start : start + AT_ONCE]
                poa = self._irradiance(some, signature, sky, day, settings, in_rows=in_rows)
                per_kwp = ac_yield(poa, day.temp_air, day.wind_speed, settings=settings, mount=mount,
                                   string_share=string_share)
                ratio[some] = performance_ratio(per_kwp, poa.total)
                power = per_kwp * self.capacity_kwp[some, None]
                for month in range(MONTHS):
                    month_kwh[some, month] = power[:, day.month == month].sum(axis=1)
                for surface, hours in zip(some, power, strict=True):
                    power_kw[of[surface]] += hours
        return month_kwh, ratio, power_kw

    def _irradiance(
        self, some: NDArray[np.int64], light: Signature, sky: Sky, day: Daylight, settings: PvSettings, *,
        in_rows: bool,
    ) -> PlaneIrradiance:
        """Return the shaded irradiance in the plane of some surfaces' modules. [W/m2]"""
        plane = Planes.of(self.tilt_deg[some], (self.azimuth_deg[some] - self.convergence_deg) % 360)
        signature = light.part(some)
        seen = np.zeros((len(some), len(day.sky.beam)))
        seen[:, day.sun.hour] = signature.sun_seen(day.sun)
        free = Signature.open(signature.dome, len(some))
        sky_share = signature.sky_view(plane, sky) / free.sky_view(plane, sky)
        poa = plane_of_array(day.sky, tilt_deg=self.tilt_deg[some], azimuth_deg=self.azimuth_deg[some],
                             albedo=settings.albedo)
        poa = shade(poa, beam_visible=seen, sky_share=sky_share, horizon_visible=signature.horizon_seen(plane))
        if not in_rows:
            return poa
        row = day.row_shade
        return shade(poa, beam_visible=row.beam_visible, sky_share=row.sky_share, horizon_visible=row.horizon_visible,
                     ground_share=row.ground_share)


def _usable(
    surfaces: Surfaces, use: pd.Series, light: RoofLight, settings: PvSettings, latitude_deg: float
) -> pd.DataFrame:
    """Return the usable area of every surface, what is left out for which reason, and how modules are mounted."""
    flat = (surfaces.frame["tilt_deg"] < settings.rows.steepest_deg).to_numpy()
    roofs = pd.DataFrame({
        "outline": surfaces.outlines, "tilt_deg": surfaces.frame["tilt_deg"].to_numpy(),
        "azimuth_deg": surfaces.frame["azimuth_deg"].to_numpy(), "is_flat": flat, "use": use.to_numpy(),
        "open_kwh_per_m2": light.open_kwh_per_m2,
    })
    found = usable_area(roofs, light.cells, settings=settings, latitude_deg=latitude_deg)
    frame = found[["usable_m2", *(f"{reason}_m2" for reason in REASONS)]].reset_index(drop=True)
    return frame.assign(mount=np.where(flat, "rack", "flush"))
