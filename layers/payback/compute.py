"""Tables of what becomes of each roof's yield hour by hour, what that is worth, and when it has paid back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.payback.grid import nearest_asset
from layers.payback.hours import sum_use
from layers.payback.money import Bounded
from layers.payback.roofs import PV, SELF_USED, SHARE, SHARE_LOAD, SHARE_YIELD, judge_roofs
from layers.payback.tariff import (
    DAY_H,
    ENERGY,
    FIXED,
    FLAT,
    MONTHS,
    PERIODS,
    TARIFFS,
    floats,
    period_shares,
    prices,
    region_of_tariff,
    spread_over_year,
    tariff_of,
)
from twin.database import load_frame
from twin.digits import round_frame
from twin.packed import unpack_hours

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb
    from numpy.typing import NDArray

    from layers.contract import Column, Site, Thing

    Array = NDArray[np.float64]

AT_ONCE = 32  # roofs whose hours are held in memory together

BUILDINGS = """
    select
        building.building_id, building.use, solar.pv_capacity_kwp, solar.pv_yield_kwh_per_a,
        solar.pv_yield_kwh_per_a_low, solar.pv_yield_kwh_per_a_high, solar.solar_reason,
        construction.electricity_kwh_per_a as load_kwh, construction.electricity_kwh_per_a_low as load_low_kwh,
        construction.electricity_kwh_per_a_high as load_high_kwh, roof_power.power, own.transformer_kva,
        st_aswkb(building.geometry)::blob as outline
    from building
    inner join building_solar as solar using (building_id)
    inner join building_construction as construction using (building_id)
    left join roof_power using (building_id)
    left join (
        select energy_asset.parcel_id, sum(energy_asset.capacity_kw) as transformer_kva
        from energy_asset
        inner join parcel using (parcel_id)
        where energy_asset.kind = 'transformer' and energy_asset.status = 'existing'
            and parcel.land_use != 'residential' -- where a shop has no share in what feeds the dwellings
        group by all
    ) as own on own.parcel_id = building.parcel_id
    order by building.building_id
"""
ASSETS = """
    select asset_id, st_aswkb(geometry)::blob as shape from energy_asset
    where kind in ('transformer', 'substation') and status = 'existing' order by asset_id
"""


def compute_payback(
    connection: duckdb.DuckDBPyConnection, site: Site, columns: tuple[Column, ...], things: Mapping[str, Thing]
) -> None:
    """
    Make the tables of paybacks and of the tariff.

    Parameters
    ----------
    connection
        Database with the model and the figures of solar, load and construction.
    site
        The zone.
    columns
        Of the table `building_payback`.
    things
        Columns of the tables of the tariff.

    Raises
    ------
    LayerError
        If the table of periods is wrong.
    """
    factors = read_bounded(connection)
    middle = {quantity: float(factor.value) for quantity, factor in factors.items()}
    region = region_of_tariff(site.zone.regions, middle)
    buildings = connection.execute(BUILDINGS).df()
    shapes = _load_shapes(connection)
    _add_tariffs(buildings, shapes, middle, region)
    found = pd.concat([buildings, _nearest(connection, buildings)], axis=1)
    has_modules = (found["pv_capacity_kwp"] > 0).to_numpy(dtype=bool)
    roofs = _add_hours(found[has_modules].reset_index(drop=True), shapes, region)
    judged = judge_roofs(roofs, factors, region=region)
    bare = found[~has_modules].assign(payback_reason=lambda rows: rows["solar_reason"].fillna("no_modules"))
    table = pd.concat([frame.dropna(axis=1, how="all") for frame in (judged, bare) if len(frame)] or [bare])
    table = table.assign(payback_evidence=table["payback_reason"].map(lambda why: None if isinstance(why, str) else
                                                                      "modelled"))
    names = ["building_id", *(column.name for column in columns)]
    _load(connection, "building_payback", table.reindex(columns=names).sort_values("building_id"), columns)
    for name, frame in (("tariff_price", _price_rows(factors, region)), ("tariff_hour", _hour_rows(middle, region))):
        thing = things[name]
        whole = frame.reindex(columns=[thing.key, *(item.name for item in thing.columns)])
        _load(connection, name, whole.astype({thing.key: "string"}), thing.columns)


def read_bounded(connection: duckdb.DuckDBPyConnection) -> dict[str, Bounded]:
    """Return the factors that hold in the zone, with their bounds."""
    rows = connection.execute("select quantity, value, low, high from factor_in_force").fetchall()
    return {quantity: Bounded(*numbers) for quantity, *numbers in rows}


def _load(connection: duckdb.DuckDBPyConnection, name: str, frame: pd.DataFrame, columns: tuple[Column, ...]) -> None:
    load_frame(connection, name, round_frame(frame))
    for column in columns:
        kind = "double" if column.unit else "varchar"
        connection.execute(f'alter table "{name}" alter "{column.name}" type {kind}')


def _load_shapes(connection: duckdb.DuckDBPyConnection) -> dict[str, Array]:
    """Return every use's shares of the hours in its year. [1], shape (hours,) each"""
    rows = connection.execute("select use, share_of_year from load_shape order by use, hour").df()
    return {str(use): group.to_numpy(dtype=float) for use, group in rows.groupby("use")["share_of_year"]}


