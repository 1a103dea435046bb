"""What modelled activities are multiplied with so that meters and known totals are met, found anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from layers.ledger.recompute.units import read_unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from layers.ledger.recompute.tables import Tables


def find_scales(rows: pd.DataFrame, tables: Tables, manifest: Mapping[str, Any]) -> pd.Series[float]:
    """
    Return what each row's activity is multiplied with.

    Meters whose sum may be shown come first: the rows behind them are made to meet it, all by one ratio. Then what is
    known of a whole code, less what meters read, is shared out over the rest.
    """
    scale = pd.Series(1.0, index=rows.index)
    counted = rows["book"].eq("gpc") & rows["basis"].isin(["", "location"])
    is_measured = pd.Series(data=False, index=rows.index)
    cell_of_row, holder_of_row = _cells_of_rows(rows, tables)
    for neighbourhood, carrier, meters, amount in _public_cells(tables, tables.year):
        mine = rows["book"].eq("gpc") & (rows["carrier"] == carrier) & (cell_of_row == neighbourhood)
        mine &= rows["activity_unit"].isin(["kWh/a", "1"])
        modelled = float(rows.loc[mine & counted, "activity"].sum())
        has_gap = bool(rows.loc[mine & counted, "activity"].isna().any())
        if modelled and not has_gap and holder_of_row[mine & counted].nunique() == meters:
            scale[mine] = amount / modelled
            is_measured |= mine
    for total in manifest["settings"]["sources"].get("totals", []):
        code = (rows["gpc_ref"] == total["gpc_ref"]) | rows["gpc_ref"].str.startswith(total["gpc_ref"] + ".")
        mine = code & (rows["carrier"] == total["carrier"]) & (rows["year"] == total["year"])
        rest = float(rows.loc[mine & counted & ~is_measured, "activity"].sum())
        if rest:
            unit = read_unit(str(rows.loc[mine, "activity_unit"].iloc[0]))[0]
            amount = total["amount"] * read_unit(f"{total['unit']}/a")[0] / unit
            amount -= float((rows["activity"] * scale)[mine & counted & is_measured].sum())
            scale[mine & ~is_measured] = amount / rest
    return _follow(rows, scale)


def _follow(rows: pd.DataFrame, scale: pd.Series[float]) -> pd.Series[float]:
    """Return scales in which the losses of a grid follow the electricity of the same subject on the same parcel."""
    subject = rows["subject_kind"] + "/" + rows["subject_id"] + "/" + rows["parcel_id"].fillna("")
    told = scale[(rows["carrier"] == "electricity") & rows["book"].eq("gpc")].groupby(subject).max()
    losses = rows["carrier"] == "grid_losses"
    return scale.where(~losses, subject.map(told).fillna(1.0))


def _public_cells(tables: Tables, year: int) -> Iterator[tuple[str, str, float, float]]:
    """Yield neighbourhood, carrier, meters and amount of a year where it may be shown and was read long enough."""
    known = {row["quantity"]: row["value"] for row in tables["factor_in_force"].to_dict("records")}
    for cell in tables["reading_cell"].to_dict("records"):
        if cell["year"] == year and cell["is_public"] and cell["coverage"] >= known["measured.least_coverage"]:
            unit = known["net_calorific_value.natural_gas"] if cell["carrier"] == "gas" else 1.0
            yield cell["neighbourhood_id"], cell["carrier"], cell["meters"], cell["amount"] / cell["coverage"] * unit


def _cells_of_rows(rows: pd.DataFrame, tables: Tables) -> tuple[pd.Series[str], pd.Series[str]]:
    """Return the neighbourhood whose meters each row lies behind, and which subject's; empty for what has no meter."""
    parcels = {row["parcel_id"]: row["neighbourhood_id"] for row in tables["parcel"].to_dict("records")}
    buildings = {row["building_id"]: row for row in tables["building"].to_dict("records")}
    assets = {row["asset_id"]: row["parcel_id"] for row in tables["energy_asset"].to_dict("records")}
    of_parcel: set[tuple[str, str, int]] = set()
    single: dict[tuple[str, str, str, int], tuple[str | None, str | None]] = {}
    for reading in _standing(tables["reading"]):
        kind, name, key = reading["subject_kind"], reading["subject_id"], (reading["carrier"], reading["year"])
        home = {"parcel": name, "building": buildings.get(name, {}).get("parcel_id"), "asset": assets.get(name)}[kind]
        if kind == "parcel":
            of_parcel.add((name, *key))
        own = buildings[name]["neighbourhood_id"] if kind == "building" else parcels.get(home)
        single[kind, name, *key] = (home, own)
    cells, holders = [], []
    for row in rows.to_dict("records"):
        key, holder = (row["carrier"], row["year"]), f"{row['subject_kind']}/{row['subject_id']}"
        is_building = row["subject_kind"] == "building"
        home = buildings[row["subject_id"]]["parcel_id"] if is_building else row["parcel_id"]
        _, own = single.get((row["subject_kind"], row["subject_id"], *key), (None, None))
        if (home, *key) in of_parcel:
            own, holder = parcels[home], f"parcel/{home}"
        cells.append(own or "")
        holders.append(holder)
    return pd.Series(cells, index=rows.index), pd.Series(holders, index=rows.index)


def _standing(readings: pd.DataFrame) -> Iterator[dict[Any, Any]]:
    """Yield the readings that no later one corrects, each with the year of its middle day."""
    corrected = set(readings["supersedes"].dropna())
    for reading in readings.to_dict("records"):
        if reading["reading_id"] not in corrected:
            days = (reading["end"] - reading["start"]).days
            yield reading | {"year": (reading["start"] + pd.Timedelta(days=days // 2)).year}
