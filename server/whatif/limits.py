"""The limits of the plan before and after, judged as the layer planning judges them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from server.whatif.desk import Desk
    from twin.settings import PlanningSettings

    Row = dict[str, Any]

# Of each limit: column of the parcel, figure and its bounds in parcel_planning where every limit is one, unit.
KINDS = {
    "far": ("far_max", ("far_of_limit", "far_of_limit_low", "far_of_limit_high"), "1"),
    "height": ("height_max_m", ("height_of_limit", "height_of_limit_low", "height_of_limit_high"), "m"),
    "coverage": ("coverage_max", ("coverage_of_limit",) * 3, "1"),
    "green": ("green_min", ("green_of_limit",) * 3, "1"),
}


def judge_parcels(desk: Desk, planning: PlanningSettings) -> list[Row]:
    """
    Return the parcels that drafts or what is removed stand on, those with the most of the drafts first.

    Parameters
    ----------
    desk
        What the model says of drafts.
    planning
        Settings of the zone: tolerance, and whether all green is mapped.
    """
    told = []
    for parcel_id, parcel in desk.parcels.items():
        if parcel_id not in desk.before:  # the release has no layer that measures parcels
            continue
        told.append({
            "parcel_id": parcel_id, "cadastral_ref": parcel["cadastral_ref"], "land_use": parcel["land_use"],
            "area_m2": parcel["area_m2"], "is_public": parcel["land_use"] == "public",
            "shares": [{"draft": row["building_id"], "share": row["share"]} for row in desk.shares
                       if row["parcel_id"] == parcel_id],
            "limits": {kind: judge_limit(kind, parcel, desk.before[parcel_id], desk.after[parcel_id], planning)
                       for kind in KINDS},
        })
    return sorted(told, key=lambda item: -sum(share["share"] for share in item["shares"]))


def judge_limit(kind: str, parcel: Row, before: Row, after: Row, planning: PlanningSettings) -> Row:
    """
    Return a figure before and after against its limit.

    A limit is broken where the figure's lower bound exceeds it by more than the tolerance, kept where its upper bound
    does not; between them `passes` is empty, with the reason in_doubt. Green must reach its limit.

    Parameters
    ----------
    kind
        far, height, coverage, green.
    parcel
        With its limits and land use.
    before, after
        Its rows of parcel_planning where every limit is one.
    planning
        Settings of the zone.
    """
    column, names, unit = KINDS[kind]
    limit = parcel[column]
    reason = None
    if parcel["land_use"] == "public":
        reason = "public"
    elif limit is None or (limit == 0 and kind != "green"):
        reason = "no_limit"
    elif kind == "green" and not planning.green_is_complete:
        reason = "green_unknown"
    told: Row = {"limit": limit, "unit": unit}
    for when, row in (("before", before), ("after", after)):
        value, low, high = (row[name] for name in names)
        told |= {when: value, f"{when}_low": low, f"{when}_high": high}
        told[f"passes_{when}"] = (None if reason or limit is None or low is None or high is None
                                  else passes(kind, limit, low, high, planning.limit_tolerance))
    told["passes"] = told["passes_after"]
    told["reason"] = reason or ("in_doubt" if told["passes"] is None else None)
    return told


def passes(kind: str, limit: float, low: float, high: float, tolerance: float) -> bool | None:
    """Return whether a figure between bounds keeps a limit; none where it may or may not."""
    if kind == "green":
        return low >= limit * (1 - tolerance)
    if high / limit - 1 <= tolerance:
        return True
    return False if low / limit - 1 > tolerance else None