def _add_tariffs(
    buildings: pd.DataFrame, shapes: Mapping[str, Array], factors: Mapping[str, float], region: str | None
) -> None:
    """Add which tariff each building with modules has, and the rating that this goes by."""
    greatest = buildings["use"].map({use: float(shape.max()) for use, shape in shapes.items()})
    buildings["connection_kva"] = np.fmax(buildings["load_kwh"] * greatest, buildings["transformer_kva"])
    buildings["tariff"] = [
        tariff_of(use, rating, factors) if region is not None and kwp > 0 else None
        for use, rating, kwp in zip(buildings["use"], buildings["connection_kva"].fillna(0),
                                    buildings["pv_capacity_kwp"], strict=True)
    ]
    buildings["connection_kva"] = buildings["connection_kva"].where(buildings["tariff"].notna())


def _nearest(connection: duckdb.DuckDBPyConnection, buildings: pd.DataFrame) -> pd.DataFrame:
    rows = connection.execute(ASSETS).fetchall()
    assets = shapely.from_wkb(np.array([bytes(shape) for _, shape in rows], dtype=object))
    outlines = shapely.from_wkb(np.array([bytes(shape) for shape in buildings["outline"]], dtype=object))
    return nearest_asset(outlines, assets, [asset_id for asset_id, _ in rows])


def _add_hours(roofs: pd.DataFrame, shapes: Mapping[str, Array], region: str | None) -> pd.DataFrame:
    """Return roofs with what the hours sum up to; a load that is not known stays so."""
    columns = [*PV, *SELF_USED, SHARE, *SHARE_LOAD, *SHARE_YIELD]
    found = np.full((len(roofs), len(columns)), np.nan)
    tariffs = roofs["tariff"].fillna("")
    for tariff in sorted(set(tariffs)):
        of = np.flatnonzero(tariffs == tariff)
        for start in range(0, len(of), AT_ONCE):
            some = of[start : start + AT_ONCE]
            found[some] = _hours_of(roofs.iloc[some], shapes, tariff or None, region)
    return pd.concat([roofs, pd.DataFrame(found, columns=columns)], axis=1)


def _hours_of(roofs: pd.DataFrame, shapes: Mapping[str, Array], tariff: str | None, region: str | None) -> Array:
    """Return the sums over the hours of some roofs that have one tariff."""
    year, load = roofs["pv_yield_kwh_per_a"].to_numpy(dtype=float), roofs["load_kwh"].to_numpy(dtype=float)
    pv_kwh = unpack_hours([bytes(power) for power in roofs["power"]], year)
    hours = pv_kwh.shape[1]
    unknown = np.full(hours, np.nan)
    load_kwh = np.stack([kwh * shapes.get(use, unknown) for use, kwh in zip(roofs["use"], load, strict=True)])
    lit = pv_kwh.any(axis=0)  # at night there is nothing to be shared
    use = sum_use(
        pv_kwh[:, lit], load_kwh[:, lit], period_weights(tariff, region, hours)[lit],
        load_bounds=_bounds(roofs, "load_low_kwh", "load_high_kwh", load),
        yield_bounds=_bounds(roofs, "pv_yield_kwh_per_a_low", "pv_yield_kwh_per_a_high", year),
    )
    return np.column_stack([use.pv_kwh, use.self_used_kwh, use.share, use.share_load, use.share_yield])


def period_weights(tariff: str | None, region: str | None, hours: int) -> Array:
    """Return how much of every hour of a year belongs to each period, all to flat without a tariff. (hours, periods)"""
    if tariff is None or region is None:
        flat = np.zeros((hours, len(PERIODS)))
        flat[:, FLAT] = 1
        return flat
    return spread_over_year(period_shares(tariff, region), hours)


def _bounds(roofs: pd.DataFrame, low: str, high: str, middle: Array) -> Array:
    """Return bounds over what they bound; 1 where that is zero. Shape (roofs, 2)"""
    ends = roofs[[low, high]].to_numpy(dtype=float)
    return np.asarray(np.divide(ends, middle[:, None], out=np.ones_like(ends), where=middle[:, None] != 0))


def _price_rows(factors: Mapping[str, Bounded], region: str | None) -> pd.DataFrame:
    """Return the table `tariff_price`: what a kilowatt-hour costs by tariff and period."""
    rows = []
    middle = {quantity: float(factor.value) for quantity, factor in factors.items()}
    for tariff in TARIFFS if region is not None else ():
        energy, fixed, ratio = factors[ENERGY], factors[FIXED[tariff]], floats(tariff, middle)
        price = prices(tariff, middle)
        # the two parts err apart from each other, so squares add
        down = np.hypot(ratio * (energy.value - energy.low), fixed.value - fixed.low)
        up = np.hypot(ratio * (energy.high - energy.value), fixed.high - fixed.value)
        rows += [{"tariff_period": f"{tariff}/{period}", "tariff": tariff, "period": period, "price_cny_per_kwh": mid,
                  "price_cny_per_kwh_low": mid - low, "price_cny_per_kwh_high": mid + high, "float_ratio": step}
                 for period, mid, low, high, step in zip(PERIODS, price, down, up, ratio, strict=True)]
    return pd.DataFrame(rows)


def _hour_rows(factors: Mapping[str, float], region: str | None) -> pd.DataFrame:
    """Return the table `tariff_hour`: which period holds when, and what a kilowatt-hour costs then."""
    parts = []
    for tariff in TARIFFS if region is not None else ():
        shares = period_shares(tariff, str(region))
        month, hour = (grid.ravel() for grid in np.indices((MONTHS, DAY_H)))
        part = pd.DataFrame({
            "tariff_hour": [f"{tariff}/{m + 1:02d}/{h:02d}" for m, h in zip(month, hour, strict=True)],
            "tariff": tariff, "month": month + 1, "hour_of_day": hour,
            "price_cny_per_kwh": (shares @ prices(tariff, factors)).ravel(),
        })
        for number, period in enumerate(PERIODS):
            part[f"{period}_share"] = shares[:, :, number].ravel()
        parts.append(part)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
