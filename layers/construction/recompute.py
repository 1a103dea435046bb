"""The claims of buildings once more, in pandas, from the tables of a release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from layers.contract import CLAIM
from twin.model.age import pick_by_age, read_ages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twin.model.age import Ages

    Piece = Mapping[Any, Any]

SECTORS = {"residential": "I.1", "agricultural": "I.5"}
SERVICES = "I.2"
ENERGY = {
    "electricity": ("electricity_intensity", "grid_emission.location", "2"),
    "gas": ("gas_intensity", "fuel_emission.natural_gas", "1"),
    "heat": ("heat_intensity", "heat_emission.district", "2"),
}
STAGES = {
    "B1-B5": ("repair", "NE", "no_factor"),
    "B6": ("operation", "IE", "operation_in_gpc"),
    "C1-C4": ("demolition", "NE", "no_factor"),
}


def claims(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """
    Return what `ledger_construction` holds.

    Parameters
    ----------
    tables
        Tables of a release by their name: building, building_parcel, parcel, factor_in_force.

    Returns
    -------
    claims
        Columns :data:`layers.contract.CLAIM`; bases are floor areas [m2].
    """
    pieces = _pieces(tables["building"], tables["building_parcel"], tables["parcel"])
    ages = read_ages(tables["factor_in_force"])
    rows: list[dict[str, Any]] = []
    for piece in pieces.to_dict("records"):
        if not piece["is_industry"]:
            rows += _energy(piece, ages)
        rows.append(_embodied(piece))
    present = set(pieces.loc[~pieces["is_industry"], "sector"])
    nothing = ("NE", "use_unknown") if pieces["use"].isna().any() else ("NO", "no_building")
    for sector in sorted({SERVICES, *SECTORS.values()} - present):
        rows += [_apart(f"{sector}.{part}", "gpc", "all", *nothing) for part in ("1", "2")]
    rows += [_apart(stage, "embodied", *told) for stage, told in STAGES.items()]
    return pd.DataFrame(rows, columns=list(CLAIM))


def _pieces(building: pd.DataFrame, share: pd.DataFrame, parcel: pd.DataFrame) -> pd.DataFrame:
    """Return each standing building on each of its parcels; floor areas by its share of the outline. [m2]"""
    land = parcel.set_index("parcel_id")["land_use"]
    standing = building[building["status"] == "existing"]
    standing = standing.assign(
        is_industry=(standing["parcel_id"].map(land) == "industrial") | (standing["use"] == "industrial"),
        sector=standing["use"].map(SECTORS).fillna(SERVICES),
    )
    pieces = standing.drop(columns="parcel_id").merge(share, on="building_id")
    for name in ("floor_area_m2", "floor_area_low_m2", "floor_area_high_m2"):
        pieces[name] *= pieces["share"]
    return pd.DataFrame(pieces)


def _energy(piece: Piece, ages: Ages) -> list[dict[str, Any]]:
    """Return the claims of one piece's energy: of every carrier where its use is known, by its age."""
    if pd.isna(piece["use"]):
        return [_unknown(piece, f"{piece['sector']}.2", "gpc", "electricity")]
    return [
        _amount(piece, f"{piece['sector']}.{part}", "gpc", carrier) | {
            "activity_factors": pick_by_age(f"{intensity}.{piece['use']}", piece["year_built"], ages),
            "activity_unit": "kWh/a", "emission_factor": emission, "method": "floor_area_intensity"}
        for carrier, (intensity, emission, part) in ENERGY.items()
    ]


def _embodied(piece: Piece) -> dict[str, Any]:
    """Return the claim of what one piece embodies, for one year of its life."""
    code = "A1-A5.works" if piece["is_industry"] or piece["use"] == "agricultural" else "A1-A5"
    if pd.isna(piece["use"]):
        return _unknown(piece, code, "embodied", "materials")
    return _amount(piece, code, "embodied", "materials") | {
        "activity_factors": "/service_life.building", "activity_unit": "m2/a",
        "emission_factor": f"embodied_carbon.{piece['use']}", "method": "embodied_over_life"}


def _amount(piece: Piece, code: str, book: str, carrier: str) -> dict[str, Any]:
    return _unknown(piece, code, book, carrier) | {
        "base": piece["floor_area_m2"], "base_low": piece["floor_area_low_m2"],
        "base_high": piece["floor_area_high_m2"], "base_unit": "m2", "notation_key": None, "reason": None}


def _unknown(piece: Piece, code: str, book: str, carrier: str) -> dict[str, Any]:
    return _apart(code, book, carrier, "NE", "use_unknown") | {
        "subject_kind": "building", "subject_id": piece["building_id"], "parcel_id": piece["parcel_id"],
        "evidence": "modelled"}


def _apart(code: str, book: str, carrier: str, key: str, reason: str) -> dict[str, Any]:
    """Return a claim without an amount."""
    return dict.fromkeys(CLAIM) | {
        "subject_kind": "zone", "subject_id": "zone", "gpc_ref": code, "book": book, "carrier": carrier,
        "base_unit": "1", "activity_unit": "1", "method": "none", "evidence": "default", "notation_key": key,
        "reason": reason}
