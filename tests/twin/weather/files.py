"""Weather files written from a year of weather, in each format that is read."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

HEAD = "LOCATION,Shanghai-Baoshan,SH,CHN,Trial,583620,{latitude},{longitude},{zone},4.0"
FLAGS = "?9" * 15
MIDDLE_MIN = 30.0


def epw_lines(year, *, zone=8.0, latitude=31.3908, longitude=121.4447):
    """Return an EPW whose sun stands in the middle of the hours, as that of the typical year does."""
    labels = pd.date_range("2023-01-01", periods=len(year.hours), freq="h")
    rows = [
        f"{2000 + time.month},{time.month},{time.day},{time.hour + 1},60,{FLAGS},"
        f"{row.temp_air:.4f},5.0,68,103039,0,0,295,"
        f"{row.ghi:.4f},{row.dni:.4f},{row.dhi:.4f},0,0,0,0,341,{row.wind_speed:.4f},5,5,3766.0,501,9,999999999,9,"
        f"0.0850,0,88,0.110,0.0,0.0"
        for time, row in zip(labels, year.hours.itertuples(), strict=True)
    ]
    head = HEAD.format(latitude=latitude, longitude=longitude, zone=zone)
    return [head, *(f"COMMENTS {i}" for i in range(6)), "DATA PERIODS,1,1,Data,Sunday, 1/ 1,12/31", *rows]


def utc_hours(year):
    """Return the hours in the order of their UTC months and days, as PVGIS lists them."""
    hours = year.hours.copy()
    hours.index = pd.DatetimeIndex([time.replace(year=2023, minute=0) for time in hours.index])
    return hours.sort_index()


def tmy_document(year):
    """Return a typical year of PVGIS, its satellite looking at the middle of the hour."""
    hours = utc_hours(year)
    rows = [
        {"time(UTC)": f"{2010 + time.month}{time:%m%d:%H%M}", "T2m": row.temp_air, "RH": 68.0, "G(h)": row.ghi,
         "Gb(n)": row.dni, "Gd(h)": row.dhi, "IR(h)": 300.0, "WS10m": row.wind_speed, "WD10m": 10.0, "SP": 101_000.0}
        for time, row in zip(hours.index, hours.itertuples(), strict=True)
    ]
    place = {"latitude": 31.3908, "longitude": 121.4447, "elevation": 4.0, "irradiance_time_offset": 0.5}
    weather = {"radiation_db": "PVGIS-ERA5", "meteo_db": "ERA5", "year_min": 2005, "year_max": 2023}
    months = [{"month": month, "year": 2010 + month} for month in range(1, 13)]
    return {"inputs": {"location": place, "meteo_data": weather}, "meta": {"inputs": {}},
            "outputs": {"months_selected": months, "tmy_hourly": rows}}


def tmy_json(year):
    return json.dumps(tmy_document(year))


def tmy_csv(year):
    rows = tmy_document(year)["outputs"]["tmy_hourly"]
    head = ["Latitude (decimal degrees): 31.3908", "Longitude (decimal degrees): 121.4447", "Elevation (m): 4.0",
            "Irradiance Time Offset (h): 0.5", "month,year", *(f"{month},{2010 + month}" for month in range(1, 13))]
    lines = [",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]
    return "\r\n".join([*head, *lines, "", "T2m: 2-m air temperature (degree Celsius)", ""])


def series_csv(year, scales, *, slope=0, columns="time,Gb(i),Gd(i),Gr(i),H_sun,T2m,WS10m,Int"):
    """Return an hourly series of PVGIS over several years, each the same but for a factor on its light."""
    sun = year.sun()
    beam, height = year.hours["dni"] * sun["cos_zenith"], sun["apparent_elevation"].clip(lower=0)
    frame = year.hours.assign(beam=beam, height=height)
    frame.index = pd.DatetimeIndex([time.replace(year=2023) for time in frame.index])
    frame = frame.sort_index()
    lines = []
    for number, scale in scales.items():
        moments = pd.date_range(f"{number}-01-01 00:30", f"{number}-12-31 23:30", freq="h")
        position = (np.arange(len(moments)) % 8760) if len(moments) == 8760 else _leap(moments)
        lines += [
            f"{time:%Y%m%d:%H%M},{scale * row.beam:.4f},{scale * row.dhi:.4f},0.0,{row.height:.4f},{row.temp_air:.2f},"
            f"{row.wind_speed:.2f},0.0"
            for time, row in zip(moments, frame.iloc[position].itertuples(), strict=True)
        ]
    head = ["Latitude (decimal degrees):\t31.3908", "Longitude (decimal degrees):\t121.4447", "Elevation (m):\t4",
            "Radiation database:\tPVGIS-ERA5", "", "", f"Slope: {slope} deg. ", "Azimuth: 0 deg. ", columns]
    return "\n".join([*head, *lines, "", "T2m: 2-m air temperature (degree Celsius)", ""])


def _leap(moments):
    """Return for each hour of a leap year the one of a common year, that of 28 February twice."""
    day = np.asarray(moments.day_of_year)
    return (np.where(day >= 60, day - 2, day - 1) * 24 + np.asarray(moments.hour)).astype(int)
