"""The tables of data/weather: stations, their monthly normals, and how hours are made from them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from twin.classes import data_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Station:
    """A place that normals are known of, and how far they hold. [degrees], [m], [h], [km]"""

    station_id: str
    name: str
    latitude_deg: float
    longitude_deg: float
    altitude_m: float
    utc_offset_h: float
    radius_km: float


@dataclass(frozen=True, slots=True)
class Normals:
    """
    Sums and means of twelve months of local standard time, each of shape (12,).

    Attributes
    ----------
    data_set
        Where they come from.
    ghi_kwh_per_m2, dhi_kwh_per_m2
        Global and diffuse irradiation of the horizontal. [kWh/m2]
    temp_air_c
        Temperature. [degC]
    wind_speed_m_per_s
        Wind. [m/s]
    """

    data_set: str
    ghi_kwh_per_m2: Floats
    dhi_kwh_per_m2: Floats
    temp_air_c: Floats
    wind_speed_m_per_s: Floats


@cache
def stations() -> tuple[Station, ...]:
    """Return the stations that have normals."""
    return tuple(
        Station(station_id=row["station_id"], name=row["name"], latitude_deg=float(row["latitude_deg"]),
                longitude_deg=float(row["longitude_deg"]), altitude_m=float(row["altitude_m"]),
                utc_offset_h=float(row["utc_offset_h"]), radius_km=float(row["radius_km"]))
        for row in _rows("stations")
    )  # fmt: skip


@cache
def normals(station_id: str) -> tuple[Normals, ...]:
    """Return each set of normals of a station, in the order of the table."""
    rows = [row for row in _rows("normals") if row["station_id"] == station_id]
    return tuple(_set_of(name, rows) for name in dict.fromkeys(row["data_set"] for row in rows))


def mean_of(sets: tuple[Normals, ...]) -> Normals:
    """Return the mean of several sets, month by month."""
    return Normals(
        data_set="mean of " + " and ".join(one.data_set for one in sets),
        ghi_kwh_per_m2=np.mean([one.ghi_kwh_per_m2 for one in sets], axis=0),
        dhi_kwh_per_m2=np.mean([one.dhi_kwh_per_m2 for one in sets], axis=0),
        temp_air_c=np.mean([one.temp_air_c for one in sets], axis=0),
        wind_speed_m_per_s=np.mean([one.wind_speed_m_per_s for one in sets], axis=0),
    )


@cache
def synthesis() -> Mapping[str, float]:
    """Return the parameters by which hours are made from months."""
    return {row["parameter"]: float(row["value"]) for row in _rows("synthesis")}


def _set_of(name: str, rows: list[dict[str, str]]) -> Normals:
    months = sorted((row for row in rows if row["data_set"] == name), key=lambda row: int(row["month"]))
    values = {column: np.array([float(row[column]) for row in months])
              for column in ("ghi_kwh_per_m2", "dhi_kwh_per_m2", "temp_air_c", "wind_speed_m_per_s")}
    return Normals(data_set=name, **values)


@cache
def _rows(table: str) -> tuple[dict[str, str], ...]:
    with (data_folder() / "weather" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
