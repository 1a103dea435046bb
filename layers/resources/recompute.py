"""The claims of this room once more, with pandas straight from the release's tables, to check its SQL by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

COLUMNS = ["subject_kind", "subject_id", "parcel_id", "gpc_ref", "book", "carrier", "base", "base_low", "base_high",
           "base_unit", "activity_factors", "activity_unit", "emission_factor", "method", "evidence", "notation_key",
           "reason"]
BURNT = "incinerated_waste"
INSIDE, OUTSIDE = "III.4.1", "III.4.2"  # where wastewater is treated
DISPOSED = ["waste_generation.municipal", "~waste_share.recycled"]
ORGANICS = ["wastewater_load.bod", "wastewater.codischarge"]
NITROGEN = ["protein_supply.all", "protein.consumed", "protein.nitrogen", "wastewater.household_nitrogen",
            "wastewater.unconsumed_nitrogen", "wastewater.codischarge"]
TO_GAS = ["conversion.n2o_per_nitrogen"]


class Stream(NamedTuple):
    """What leaves or reaches homes, as one gas or carrier of it."""

    code: str
    carrier: str
    priced_by: str
    unit: str
    method: str
    factors: list[str]


STREAMS = (
    Stream("III.3.2", BURNT, "waste_emission.fossil_co2", "kg/a", "waste_per_resident",
           [*DISPOSED, "waste_share.incinerated"]),
    Stream("III.3.2", BURNT, "gwp.n2o", "kgN2O/a", "waste_per_resident",
           [*DISPOSED, "waste_share.incinerated", "waste_n2o.incinerated"]),
    Stream("III.1.2", "landfilled_waste", "gwp.ch4", "kgCH4/a", "methane_commitment",
           [*DISPOSED, "~waste_share.incinerated", "landfill_methane.potential", "landfill.correction",
            "~landfill.recovered", "~landfill.oxidised"]),
    Stream("III.4.2", "wastewater", "gwp.ch4", "kgCH4/a", "wastewater_per_resident",
           [*ORGANICS, "wastewater_methane.capacity", "wastewater.methane_correction"]),
    Stream("III.4.2", "wastewater", "gwp.n2o", "kgN2O/a", "wastewater_per_resident",
           [*NITROGEN, "wastewater.n2o", *TO_GAS]),
    Stream("III.4.2", "effluent", "gwp.ch4", "kgCH4/a", "wastewater_per_resident",
           [*ORGANICS, "~wastewater.organics_removed", "wastewater_methane.capacity", "effluent.methane_correction"]),
    Stream("III.4.2", "effluent", "gwp.n2o", "kgN2O/a", "wastewater_per_resident",
           [*NITROGEN, "~wastewater.nitrogen_removed", "effluent.n2o", *TO_GAS]),
    Stream("VI.1", "tap_water", "grid_emission.location", "kWh/a", "water_per_resident",
           ["water_use.residential", "water_supply.electricity"]),
)


def claims(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """
    Return what the room claims for the ledger.

    Parameters
    ----------
    tables
        Tables of a release by name: building, building_parcel, energy_asset, factor_in_force,
        land_cover, zone.

    Returns
    -------
    claims
        Columns as in the contract of rooms; residents as the base. [person]
    """
    homes = _homes(tables)
    population = tables["zone"]["population"].iloc[0]
    is_own = _burns_waste(tables["energy_asset"])
    told = homes[homes["base"].notna()]
    rows: list[dict[str, object]] = []
    first: dict[str, Stream] = {}
    for stream in _streams(tables["land_cover"]):
        if stream.carrier != BURNT or not is_own:
            first.setdefault(stream.carrier, stream)
            rows += [_claim(home, stream) for home in told.to_dict("records")]
    for stream in first.values():
        rows += [_claim(home, stream) for home in homes[homes["base"].isna()].to_dict("records")]
        if told.empty:
            rows.append(_silence(stream.code, stream.carrier, stream.method, *_absence(population)))
    if is_own and not told.empty:
        rows.append(_silence("III.3.2", BURNT, "waste_per_resident", "IE", "burnt_in_own_plant"))
    rows += [_silence("V.2", "green", "none", "NE", "removals_uncertain"),
             _silence("VI.1", "sewage_pumping", "none", "NE", "no_factor")]
    return pd.DataFrame(rows, columns=COLUMNS)


def _absence(population: float) -> tuple[str, str]:
    """Return why nobody is known to live in any building of a zone that declares so many people."""
    if population == 0:
        return "NO", "no_residents"
    return "NE", "population_unknown" if pd.isna(population) else "homes_unknown"


def _homes(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the residents of every building on every parcel; none given where nobody knows of them. [person]"""
    building = tables["building"]
    standing = building.loc[building["status"] == "existing", ["building_id", "residents"]]
    homes = standing[standing["residents"].ne(0)].merge(tables["building_parcel"], on="building_id")
    homes["base"] = homes["residents"] * homes["share"]
    homes["base_low"] = homes["base_high"] = float("nan")
    if pd.isna(tables["zone"]["population"].iloc[0]):
        factor = tables["factor_in_force"].set_index("quantity")
        if "floor_area_per_resident" in factor.index:
            room = factor.loc["floor_area_per_resident"]
            homes["base_low"] = homes["base"] * room["value"] / room["high"]
            homes["base_high"] = homes["base"] * room["value"] / room["low"]
    return homes


def _streams(cover: pd.DataFrame) -> list[Stream]:
    """Return what is to be claimed; wastewater is treated inside where sewage works lie in the zone."""
    if not cover["subkind"].eq("sewage_works").any():
        return [*STREAMS]
    return [stream._replace(code=INSIDE) if stream.code == OUTSIDE else stream for stream in STREAMS]


def _burns_waste(asset: pd.DataFrame) -> bool:
    """Return whether a plant that stands in the zone burns waste."""
    burns = asset["source_fuel"].eq("waste") & asset["status"].eq("existing")
    return bool((burns & asset["kind"].isin(["generator", "plant", "heat"])).any())


def _claim(home: Mapping[Hashable, Any], stream: Stream) -> dict[str, object]:
    """Return the claim of a building on a parcel."""
    is_told = not pd.isna(home["base"])
    row: dict[str, object] = {
        "subject_kind": "building", "subject_id": home["building_id"], "parcel_id": home["parcel_id"],
        "gpc_ref": stream.code, "book": "gpc", "carrier": stream.carrier, "base": home["base"],
        "base_low": home["base_low"], "base_high": home["base_high"], "base_unit": "person",
        "activity_unit": stream.unit, "method": stream.method, "evidence": "modelled",
    }
    if is_told:
        return row | {"activity_factors": " ".join(stream.factors), "emission_factor": stream.priced_by}
    return row | {"base_unit": "1", "activity_unit": "1", "notation_key": "NE", "reason": "use_unknown"}


def _silence(code: str, carrier: str, method: str, key: str, reason: str) -> dict[str, object]:
    """Return a row of the zone that says why there is no amount."""
    return {"subject_kind": "zone", "subject_id": "zone", "gpc_ref": code, "book": "gpc", "carrier": carrier,
            "base_unit": "1", "activity_unit": "1", "method": method, "notation_key": key, "reason": reason}
