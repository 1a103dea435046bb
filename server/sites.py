"""Roofs ranked for photovoltaics, with what each would give and what is left out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server.notice import notice_of
from twin.errors import NotFoundError

if TYPE_CHECKING:
    from server.database import ServedRelease

REASONS = ("tilt_north", "setback", "parapet", "too_small", "shade", "obstruction")

QUERY = f"""
select building.building_id, coalesce(building.name_local, building.address) as name, building.use,
       building.neighbourhood_id, map.lon, map.lat, solar.roof_m2, solar.roof_usable_m2,
       solar.pv_capacity_kwp as capacity_kwp, solar.pv_yield_kwh_per_a as yield_kwh_per_a,
       solar.pv_yield_kwh_per_a_low as yield_kwh_per_a_low,
       solar.pv_yield_kwh_per_a_high as yield_kwh_per_a_high, solar.pv_yield_p90_kwh_per_a as yield_p90_kwh_per_a,
       solar.pv_specific_yield_kwh_per_kwp_a as specific_yield_kwh_per_kwp_a,
       {{{", ".join(f"'{reason}': solar.roof_{reason}_m2" for reason in REASONS)}}} as left_out_m2
from building_solar as solar
inner join building using (building_id)
inner join (select feature_id, any_value(lon) as lon, any_value(lat) as lat from map_building group by all) as map
    on map.feature_id = building.building_id
where solar.pv_capacity_kwp >= $least_kwp and ($use is null or building.use = $use)
order by case when $by = 'specific_yield' then solar.pv_specific_yield_kwh_per_kwp_a else solar.pv_yield_kwh_per_a end
    desc, building.building_id
limit $limit
"""


def rank_sites(
    served: ServedRelease, language: str, *, limit: int, by: str, use: str | None, least_kwp: float
) -> dict[str, Any]:
    """
    Return the best roofs, best first, and the weather behind them.

    Parameters
    ----------
    served
        The release.
    language
        Of the notice.
    limit
        Most that are wanted.
    by
        `yield` or `specific_yield`.
    use
        Only of buildings of this use.
    least_kwp
        Only with at least so much rated power. [kWp]

    Raises
    ------
    NotFoundError
        If the release has no solar figures: the layer is missing, or no weather is known for the zone.
    """
    if "building_solar" not in served.tables:
        message = "this release has no solar figures; build the zone again"
        raise NotFoundError(message)
    parameters = {"limit": limit, "by": by, "use": use, "least_kwp": least_kwp}
    sites = served.rows(QUERY, parameters)
    for site in sites:
        site["centre"] = [site.pop("lon"), site.pop("lat")]
    manifest = served.release.manifest
    notes = [note for note in manifest["report"]["notes"] if note.startswith("weather: ")]
    return {"sites": sites, "weather": notes, "notice": notice_of(manifest, language)}
