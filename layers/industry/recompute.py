"""The claims of industry once more, in pandas, from the tables of a release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.contract import CLAIM
from twin.model.age import pick_by_age, read_ages

if TYPE_CHECKING:
    from collections.abc import Mapping

CARRIERS = pd.DataFrame(
    [("electricity", "electricity_intensity", "grid_emission.location", "I.3.2"),
     ("gas", "gas_intensity", "fuel_emission.natural_gas", "I.3.1"),
     ("heat", "heat_intensity", "heat_emission.district", "I.3.2")],
    columns=["carrier", "class", "emission_factor", "gpc_ref"],
)
NEVER_KNOWN = [("IV.1", "processes", "NE", "branch_unknown"), ("IV.2", "refrigerants", "NE", "filling_unknown"),
               ("IV.2", "switchgear_gas", "NE", "filling_unknown")]
NOTHING = [("I.3.1", "all", "NO", "no_industry"), ("I.3.2", "all", "NO", "no_industry")]


def claims(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """
    Return what `ledger_industry` holds.

    Parameters
    ----------
    tables
        Tables of a release by their name: building, building_parcel, parcel, factor_in_force.

    Returns
    -------
    claims
        Columns :data:`layers.contract.CLAIM`; bases are floor areas [m2].
    """
    building, parcel = tables["building"], tables["parcel"]
    on_industrial = parcel.loc[parcel["land_use"] == "industrial", "parcel_id"]
    owned = building[(building["status"] == "existing")
                     & (building["parcel_id"].isin(on_industrial) | (building["use"] == "industrial"))]
    used = _used(owned, tables["building_parcel"], tables["factor_in_force"])
    unknown = building.loc[building["status"] == "existing", "use"].isna().any()
    nothing = [(code, carrier, "NE", "use_unknown") for code, carrier, *_ in NOTHING] if unknown else NOTHING
    apart = pd.DataFrame([*([] if len(owned) else nothing), *NEVER_KNOWN],
                         columns=["gpc_ref", "carrier", "notation_key", "reason"])
    apart = apart.assign(subject_kind="zone", subject_id="zone", base_unit="1", activity_unit="1", method="none",
                         evidence="default")
    frames = [frame.reindex(columns=list(CLAIM)).astype(object) for frame in (used, apart) if len(frame)]
    return pd.concat(frames, ignore_index=True).assign(book="gpc")


def _used(owned: pd.DataFrame, share: pd.DataFrame, factors: pd.DataFrame) -> pd.DataFrame:
    """Return the claims of energy; a plant without an intensity of gas burns what follows from its electricity."""
    ages, known = read_ages(factors), set(factors["quantity"])
    power, gas = ([pick_by_age(f"{name}_intensity.industrial", year, ages) for year in owned["year_built"]]
                  for name in ("electricity", "gas"))
    owned = owned.assign(power=pd.Series(power, owned.index, object), is_led=[name not in known for name in gas])
    rows = owned.drop(columns="parcel_id").merge(share, on="building_id").merge(CARRIERS, how="cross")
    rows = rows[rows["use"].notna() | (rows["carrier"] == "electricity")].copy()
    is_plant = (rows["use"] == "industrial") & rows["is_led"].astype(bool)
    rows["notation_key"] = np.select([rows["use"].isna(), is_plant & (rows["carrier"] == "heat")], ["NE", "IE"], "")
    rows["reason"] = rows["notation_key"].map({"NE": "use_unknown", "IE": "heat_in_gas"})
    is_derived = is_plant & (rows["carrier"] == "gas")
    stem = rows["class"] + "." + rows["use"].fillna("")
    own = [pick_by_age(name, year, ages) for name, year in zip(stem, rows["year_built"], strict=True)]
    rows["activity_factors"] = np.where(is_derived, rows["power"] + " gas_per_electricity.industrial", own)
    rows["method"] = np.where(is_derived, "fuel_by_electricity", "floor_area_intensity")
    rows = rows.assign(subject_kind="building", subject_id=rows["building_id"], base_unit="m2", activity_unit="kWh/a",
                       evidence="modelled", base=rows["floor_area_m2"] * rows["share"],
                       base_low=rows["floor_area_low_m2"] * rows["share"],
                       base_high=rows["floor_area_high_m2"] * rows["share"]).astype(object)
    told = rows["notation_key"] != ""
    rows.loc[told, ["base", "base_low", "base_high", "activity_factors", "emission_factor"]] = None
    rows.loc[told, ["base_unit", "activity_unit", "method"]] = ["1", "1", "none"]
    rows.loc[~told, "notation_key"] = None
    return rows
