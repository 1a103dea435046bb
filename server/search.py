"""Search over buildings, parcels, streets and neighbourhoods: by id, name (local or Latin) and address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from server.database import ServedRelease

# Letters as one types them: small, without accents, the German sharp s as two.
FOLD = "strip_accents(replace(lower({}), 'ß', 'ss'))"

# Rank: the id or name itself, the beginning of a name, the beginning of a word in it, anywhere.
QUERY = f"""
with asked as (select {FOLD.format("$q")} as q),

thing as (
    select 'neighbourhood' as kind, neighbourhood_id as id, name_local, name_latin, null as address,
           coalesce(name_local, neighbourhood_id) as name, 0 as priority
    from neighbourhood
    union all
    select 'street', min(road_id), name_local, any_value(name_latin), null, name_local, 1
    from road where name_local is not null group by name_local
    union all
    select 'building', building_id, name_local, name_latin, address,
           coalesce(name_local, address, building_id), 2
    from building
    union all
    select 'parcel', parcel_id, cadastral_ref, null, null, coalesce(cadastral_ref, parcel_id), 3
    from parcel
),

folded as (
    select *, {FOLD.format("id")} as key, {FOLD.format("name_local")} as local, {FOLD.format("name_latin")} as latin,
           {FOLD.format("address")} as place, concat_ws(' ', local, latin, place) as words,
           replace(latin, ' ', '') as joined
    from thing
),

ranked as (
    select folded.*,
        case
            when q in (key, local) or latin = q or place = q then 0
            when starts_with(local, q) or starts_with(latin, q) or starts_with(place, q) then 1
            when starts_with(joined, replace(q, ' ', '')) then 1
            when contains(' ' || words, ' ' || q) then 2
            when contains(words, q) or contains(joined, replace(q, ' ', '')) then 3
            when contains(key, q) then 4
        end as rank
    from folded cross join asked
)

select kind, id, name, concat_ws(' · ', nullif(name_latin, name), nullif(address, name)) as detail
from ranked
where rank is not null
order by rank, priority, length(name), name, id
limit $limit
"""
TABLES = {"neighbourhood": "neighbourhood", "street": "road", "building": "building", "parcel": "parcel"}


def find(served: ServedRelease, query: str, limit: int) -> list[dict[str, Any]]:
    """Return the features that fit a query best, each with its place."""
    needle = " ".join(query.split())
    if not needle:
        return []
    found = served.rows(QUERY, {"q": needle, "limit": limit})
    placed = [item | _place(served, item["kind"], item["id"], item["name"]) for item in found]
    return [item for item in placed if item["centre"] is not None]


def _place(served: ServedRelease, kind: str, feature_id: str, name: str) -> dict[str, Any]:
    """Return middle and extent of a feature; a street's is that of all ways of its name."""
    where, parameters = "feature_id = $id", {"id": feature_id}
    if kind == "street":
        where = "feature_id in (select road_id from road where name_local = $name)"
        parameters = {"name": name}
    row = served.row(
        f'select min(west) as west, min(south) as south, max(east) as east, max(north) as north, '
        f'median(lon) as lon, median(lat) as lat from "map_{TABLES[kind]}" where {where}', parameters,
    )
    if row is None or row["west"] is None:
        return {"centre": None, "bbox": None}
    return {"centre": [row["lon"], row["lat"]], "bbox": [row["west"], row["south"], row["east"], row["north"]]}
