"""The claims of grid losses and generation once more, in pandas and shapely, from the tables of a release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from layers.contract import CLAIM
from twin.model.age import pick_by_age, read_ages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twin.model.age import Ages

    Record = Mapping[Any, Any]

Rows = list[dict[str, Any]]


def claims(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """
    Return what `ledger_energy` holds.

    Parameters
    ----------
    tables
        Tables of a release by their name: building, building_parcel, parcel, factor_in_force, energy_asset (its
        geometry as shapely objects or WKB).

    Returns
    -------
    claims
        Columns :data:`layers.contract.CLAIM`; bases are floor areas [m2] and rated powers [kW].
    """
    ages = read_ages(tables["factor_in_force"])
    rows = [*_losses(tables["building"], tables["building_parcel"], tables["parcel"], ages),
            *_assets(tables["energy_asset"])]
    return pd.DataFrame(rows, columns=list(CLAIM))


def _losses(building: pd.DataFrame, share: pd.DataFrame, parcel: pd.DataFrame, ages: Ages) -> Rows:
    """Return what the grid loses on the way to every building, and the sectors that have none."""
    land = dict(zip(parcel["parcel_id"], parcel["land_use"], strict=True))
    standing = {row["building_id"]: row for row in building.to_dict("records") if row["status"] == "existing"}
    rows: Rows = []
    for building_id, parcel_id, part in share[["building_id", "parcel_id", "share"]].itertuples(index=False):
        row = standing.get(building_id)
        if row is None:
            continue
        use = "" if pd.isna(row["use"]) else str(row["use"])
        sector = {"residential": "I.1", "agricultural": "I.5"}.get(use, "I.2")
        if use == "industrial" or land[row["parcel_id"]] == "industrial":
            sector = "I.3"
        place = ("building", building_id, parcel_id, f"{sector}.3", "grid_losses")
        if not use:
            rows.append(_apart(*place, "NE", "use_unknown"))
            continue
        intensity = pick_by_age(f"electricity_intensity.{use}", row["year_built"], ages)
        rows.append(_apart(*place, None, None) | {
            "base": row["floor_area_m2"] * part, "base_low": row["floor_area_low_m2"] * part,
            "base_high": row["floor_area_high_m2"] * part, "base_unit": "m2",
            "activity_factors": f"{intensity} grid_loss.per_delivered", "activity_unit": "kWh/a",
            "emission_factor": "grid_emission.location", "method": "grid_losses"})
    absent = {"I.1.3", "I.2.3", "I.3.3", "I.5.3"} - {row["gpc_ref"] for row in rows}
    is_unknown = any(row["reason"] == "use_unknown" for row in rows)
    return rows + [_nowhere(code, "grid_losses", *_absence(code, is_unknown=is_unknown)) for code in sorted(absent)]


def _absence(code: str, *, is_unknown: bool) -> tuple[str, str]:
    """Return why a sector has no losses: where a building's use is unknown it may be of this kind."""
    if is_unknown:
        return "NE", "use_unknown"
    return "NO", "no_industry" if code == "I.3.3" else "no_building"


def _assets(asset: pd.DataFrame) -> Rows:
    """Return generation and storage by asset, and what the zone has none of or knows nothing of."""
    standing = asset[(asset["status"] == "existing") & asset["parcel_id"].notna()]
    makers = standing[standing["kind"].isin(["generator", "plant", "heat"]) & ~_is_within_plant(standing)]
    rows = [_generation(row) for row in makers.to_dict("records")]
    rows += [_apart("asset", row["asset_id"], row["parcel_id"], "I.4.2", "storage_losses", "NE", "cycles_unknown")
             for row in standing[standing["kind"] == "storage"].to_dict("records")]
    told = ("NE", "running_hours_unknown") if (makers["source_fuel"] != "solar").any() else ("NO", "no_plant")
    rows += [_nowhere("I.4.1", "own_use", *told), _nowhere("I.4.2", "own_use", *told),
             _nowhere("I.4.3", "grid_losses", *told), _nowhere("I.8.1", "gas_leakage", "NE", "no_leakage_factor")]
    return rows if len(makers) else [*rows, _nowhere("I.4.4", "generation", "NO", "no_plant")]


def _is_within_plant(standing: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return which generators lie in a plant whose power is known, and holds theirs."""
    shapes = np.array([shapely.from_wkb(bytes(item)) if isinstance(item, bytes | bytearray) else item
                       for item in standing["geometry"]], np.object_)
    plants = shapes[((standing["kind"] == "plant") & standing["capacity_kw"].notna()).to_numpy()]
    if not len(plants):
        return np.zeros(len(standing), bool)
    touches = shapely.intersects(shapes[:, None], plants[None, :]).any(axis=1)
    return np.asarray(touches & (standing["kind"] == "generator").to_numpy())


def _generation(row: Record) -> dict[str, Any]:
    """Return the claim of one generator: only what the sun makes is known by its power."""
    is_solar = row["source_fuel"] == "solar"
    place = ("asset", row["asset_id"], row["parcel_id"], "I.4.4", "pv" if is_solar else "generation")
    if not is_solar:
        return _apart(*place, "NE", "running_hours_unknown")
    if pd.isna(row["capacity_kw"]):
        return _apart(*place, "NE", "capacity_unknown")
    return _apart(*place, None, None) | {
        "base": row["capacity_kw"], "base_unit": "kW", "activity_factors": "pv_yield.specific",
        "activity_unit": "kWh/a", "emission_factor": "generation_emission.solar", "method": "capacity_yield"}


def _nowhere(code: str, carrier: str, key: str, reason: str) -> dict[str, Any]:
    return _apart("zone", "zone", None, code, carrier, key, reason)


def _apart(
    kind: str, name: str, parcel_id: str | None, code: str, carrier: str, key: str | None, reason: str | None
) -> dict[str, Any]:
    """Return a claim without an amount."""
    return dict.fromkeys(CLAIM) | {
        "subject_kind": kind, "subject_id": name, "parcel_id": parcel_id, "gpc_ref": code, "book": "gpc",
        "carrier": carrier, "base_unit": "1", "activity_unit": "1", "method": "none", "evidence": "modelled",
        "notation_key": key, "reason": reason}
