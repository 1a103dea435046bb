"""The claims of this room once more, with pandas straight from the release's tables, to check its SQL by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS = ["subject_kind", "subject_id", "parcel_id", "gpc_ref", "book", "carrier", "base", "base_low", "base_high",
           "base_unit", "activity_factors", "activity_unit", "emission_factor", "method", "evidence", "notation_key",
           "reason"]
PARTS = ["food", "housing", "mobility", "goods", "leisure_services"]


def claims(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """
    Return what the room claims for the ledger.

    Parameters
    ----------
    tables
        Tables of a release by name: building, building_parcel, factor_in_force, zone.

    Returns
    -------
    claims
        Columns as in the contract of rooms; residents as the base. [person]
    """
    factor = tables["factor_in_force"].set_index("quantity")
    population = tables["zone"]["population"].iloc[0]
    parts = PARTS if {f"lifestyle_footprint.{name}" for name in PARTS} <= set(factor.index) else ["all"]
    building = tables["building"]
    homes = building[building["status"].eq("existing") & building["residents"].ne(0)].merge(
        tables["building_parcel"], on="building_id", suffixes=("_home", ""))
    homes = homes.assign(base=homes["residents"] * homes["share"], base_low=float("nan"), base_high=float("nan"))
    if pd.isna(population) and "floor_area_per_resident" in factor.index:
        room = factor.loc["floor_area_per_resident"]
        homes["base_low"] = homes["base"] * room["value"] / room["high"]
        homes["base_high"] = homes["base"] * room["value"] / room["low"]
    told, mute = homes[homes["base"].notna()], homes[homes["base"].isna()]
    blocks = [_block(told, part).assign(emission_factor=f"lifestyle_footprint.{part}", evidence="default",
                                        activity_factors="lifestyle_level.default")
              for part in parts]
    blocks.append(_block(mute, "all").assign(
        base_unit="1", activity_unit="1", notation_key="NE", reason="use_unknown"))
    found = pd.concat([block.astype(object) for block in blocks], ignore_index=True)
    if told.empty:
        unknown = "population_unknown" if pd.isna(population) else "homes_unknown"
        key, reason = ("NO", "no_residents") if population == 0 else ("NE", unknown)
        found.loc[len(found), ["subject_kind", "subject_id", "gpc_ref", "base_unit", "activity_unit", "notation_key",
                               "reason"]] = ["zone", "zone", "all", "1", "1", key, reason]
    return found.assign(book="consumption", carrier="consumption", method="footprint_per_resident").reindex(
        columns=COLUMNS)


def _block(homes: pd.DataFrame, part: str) -> pd.DataFrame:
    """Return the claims of buildings for one category of consumption."""
    kept = homes[["building_id", "parcel_id", "base", "base_low", "base_high"]]
    return kept.rename(columns={"building_id": "subject_id"}).assign(
        subject_kind="building", gpc_ref=part, base_unit="person", activity_unit="person")
