"""Roofs ranked for photovoltaics: what each would give, cost and pay back, and what is left out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from layers.payback.roofs import judge_roofs
from server.assumptions import Known, TermsQuery, bounds_of
from server.notice import is_synthetic, notice_of
from twin.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.database import ServedRelease

REASONS = ("tilt_north", "setback", "parapet", "too_small", "shade", "obstruction")
NEEDED = ("building_solar", "solar_hour", "building_payback", "roof_power")
ENDINGS = ("", "_low", "_high")
FIGURES = ("self_used_share", "self_used_kwh_per_a", "exported_kwh_per_a", "avoided_kgco2e_per_a", "value_cny_per_a",
           "capex_cny", "opex_cny_per_a", "payback_years")
# Names of the solar layer's columns that are shorter here, where all is about modules.
SHORT = {"pv_capacity_kwp": "capacity_kwp", "pv_yield_p90_kwh_per_a": "yield_p90_kwh_per_a"} | {
    f"pv_{name}{ending}": f"{name}{ending}" for name in ("yield_kwh_per_a", "specific_yield_kwh_per_kwp_a")
    for ending in ENDINGS}
ORDER = {"capacity": "capacity_kwp", "yield": "yield_kwh_per_a", "p90": "yield_p90_kwh_per_a",
         "specific_yield": "specific_yield_kwh_per_kwp_a", "avoided": "avoided_kgco2e_per_a",
         "payback": "payback_years"}
SUMS = ("capacity_kwp", "yield_kwh_per_a", "yield_kwh_per_a_low", "yield_kwh_per_a_high", "yield_p90_kwh_per_a",
        "avoided_kgco2e_per_a", "avoided_kgco2e_per_a_low", "avoided_kgco2e_per_a_high", "self_used_kwh_per_a",
        "exported_kwh_per_a", "capex_cny")
QUERY = f"""
select building.building_id, coalesce(building.name_local, building.address) as name, building.use,
       building.neighbourhood_id, map.lon, map.lat, solar.roof_m2, solar.roof_usable_m2,
       {", ".join(f"solar.roof_{reason}_m2" for reason in REASONS)},
       {", ".join(f"solar.{column}" for column in SHORT)},
       payback.* exclude (building_id),
       asset.kind as grid_kind, coalesce(asset.name_local, asset.name_latin) as grid_name,
       asset.capacity_kw as grid_capacity_kw, asset.voltage_v as grid_voltage_v
from building_solar as solar
inner join building using (building_id)
inner join building_payback as payback using (building_id)
inner join (select feature_id, any_value(lon) as lon, any_value(lat) as lat from map_building group by all) as map
    on map.feature_id = building.building_id
left join energy_asset as asset on asset.asset_id = payback.grid_asset_id
where solar.pv_capacity_kwp > 0 and solar.pv_capacity_kwp >= $least_kwp
    and ($use is null or building.use = $use)
    and ($neighbourhood is null or building.neighbourhood_id = $neighbourhood)
    and ($building_id is null or building.building_id = $building_id)
