"""A typical year for places near a station whose monthly normals are known; never a clear sky."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyproj

from twin.errors import WeatherError
from twin.weather.normals import mean_of, normals, stations
from twin.weather.synthesis import synthesise
from twin.weather.year import WeatherYear

if TYPE_CHECKING:
    from twin.weather.normals import Station

GIVE = "give an EPW or PVGIS file in [sources.weather], such as one from `zonetwin fetch --weather`"


def typical_year(latitude_deg: float, longitude_deg: float) -> WeatherYear | None:
    """
    Return a synthetic typical year for a place near a station with normals.

    Its months have the mean global and diffuse irradiation of the station's sets of normals; each set alone gives a
    bound. The hours are drawn, always the same ones: fit for sums and for the share of the beam, not for a day. Made
    from the normals of one file, Shanghai-Baoshan's TMYx, and compared with its hours: the quantiles of the clearness
    index lie within 0.03, those of the diffuse fraction within 0.06, the beam's share of the global irradiation within
    0.002, the sum of a plane tilted by 10 degrees to the south within 0.5 %, of east and west walls within 3.5 %.

    Parameters
    ----------
    latitude_deg, longitude_deg
        Of the place, north and east positive. [degrees]

    Returns
    -------
    year
        At the station; None where none is near, which :func:`typical_reason` explains.

    Raises
    ------
    WeatherError
        If that is no place.
    """
    distance_km, station = _nearest(latitude_deg, longitude_deg)
    if distance_km > station.radius_km:
        return None
    sets = normals(station.station_id)
    base = mean_of(sets)
    annual = [float(one.ghi_kwh_per_m2.sum() / base.ghi_kwh_per_m2.sum()) for one in sets]
    return WeatherYear(
        hours=synthesise(station, base), latitude_deg=station.latitude_deg, longitude_deg=station.longitude_deg,
        altitude_m=station.altitude_m, synthetic=True, ghi_low=min(annual), ghi_high=max(annual),
        utc_offset_h=station.utc_offset_h,
        source=f"synthetic typical year of {station.name} ({station.station_id}), {distance_km:.0f} km away: hours "
               f"drawn to the monthly normals, {base.data_set}",
    )  # fmt: skip


def typical_reason(latitude_deg: float, longitude_deg: float) -> str:
    """Return why a place has no typical year, in one sentence; empty where it has one."""
    distance_km, station = _nearest(latitude_deg, longitude_deg)
    if distance_km <= station.radius_km:
        return ""
    return (f"no typical year is known within {station.radius_km:g} km (the nearest, of {station.name}, is "
            f"{distance_km:,.0f} km away); {GIVE}")


def _nearest(latitude_deg: float, longitude_deg: float) -> tuple[float, Station]:
    """Return the nearest station with normals, and the way there. [km]"""
    ways_km = [distance_to(latitude_deg, longitude_deg, one.latitude_deg, one.longitude_deg) for one in stations()]
    return min(zip(ways_km, stations(), strict=True), key=lambda pair: pair[0])


def distance_to(
    latitude_deg: float, longitude_deg: float, other_latitude_deg: float, other_longitude_deg: float
) -> float:
    """
    Return the shortest way between two places on the ellipsoid WGS 84. [km]

    Raises
    ------
    WeatherError
        If one of them is no place.
    """
    for latitude, longitude in ((latitude_deg, longitude_deg), (other_latitude_deg, other_longitude_deg)):
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            message = f"latitude {latitude:g}, longitude {longitude:g} is no place on the earth; give them in degrees"
            raise WeatherError(message)
    ways = pyproj.Geod(ellps="WGS84").inv(longitude_deg, latitude_deg, other_longitude_deg, other_latitude_deg)
    return float(ways[2]) / 1000
