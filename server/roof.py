"""One roof: all that the ranking tells of it, its months, its days, and its surfaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from layers.payback.hours import self_used
from layers.payback.tariff import DAY_H, MONTHS, calendar
from server.assumptions import Known, TermsQuery
from server.notice import notice_of
from server.sites import REASONS, SiteQuery, known_release, ranked_roofs, records, site_of
from twin.errors import NotFoundError
from twin.packed import unpack_hours

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from server.database import ServedRelease

    Array = NDArray[np.float64]

HOURS = """
select roof_power.power, solar.pv_yield_kwh_per_a as yield_kwh,
       construction.electricity_kwh_per_a as load_kwh, building.use
from roof_power
inner join building using (building_id)
inner join building_solar as solar using (building_id)
inner join building_construction as construction using (building_id)
where roof_power.building_id = $id
"""
SHAPE = "select share_of_year from load_shape where use = $use order by hour"
PRICES = "select price_cny_per_kwh from tariff_hour where tariff = $tariff order by month, hour_of_day"
SURFACES = f"""
select surface_id, shape, tilt_deg, azimuth_deg, area_m2, usable_m2, mount, capacity_kwp, yield_kwh_per_a,
       irradiation_kwh_per_m2_a, {", ".join(f"{reason}_m2" for reason in REASONS)}
from roof_surface where building_id = $id order by surface_id
"""


def describe_roof(served: ServedRelease, building_id: str, query: TermsQuery) -> dict[str, Any]:
    """
    Return one roof with its months, the mean day of each month, and what is left out of each of its surfaces.

    Months and days follow the hours, whatever self-used share is asked for.

    Raises
    ------
    NotFoundError
        If no building bears the id, or no modules fit on its roof.
    """
    known = Known(known_release(served))
    asked = SiteQuery(**query.model_dump(), least_kwp=0)
    found = records(ranked_roofs(served, known, asked, building_id))
    hours = served.row(HOURS, {"id": building_id})
    if not found or hours is None:
        message = (f"there are no modules on a building {building_id[:80]!r}: it is not in this release, does not "
                   "stand, or has no room for them; /api/buildings/ tells what is left out of its roof and why")
        raise NotFoundError(message)
    manifest = served.release.manifest
    return site_of(found[0], manifest) | _curves(served, hours, found[0]["tariff"], query.price_level) | {
        "surfaces": _surfaces(served, building_id),
        "assumptions": known.told(query), "tariff_prices": known.tariff(query),
        "left_out_keys": {reason: f"solar.roof_{reason}_m2" for reason in REASONS},
        "weather": [note for note in manifest["report"]["notes"] if note.startswith("weather: ")],
        "release_id": served.release.release_id, "notice": notice_of(manifest, query.lang),
    }


def _surfaces(served: ServedRelease, building_id: str) -> list[dict[str, Any]]:
    rows = served.rows(SURFACES, {"id": building_id})
    for row in rows:
        row["left_out_m2"] = {reason: row.pop(f"{reason}_m2") for reason in REASONS}
    return rows


def _curves(served: ServedRelease, hours: dict[str, Any], tariff: str | None, level: float) -> dict[str, Any]:
    """Return the sums of the months and the mean day of each month."""
    pv_kwh = unpack_hours([bytes(hours["power"])], np.array([hours["yield_kwh"]]))[0]
    shape = np.array([row["share_of_year"] for row in served.rows(SHAPE, {"use": hours["use"]})])
    curves: dict[str, Array | None] = {"pv": pv_kwh, "load": None, "self_used": None}
    if hours["load_kwh"] is not None and len(shape) == len(pv_kwh):
        curves["load"] = hours["load_kwh"] * shape
        curves["self_used"] = self_used(pv_kwh, hours["load_kwh"] * shape)
    month, hour = calendar(len(pv_kwh))
    place = month * DAY_H + hour
    days = np.bincount(place, minlength=MONTHS * DAY_H)
    monthly = {f"{name}_kwh": None if curve is None else np.bincount(month, curve, MONTHS).tolist()
               for name, curve in curves.items()}
    daily = {f"{name}_kw": None if curve is None else _by_month(np.bincount(place, curve) / days)
             for name, curve in curves.items()}
    prices = np.array([row["price_cny_per_kwh"] for row in served.rows(PRICES, {"tariff": tariff})])
    daily["price_cny_per_kwh"] = _by_month(prices * level) if len(prices) else None
    return {"months": monthly, "mean_days": daily}


def _by_month(values: Array) -> list[list[float]]:
    """Return a list of 24 hours for each of twelve months."""
    rows: list[list[float]] = values.reshape(MONTHS, DAY_H).tolist()
    return rows
