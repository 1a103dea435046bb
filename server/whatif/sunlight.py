"""Hours of sun at the windows of dwellings before and after: only where the shadow of what changes can fall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
import shapely

from layers.solar.sills import dwelling_hours
from twin.light.sun import sun_position

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from server.whatif.town import Town

    Floats = NDArray[np.float64]

Hours: TypeAlias = dict[Any, dict[Any, Any]]  # least_h and mean_h by building_id

STEP_MIN = 5.0  # between two outlines of a shadow, whose hull holds all between them
LOWEST_DEG = 1.0  # a shadow of a sun lower than this is taken to be as long as of this
NEAR_M = 1.0  # a shadow that ends so near may touch a window
SAME_H = 1e-6


def compare_sunlight(town: Town, drafts: pd.DataFrame, removed: list[str]) -> dict[str, Any]:
    """
    Return the sun of the dwellings that the change can touch, and of the drafts where they are dwellings.

    Parameters
    ----------
    town
        The release, made ready.
    drafts
        Bodies of the drafts.
    removed
        building_id of what goes.

    Returns
    -------
    sunlight
        needs_h, dwellings: of each whose hours change, and counts; drafts by building_id.
    """
    is_gone = town.blocks["building_id"].isin(removed)
    after = pd.concat([town.blocks[~is_gone], drafts], ignore_index=True)
    changed = pd.concat([town.blocks[is_gone], drafts], ignore_index=True)
    elevation_deg, azimuth_deg = sun_position(town.rule.window, town.latitude_deg, step_min=STEP_MIN)
    up = elevation_deg > 0
    sun = elevation_deg[up], azimuth_deg[up] - town.convergence_deg
    homes = _dwellings(town.blocks[~is_gone])
    touched = _touched(homes, changed, sun) if len(sun[0]) else homes.iloc[:0]
    own = _dwellings(drafts)
    wanted = np.array(sorted({*touched["building_id"], *own["building_id"]}), dtype=str)
    around = pd.concat([touched, own]), float(sun[0].min(initial=90.0))
    was, now = (_hours(town, table, wanted, *around).to_dict("index") for table in (town.blocks, after))
    needs_h = town.drawer.sunlight_hours
    neighbours = [row for building_id in sorted(set(touched["building_id"]))
                  if (row := _compare(str(building_id), was, now, needs_h)) is not None]
    return {
        "needs_h": needs_h, "looked_at": int(touched["building_id"].nunique()), "dwellings": neighbours,
        "falls_below": sum(bool(row["falls_below"]) for row in neighbours),
        "drafts": {building_id: _own(building_id, now, needs_h) for building_id in own["building_id"]},
    }


def _dwellings(blocks: pd.DataFrame) -> pd.DataFrame:
    return blocks[(blocks["use"] == "residential") & (blocks["levels"] > 0)]


def _touched(homes: pd.DataFrame, changed: pd.DataFrame, sun: tuple[Floats, Floats]) -> pd.DataFrame:
    """Return the dwellings that the shadows of what changes may touch at some moment of the rule's hours."""
    if homes.empty or changed.empty:
        return homes.iloc[:0]
    length = 1 / np.tan(np.radians(np.maximum(sun[0], LOWEST_DEG)))
    way = -np.column_stack([np.sin(np.radians(sun[1])), np.cos(np.radians(sun[1]))]) * length[:, None]
    low_m = float(homes["low_m"].min())
    tree = shapely.STRtree(homes["shape"].to_numpy(object))
    found: set[int] = set()
    for outline, top_m in zip(changed["shape"], changed["top_m"], strict=True):
        corners = shapely.get_coordinates(outline)
        tips = corners[None] + max(top_m - low_m, 0.0) * way[:, None]
        pairs = np.concatenate([tips[:-1], tips[1:]], axis=1) if len(tips) > 1 else tips
        swept = np.concatenate([np.broadcast_to(corners, (len(pairs), *corners.shape)), pairs], axis=1)
        hulls = shapely.convex_hull(shapely.multipoints(
            swept.reshape(-1, 2), indices=np.repeat(np.arange(len(swept)), swept.shape[1])))
        found |= set(tree.query(hulls, predicate="dwithin", distance=NEAR_M)[1].tolist())
    return homes.iloc[sorted(found)]


def _hours(
    town: Town, table: pd.DataFrame, wanted: NDArray[np.str_], homes: pd.DataFrame, lowest_deg: float
) -> pd.DataFrame:
    """Return the hours of sun of dwellings among all that may stand between them and the sun."""
    if homes.empty:
        return pd.DataFrame({"least_h": [], "mean_h": []})
    west, south = homes["west"].min(), homes["south"].min()
    east, north = homes["east"].max(), homes["north"].max()
    away = np.hypot(np.maximum(np.maximum(table["west"] - east, west - table["east"]), 0),
                    np.maximum(np.maximum(table["south"] - north, south - table["north"]), 0))
    slope = np.tan(np.radians(max(lowest_deg - LOWEST_DEG, 0.0)))  # within a step the sun stands lower than amid it
    seen = table[table["top_m"] - homes["low_m"].min() >= away * slope]
    return dwelling_hours(seen, wanted, latitude_deg=town.latitude_deg, convergence_deg=town.convergence_deg,
                          rule=town.rule)


def _compare(
    building_id: str, before: Hours, after: Hours, needs_h: float | None
) -> dict[str, Any] | None:
    """Return a dwelling's hours before and after, None where they are the same."""
    if building_id not in before or building_id not in after:
        return None
    was, now = before[building_id], after[building_id]
    if abs(was["least_h"] - now["least_h"]) < SAME_H and abs(was["mean_h"] - now["mean_h"]) < SAME_H:
        return None
    verdicts = [judge_sunlight(row["least_h"], row["mean_h"], needs_h) for row in (was, now)]
    return {
        "building_id": building_id, "hours_before": was["least_h"], "hours_after": now["least_h"],
        "mean_hours_before": was["mean_h"], "mean_hours_after": now["mean_h"], "needs": needs_h,
        "verdict_before": verdicts[0], "verdict_after": verdicts[1],
        "falls_below": None if needs_h is None else verdicts[0] == "kept" and verdicts[1] != "kept",
    }


def _own(building_id: str, hours: Hours, needs_h: float | None) -> dict[str, Any]:
    """Return a draft's own hours; none where the sun does not reach any wall of it in the rule's hours."""
    if building_id not in hours:
        return {"hours": None, "mean_hours": None, "needs": needs_h, "verdict": "unknown"}
    least_h, mean_h = hours[building_id]["least_h"], hours[building_id]["mean_h"]
    verdict = judge_sunlight(least_h, mean_h, needs_h)
    return {"hours": least_h, "mean_hours": mean_h, "needs": needs_h, "verdict": verdict}


def judge_sunlight(least_h: float, mean_h: float, needs_h: float | None) -> str:
    """
    Return whether a dwelling has its sun, as the layer planning judges it.

    Parameters
    ----------
    least_h, mean_h
        At the darkest window of the sunniest side, and of all its windows. [h]
    needs_h
        What the rule asks for; none where there is no rule. [h]

    Returns
    -------
    verdict
        kept, broken, some_windows (that miss it), unknown.
    """
    if needs_h is None:
        return "unknown"
    if least_h >= needs_h:
        return "kept"
    return "broken" if mean_h < needs_h else "some_windows"
