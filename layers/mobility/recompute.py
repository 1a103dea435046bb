"""The claims once more, from the release's tables with pandas: written apart from the SQL, to check it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from layers.contract import CLAIM

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PETROL = "vehicle_km_per_head.light ~electric_driving.light fuel_use.petrol_car"
DIESEL = "vehicle_km_per_head.light heavy_per_light.{} heavy_vehicle_level.default fuel_use.diesel_heavy"
CHARGED = "vehicle_km_per_head.light electric_driving.light electricity_use.electric_car"
LOST = f"{CHARGED} grid_loss.per_delivered"
BURNT = ("fuel_use.petrol_car", "fuel_use.diesel_heavy")


def claims(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """
    Return what the room claims, with the columns of `CLAIM`.

    The place of roads in the network is taken from the release (`road_traffic.centrality`); their shares of the traffic
    are worked out anew.

    Parameters
    ----------
    tables
        Tables of the release by name: zone, building, building_parcel, road, road_parcel, road_traffic, energy_asset,
        factor_in_force.
    """
    factor = tables["factor_in_force"].set_index("quantity")["value"]
    standing = tables["building"].query("status == 'existing'").set_index("building_id")["residents"].dropna()
    homes = _at_home(standing, tables["building_parcel"])
    told = tables["zone"]["population"].iloc[0]
    people = standing.sum() or (0.0 if pd.isna(told) else float(told))
    share = traffic_shares(tables["road"], tables["road_traffic"], factor)
    is_driven = people > 0 and len(share) > 0
    nobody = None if people > 0 else "no_residents" if told == 0 else "residents_unknown"
    no_charging = _first(homes.empty and (nobody or "homes_unknown"), not {*CHARGED.split()} <= {*factor.index})
    no_traffic = _first(not is_driven and (nobody or "no_roads"), not {*CHARGED.split(), *BURNT} <= {*factor.index})
    stations = _stations(tables["energy_asset"], no_charging)
    rows: list[dict[str, Any]] = [*_driven(people, share, tables), *_charged(homes), *stations]
    if not is_driven:
        rows += [_apart("II.1.1", carrier, no_traffic) for carrier in ("petrol", "diesel")]
    if homes.empty:
        rows += [_apart("II.1.2", "electricity", no_charging), _apart("II.1.3", "grid_losses", no_charging)]
    rows.append(_apart("II.1.3", "all", no_traffic, otherwise="counted_inside"))
    bounds = _bounds(tables["factor_in_force"]) if pd.isna(told) else None
    if bounds is not None:
        rows = [row | {"base_low": row["base"] * bounds[0], "base_high": row["base"] * bounds[1]}
                if row.get("base") is not None else row for row in rows]
    return pd.DataFrame([dict.fromkeys(CLAIM) | {"book": "gpc"} | row for row in rows], columns=list(CLAIM))


def _bounds(factors: pd.DataFrame) -> tuple[float, float] | None:
    """Return what residents that follow from floor area may be, relative to what is told; None where nobody knows."""
    room = factors[factors["quantity"] == "floor_area_per_resident"]
    if room.empty or pd.isna(room["low"].iloc[0]):
        return None
    value, low, high = (float(room[name].iloc[0]) for name in ("value", "low", "high"))
    return value / high, value / low


def traffic_shares(road: pd.DataFrame, network: pd.DataFrame, factor: pd.Series) -> pd.Series:
    """
    Return the share of each road in the kilometres of light vehicles, by its id; they sum to 1.

    Parameters
    ----------
    road
        Roads: road_id, class, lanes, length_m, one_way.
    network
        Their place in the network: road_id, centrality. [1]
    factor
        Value of each quantity.
    """
    known = road.merge(network[["road_id", "centrality"]], on="road_id").set_index("road_id")
    kind = known["class"].astype(str)
    flow, usual, heavy = (_of_class(factor, name, kind) for name in ("traffic", "road_lanes", "heavy_per_light"))
    alone = known["one_way"].fillna(value=False).astype(bool)
    guess = usual.where(~alone, np.maximum(usual / 2, 1))
    lanes = known["lanes"].where(known["lanes"] > 0).fillna(guess)
    length = known["length_m"].astype(float)
    whole = length.groupby(kind).transform("sum")
    mean = (known["centrality"] * length).groupby(kind).transform("sum") / whole
    most = float(factor["centrality.greatest_ratio"])
    place = (known["centrality"] / mean.where(mean > 0)).fillna(1.0).clip(1 / most, most)
    light = 1 / (1 + heavy * float(factor["heavy_vehicle_level.default"]))
    weight = (flow * lanes / usual * place * light * length).dropna()
    return weight / weight.sum()


def _of_class(factor: pd.Series, name: str, kind: pd.Series) -> pd.Series:
    return (name + "." + kind).map(factor).astype(float)


def _at_home(standing: pd.Series, building_parcel: pd.DataFrame) -> pd.Series:
    """Return the residents of each parcel that has any. [person]"""
    pieces = building_parcel[building_parcel["building_id"].isin(standing.index)]
    persons = pieces["building_id"].map(standing).astype(float) * pieces["share"].astype(float)
    found = persons.groupby(pieces["parcel_id"]).sum()
    return found[found > 0]


def _driven(people: float, share: pd.Series, tables: Mapping[str, pd.DataFrame]) -> Iterable[dict[str, object]]:
    """Yield what is burnt on each piece of road."""
    if not people:
        return
    pieces = tables["road_parcel"]
    pieces = pieces.assign(traffic=pieces["road_id"].map(share).astype(float)).dropna(subset=["traffic"])
    pieces = pieces.merge(tables["road"][["road_id", "class"]], on="road_id")
    for piece in pieces.to_dict("records"):
        row = {"subject_kind": "road", "subject_id": piece["road_id"], "parcel_id": piece["parcel_id"],
               "gpc_ref": "II.1.1", "base": people * piece["traffic"] * piece["share"], "base_unit": "person",
               "activity_unit": "L/a", "method": "vehicle_km_by_road", "evidence": "modelled"}
        yield row | {"carrier": "petrol", "activity_factors": PETROL, "emission_factor": "motor_fuel_emission.petrol"}
        yield row | {"carrier": "diesel", "activity_factors": DIESEL.format(piece["class"]),
                     "emission_factor": "motor_fuel_emission.diesel"}


def _charged(homes: pd.Series) -> Iterable[dict[str, object]]:
    """Yield what is charged where people live, and what the grid loses on the way there."""
    for parcel, persons in homes.items():
        row = {"subject_kind": "parcel", "subject_id": parcel, "parcel_id": parcel, "base": persons,
               "base_unit": "person", "activity_unit": "kWh/a", "emission_factor": "grid_emission.location",
               "evidence": "modelled"}
        yield row | {"gpc_ref": "II.1.2", "carrier": "electricity", "activity_factors": CHARGED,
                     "method": "charging_at_home"}
        yield row | {"gpc_ref": "II.1.3", "carrier": "grid_losses", "activity_factors": LOST, "method": "grid_losses"}


def _stations(assets: pd.DataFrame, no_charging: str | None) -> Iterable[dict[str, object]]:
    """Yield the stations, whose current is counted where people live."""
    stations = assets[(assets["kind"] == "charging_station") & (assets["status"] == "existing")]
    for station in stations.itertuples():
        yield _apart("II.1.2", "electricity", no_charging, otherwise="charged_at_home") | {
            "subject_kind": "asset", "subject_id": station.asset_id, "parcel_id": station.parcel_id,
            "method": "charging_at_home"}


def _apart(code: str, carrier: str, gap: str | None, *, otherwise: str | None = None) -> dict[str, object]:
    """Return a row without an amount of its own: it does not occur or is not estimated, or is included elsewhere."""
    is_charging = carrier in {"electricity", "grid_losses"}
    key = "IE" if gap is None else "NO" if gap == "no_residents" and is_charging else "NE"
    return {"subject_kind": "zone", "subject_id": "zone", "gpc_ref": code, "carrier": carrier, "base_unit": "1",
            "activity_unit": "1", "method": "none", "notation_key": key, "reason": gap or otherwise}


def _first(gap: str | bool, is_factor_missing: bool) -> str | None:  # noqa: FBT001 one of two reasons
    """Return why there is no figure, None where there is one."""
    return str(gap) if gap else "no_factor" if is_factor_missing else None
