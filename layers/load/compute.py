"""Tables of the hours in which standing buildings use their electricity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.load.schedule import day_weights
from layers.load.shape import Shape, Split, find_shape, spread_schedule
from twin.checks import Checks
from twin.crs import to_degrees
from twin.database import load_frame
from twin.factors import require_factors
from twin.weather.zone import zone_weather

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb
    from numpy.typing import NDArray

    from layers.contract import Site, Thing

    Array = NDArray[np.float64]

COMMON_YEAR_H = 8760
SHARE_DIGITS, KWH_DIGITS = 11, 6  # beyond them processors may differ
COOLING, HEATING = "balance_temperature.cooling", "balance_temperature.heating"
ERROR = "load_error.hour"

# What the buildings of a use need in a year, and how much of it is split into what it serves.
USES = """
    select
        building.use,
        sum(building_construction.electricity_kwh_per_a) as kwh,
        sum(building_construction.electricity_kwh_per_a_low) as low_kwh,
        sum(building_construction.electricity_kwh_per_a_high) as high_kwh,
        sum(building_construction.cooling_kwh_per_a) as cooling_kwh,
        sum(building_construction.heating_kwh_per_a) as heating_kwh
    from building
    inner join building_construction using (building_id)
    where building.use is not null
    group by building.use
    having sum(building_construction.electricity_kwh_per_a) > 0
    order by building.use
"""


def compute_load(connection: duckdb.DuckDBPyConnection, site: Site, things: Mapping[str, Thing]) -> None:
    """
    Make the shapes of all uses with electricity in the zone, and the zone's hours; empty ones where there is none.

    Parameters
    ----------
    connection
        Database with the model and the figures of construction.
    site
        The zone.
    things
        Columns of the tables to be made.

    Raises
    ------
    LayerError
        If a schedule is wrong.
    """
    factors = dict(connection.execute("select quantity, value from factor_in_force").fetchall())
    require_factors(factors, [ERROR], layer="load")
    error = connection.execute("select low / value, high / value from factor_in_force where quantity = $1",
                               [ERROR]).fetchall()[0]
    temperature = _temperature(connection, site)
    shapes, needs, reasons, bounds = {}, {}, {}, np.zeros(2)
    for use, kwh, low_kwh, high_kwh, cooling_kwh, heating_kwh in connection.execute(USES).fetchall():
        split = Split(None if cooling_kwh is None else cooling_kwh / kwh,
                      None if heating_kwh is None else heating_kwh / kwh)
        shapes[use] = _shape_of(use, split, temperature, factors, year=site.zone.inventory.base_year)
        needs[use] = kwh
        bounds += low_kwh, high_kwh
        reasons[use] = _reason(split, shapes[use], temperature, factors)
    # the buildings' errors of the year are taken as one, and that of the hours as another, apart from it
    of_hours = _both(bounds / sum(needs.values()), error) if needs else error
    frames = {"load_shape": _shape_frame(shapes, reasons, error), "load_hour": _hour_frame(shapes, needs, of_hours)}
    for table, thing in things.items():
        load_frame(connection, table, frames[table])
        for name in (thing.key if thing.key_unit else None, *(item.name for item in thing.columns if item.unit)):
            if name:
                kind = "bigint" if name == "hour" else "double"
                connection.execute(f'alter table "{table}" alter "{name}" type {kind}')


def _temperature(connection: duckdb.DuckDBPyConnection, site: Site) -> Array | None:
    """Return the zone's temperature of the air as the layer solar takes it, which notes whence. [degC], (hours,)"""
    middle = connection.execute("select st_x(st_centroid(geometry)), st_y(st_centroid(geometry)) from zone").fetchone()
    longitude, latitude = to_degrees(site.crs, middle or (0.0, 0.0))
    year = zone_weather(site.zone, Checks(), latitude, longitude)
    return None if year is None else year.from_new_year(year.hours["temp_air"].to_numpy())


