"""What modelled activities are multiplied with so that meters and known totals are met, found anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from layers.ledger.recompute.units import read_unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.ledger.recompute.tables import Tables


def find_scales(rows: pd.DataFrame, tables: Tables, manifest: Mapping[str, Any]) -> pd.Series:
    """Return what each row's activity is multiplied with, so that meters and known totals are met."""
    scale = pd.Series(1.0, index=rows.index)
    counted = rows["book"].eq("gpc") & rows["basis"].isin(["", "location"])
    is_measured = pd.Series(data=False, index=rows.index)
    known = tables["factor_in_force"].set_index("quantity")["value"]
    cells = tables["reading_cell"]
    cells = cells[(cells["year"] == rows["year"].iloc[0]) & cells["is_public"]
                  & (cells["coverage"] >= known["measured.least_coverage"])] if len(rows) else cells
    holder = _cell_of_rows(rows, tables) if len(cells) else pd.Series(None, index=rows.index, dtype=object)
    for cell in cells.itertuples():
        mine = rows["book"].eq("gpc") & (rows["carrier"] == cell.carrier) & (holder == cell.neighbourhood_id)
        modelled = rows.loc[mine & counted, "activity"].sum()
        if modelled:
            unit = known["net_calorific_value.natural_gas"] if cell.carrier == "gas" else 1.0
            scale[mine] = cell.amount / cell.coverage * unit / modelled
            is_measured |= mine
    for total in manifest["settings"]["sources"].get("totals", []):
        code = (rows["gpc_ref"] == total["gpc_ref"]) | rows["gpc_ref"].str.startswith(total["gpc_ref"] + ".")
        mine = code & (rows["carrier"] == total["carrier"]) & (rows["year"] == total["year"])
        if not mine.any():
            continue
        size, _ = read_unit(f"{total['unit']}/a")
        amount = total["amount"] * size / read_unit(rows.loc[mine, "activity_unit"].iloc[0])[0]
        amount -= (rows["activity"] * scale)[mine & counted & is_measured].sum()
        scale[mine & ~is_measured] = amount / rows.loc[mine & counted & ~is_measured, "activity"].sum()
    return scale


def _cell_of_rows(rows: pd.DataFrame, tables: Tables) -> pd.Series:
    """Return the neighbourhood whose meters each row lies behind, None for what has no meter."""
    year = rows["year"].iloc[0]
    readings = tables["reading"]
    readings = readings[~readings["reading_id"].isin(readings["supersedes"].dropna())]
    start, end = (pd.to_datetime(readings[name]) for name in ("start", "end"))
    middle = start + pd.to_timedelta((end - start).dt.days // 2, unit="D")
    readings = readings[middle.dt.year == year]
    parcel, building = tables["parcel"].set_index("parcel_id"), tables["building"].set_index("building_id")
    assets = tables["energy_asset"].set_index("asset_id")
    place = pd.concat([pd.Series(parcel.index, index=parcel.index), building["parcel_id"], assets["parcel_id"]],
                      keys=["parcel", "building", "asset"])
    readings = readings.assign(home=[place.get((kind, name)) for kind, name in
                                     zip(readings["subject_kind"], readings["subject_id"], strict=True)])
    of_parcel = set(zip(readings.loc[readings["subject_kind"] == "parcel", "home"],
                        readings.loc[readings["subject_kind"] == "parcel", "carrier"], strict=True))
    single = {(kind, name, carrier): home for kind, name, carrier, home in
              readings[["subject_kind", "subject_id", "carrier", "home"]].itertuples(index=False)
              if (home, carrier) not in of_parcel}
    homes = [row.parcel_id if (row.parcel_id, row.carrier) in of_parcel
             else single.get((row.subject_kind, row.subject_id, row.carrier)) for row in rows.itertuples()]
    own = building["neighbourhood_id"].to_dict()
    return pd.Series([None if home is None else own.get(row.subject_id, parcel["neighbourhood_id"].get(home))
                      if row.parcel_id != home or (home, row.carrier) not in of_parcel
                      else parcel["neighbourhood_id"].get(home)
                      for home, row in zip(homes, rows.itertuples(), strict=True)], index=rows.index, dtype=object)