order by building.building_id
"""

Word = Annotated[str | None, Field(max_length=200)]


class SiteQuery(TermsQuery):
    """Which roofs are wanted, in which order, on which terms."""

    by: Literal["capacity", "yield", "p90", "specific_yield", "avoided", "payback"] = "yield"
    ascending: Annotated[bool | None, Field(description="else the best first")] = None
    use: Word = None
    neighbourhood: Word = None
    least_kwp: Annotated[float, Field(ge=0, le=1e6)] = 10.0
    most_payback_years: Annotated[float | None, Field(ge=0, le=1000)] = None
    target_kwp: Annotated[float | None, Field(gt=0, le=1e9)] = None
    target_kwh_per_a: Annotated[float | None, Field(gt=0, le=1e13)] = None
    ids: Annotated[bool, Field(description="whether the ids of all buildings that pass are told, too")] = False
    limit: Annotated[int, Field(ge=1, le=1000)] = 20
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0


def rank_sites(served: ServedRelease, query: SiteQuery) -> dict[str, Any]:
    """
    Return the best roofs, best first, with sums over all that pass the filter, and what is taken for granted.

    Parameters
    ----------
    served
        The release.
    query
        Which roofs, in which order, on which terms.

    Raises
    ------
    NotFoundError
        If the release has no such figures: a layer is missing, or no weather is known for the zone.
    """
    known = Known(known_release(served))
    ranked = ranked_roofs(served, known, query)
    page = ranked.iloc[query.offset : query.offset + query.limit]
    manifest = served.release.manifest
    return {
        "sites": [site_of(row, manifest) for row in records(page)], "count": len(ranked), "offset": query.offset,
        "has_weather": bool((served.row("select count(*) as hours from solar_hour") or {"hours": 0})["hours"]),
        "building_ids": ranked.get("building_id", pd.Series(dtype=object)).tolist() if query.ids else None,
        "sums": sums_of(ranked), "typical": typical_of(ranked, known.export_price(query)),
        "targets": targets_of(ranked, query),
        "assumptions": known.told(query), "tariff": known.tariff(query), "bounds": bounds_of(SiteQuery),
        "left_out_keys": {reason: f"solar.roof_{reason}_m2" for reason in REASONS},
        "weather": [note for note in manifest["report"]["notes"] if note.startswith("weather: ")],
        "release_id": served.release.release_id, "synthetic": is_synthetic(manifest),
        "notice": notice_of(manifest, query.lang),
    }


def known_release(served: ServedRelease) -> ServedRelease:
    """
    Return a release that has the figures.

    Raises
    ------
    NotFoundError
        If it has not.
    """
    if not set(NEEDED) <= served.tables:
        message = "this release has no solar figures; build the zone again"
        raise NotFoundError(message)
    return served


def ranked_roofs(
    served: ServedRelease, known: Known, query: SiteQuery, building_id: str | None = None
) -> pd.DataFrame:
    """Return all roofs that pass a filter, in their order, one row each."""
    rows = served.rows(QUERY, {"least_kwp": query.least_kwp, "use": query.use, "neighbourhood": query.neighbourhood,
                               "building_id": building_id})
    if not rows:
        return pd.DataFrame()
    found = judge_roofs(pd.DataFrame(rows), known.factors, region=known.region, changes=query.changes())
    found = found.rename(columns=SHORT)
    if query.most_payback_years is not None:
        found = found[found["payback_years"] <= query.most_payback_years]
    ascending = query.by == "payback" if query.ascending is None else query.ascending
    return found.sort_values([ORDER[query.by], "building_id"], ascending=[ascending, True], na_position="last")


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as dicts in which what is not known is None."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [dict(zip(plain.columns, row, strict=True)) for row in plain.itertuples(index=False, name=None)]


def site_of(row: Mapping[str, Any], manifest: dict[str, Any]) -> dict[str, Any]:
    """Return one roof as the API tells it."""
    plain = ("building_id", "name", "use", "neighbourhood_id", "roof_m2", "roof_usable_m2", *SHORT.values(),
             *(f"{figure}{ending}" for figure in FIGURES for ending in ENDINGS), "payback_reason", "tariff")
    reason, tariff = row["payback_reason"], row["tariff"]
    return {name: row[name] for name in plain} | {
        "use_key": f"use.{row['use']}" if row["use"] else None,
        "payback_reason_key": f"payback.payback_reason.{reason}" if reason else None,
        "tariff_key": f"payback.tariff.{tariff}" if tariff else None,
        "left_out_m2": {why: row[f"roof_{why}_m2"] for why in REASONS},
        "grid": _grid(row, manifest), "centre": [row["lon"], row["lat"]],
    }


def _grid(row: Mapping[str, Any], manifest: dict[str, Any]) -> dict[str, Any] | None:
    """Return the nearest transformer or substation, and whether it is invented."""
    if row["grid_asset_id"] is None:
        return None
    return {"asset_id": row["grid_asset_id"], "kind": row["grid_kind"], "kind_key": f"kind.{row['grid_kind']}",
            "name": row["grid_name"], "distance_m": row["grid_distance_m"], "capacity_kw": row["grid_capacity_kw"],
            "voltage_v": row["grid_voltage_v"], "synthetic": is_synthetic(manifest, "osm")}


def sums_of(roofs: pd.DataFrame) -> dict[str, Any]:
    """
    Return sums over roofs; those of bounds and of P90 are wider than roofs with errors of their own would need.

    Value and payback are those of all roofs together that have one; what roofs give whose buildings' load is not known
    is neither self-used nor exported, but stands by itself.
    """
    if roofs.empty:
        return {"roofs": 0, **dict.fromkeys(SUMS, 0.0), "no_load_kwh_per_a": 0.0, "roofs_with_payback": 0,
                "value_cny_per_a": 0.0, "payback_years": None}
    paid = roofs[roofs["payback_years"].notna()]
    left = float((paid["value_cny_per_a"] - paid["opex_cny_per_a"]).sum())
    return {
        "roofs": len(roofs), **{name: _known_sum(roofs[name]) for name in SUMS},
        "no_load_kwh_per_a": float(roofs.loc[roofs["self_used_share"].isna(), "yield_kwh_per_a"].sum()),
        "roofs_with_payback": len(paid), "value_cny_per_a": float(paid["value_cny_per_a"].sum()),
        "payback_years": float(paid["capex_cny"].sum()) / left if left > 0 else None,
    }


def typical_of(roofs: pd.DataFrame, export_price: float | None) -> dict[str, float] | None:
    """
    Return after how long half of the roofs have paid back, and what that comes from; None where nothing is self-used.

    Parameters
    ----------
    roofs
        One row each.
    export_price
        What is sold brings. [CNY/kWh]

    Returns
    -------
    typical
        How many roofs are judged: those with a payback, and those whose modules' life ends before they have paid back.
        Their median payback [years], what a kilowatt-hour that is self-used saves and one that is sold brings
        [CNY/kWh], and the share that is self-used [1].
    """
    if roofs.empty or export_price is None:
        return None
    paid = roofs[roofs["payback_years"].notna() | (roofs["payback_reason"] == "beyond_life")]
    median = float(paid["payback_years"].fillna(np.inf).median())
    self_used, exported = paid["self_used_kwh_per_a"].sum(), paid["exported_kwh_per_a"].sum()
    if not self_used > 0 or not np.isfinite(median):
        return None
    return {"roofs": len(paid), "payback_years": median,
            "saved_cny_per_kwh": float((paid["value_cny_per_a"].sum() - export_price * exported) / self_used),
            "sold_cny_per_kwh": export_price, "self_used_share": float(self_used / (self_used + exported))}


def _known_sum(values: pd.Series) -> float | None:
    """Return the sum of what is known, None where nothing is."""
    return float(values.sum()) if values.notna().any() else None


def targets_of(ranked: pd.DataFrame, query: SiteQuery) -> list[dict[str, Any]]:
    """Return how many roofs, taken in their order, meet what is aimed at, and the sums at that point."""
    told = []
    for key, target in (("capacity_kwp", query.target_kwp), ("yield_kwh_per_a", query.target_kwh_per_a)):
        if target is None:
            continue
        reached = np.cumsum(ranked[key].to_numpy(dtype=float)) if len(ranked) else np.zeros(0)
        needed = int(np.searchsorted(reached, target * (1 - 1e-12))) + 1
        is_met = needed <= len(reached)
        told.append({"key": key, "target": target, "is_met": is_met, "roofs": needed if is_met else None,
                     "sums": sums_of(ranked.iloc[:needed])})
    return told