def _shape_of(use: str, split: Split, temperature: Array | None, factors: Mapping[str, float], *, year: int) -> Shape:
    """Return the shape of a use."""
    hours = COMMON_YEAR_H if temperature is None else len(temperature)
    base, operated = (spread_schedule(*day_weights(use, part), year=year, hours=hours)
                      for part in ("base", "operated"))
    return find_shape(base, operated, split, temperature, cool_above_degc=factors.get(COOLING),
                      heat_below_degc=factors.get(HEATING))


def _reason(split: Split, shape: Shape, temperature: Array | None, factors: Mapping[str, float]) -> str | None:
    """Return why a part has no hours of its own, None where all that is used has some."""
    if split.cooling is None or split.heating is None:
        return "no_split"
    wanting = (split.cooling > 0 and shape.cooling is None) or (split.heating > 0 and shape.heating is None)
    if not wanting:
        return None
    if temperature is None:
        return "no_weather"
    return "no_degree_hours" if {COOLING, HEATING} <= set(factors) else "no_balance_temperature"


def _both(one: Sequence[float], other: Sequence[float]) -> tuple[float, float]:
    """Return low and high of a product, relative to it, from those of its two factors: logarithms' squares add up."""
    with np.errstate(divide="ignore"):  # a bound of zero stays one
        down, up = (float(np.hypot(*np.log([one[side], other[side]]))) for side in (0, 1))
    return float(np.exp(-down)), float(np.exp(up))


def _shape_frame(
    shapes: Mapping[str, Shape], reasons: Mapping[str, str | None], error: Sequence[float]
) -> pd.DataFrame:
    """Return the table `load_shape`, uses one after the other."""
    columns = ["shape_hour", "use", "hour", "share_of_year", "share_of_year_low", "share_of_year_high", "base_share",
               "cooling_share", "heating_share", "shape_evidence", "shape_reason"]
    parts = []
    for use, shape in shapes.items():
        hour = np.arange(len(shape.base))
        part = pd.DataFrame({"shape_hour": [f"{use}/{item:04d}" for item in hour], "use": use, "hour": hour})
        for name, values in (("share_of_year", shape.whole), ("share_of_year_low", shape.whole * error[0]),
                             ("share_of_year_high", shape.whole * error[1]), ("base_share", shape.base),
                             ("cooling_share", shape.cooling), ("heating_share", shape.heating)):
            part[name] = np.nan if values is None else np.round(values, SHARE_DIGITS)
        parts.append(part.assign(shape_evidence="default", shape_reason=reasons[use]))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _hour_frame(shapes: Mapping[str, Shape], needs: Mapping[str, float], bounds: Sequence[float]) -> pd.DataFrame:
    """Return the table `load_hour`: over all uses, the year's electricity times its share in the hour. [kWh]"""
    parts = ("electricity", "base", "cooling", "heating")
    columns = ["hour", *(f"{name}_kwh{end}" for name in parts for end in ("", "_low", "_high")), "shape_evidence"]
    if not shapes:
        return pd.DataFrame(columns=columns)
    total = sum(needs[use] * shape.whole for use, shape in shapes.items())
    cooling, heating = (
        sum(needs[use] * shape.part(name) for use, shape in shapes.items())
        if any(getattr(shape, name) is not None for shape in shapes.values()) else np.nan
        for name in ("cooling", "heating")
    )
    base = total - np.nan_to_num(cooling) - np.nan_to_num(heating)
    frame = pd.DataFrame({f"{name}_kwh{end}": values * times
                          for name, values in zip(parts, (total, base, cooling, heating), strict=True)
                          for end, times in (("", 1.0), ("_low", bounds[0]), ("_high", bounds[1]))})
    frame = frame.round(KWH_DIGITS)
    frame.insert(0, "hour", np.arange(len(frame)))
    return frame.assign(shape_evidence="default")
