"""What follows from drafts, put together; one question at a time, and few that wait."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from server.catalogue import labels
from server.notice import notice_of
from server.whatif.draft import make_drafts
from server.whatif.limits import judge_parcels
from server.whatif.panels import Change, describe_own, solids_of
from server.whatif.sunlight import compare_sunlight
from server.whatif.town import make_town, with_bounds
from twin.crs import WGS84, transform
from twin.errors import BusyError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from server.database import ServedRelease
    from server.whatif.desk import Desk
    from server.whatif.draft import Draft, Request
    from server.whatif.town import Town

MOST_WAITING = 8
PATIENCE_S = 20.0
OVERLAP_M2 = 1.0  # outlines that share less only touch
ENERGY = ("electricity_kwh_per_a", "gas_kwh_per_a", "heat_kwh_per_a")
# Figures of the release that layers give, by their table.
OF_LAYERS = {
    "building_construction": "electricity_kwh_per_a, gas_kwh_per_a, heat_kwh_per_a, emissions_kgco2e_per_a, "
                             "embodied_kgco2e",
    "building_solar": "pv_capacity_kwp, pv_yield_kwh_per_a, pv_yield_p90_kwh_per_a, sunlight_h_min",
}
BOUNDED = (*ENERGY, "emissions_kgco2e_per_a", "embodied_kgco2e")


class Bureau:
    """Answers questions about drafts: one at a time, with the release made ready once."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._counter = threading.Lock()
        self._waiting = 0
        self._town: Town | None = None

    def answer(self, served: ServedRelease, request: Request) -> dict[str, Any]:
        """
        Return what follows from drafts.

        Raises
        ------
        DraftError
            If a footprint cannot be.
        NotFoundError
            If what is to go does not exist.
        BusyError
            If too many wait, or the turn does not come.
        """
        with self._queue():
            return _answer(self._ready(served), request)

    def warm(self, served: ServedRelease) -> None:
        """Make a release ready, and compile what questions need, before anybody asks."""
        with self._queue():
            town = self._ready(served)
            if (sample := sample_request(town)) is not None:
                _answer(town, sample)

    def _ready(self, served: ServedRelease) -> Town:
        if self._town is None or self._town.served is not served:
            if self._town is not None:
                self._town.drawer.close()
            self._town = None
            self._town = make_town(served)
        return self._town

    @contextmanager
    def _queue(self) -> Iterator[None]:
        """Wait for the turn."""
        busy = "other drafts are being worked out; ask again in a few seconds"
        with self._counter:
            if self._waiting >= MOST_WAITING:
                raise BusyError(busy, "whatif.refused.busy")
            self._waiting += 1
        try:
            if not self._turn.acquire(timeout=PATIENCE_S):
                raise BusyError(busy, "whatif.refused.busy")
            try:
                yield
            finally:
                self._turn.release()
        finally:
            with self._counter:
                self._waiting -= 1


def sample_request(town: Town) -> Request | None:
    """Return a request that makes use of everything: a house in the place of another; None where nothing stands."""
    from server.whatif.draft import Request

    homes = town.blocks[(town.blocks["use"] == "residential") & (town.blocks["levels"] > 0)]
    standing = homes if len(homes) else town.blocks
    for _, row in standing.iterrows():
        part = shapely.get_parts(row["shape"])[0]
        ring = shapely.get_coordinates(transform(shapely.envelope(part), town.crs, WGS84)).tolist()
        if shapely.covers(town.zone, shapely.envelope(part)):
            return Request.model_validate({"buildings": [
                {"footprint": {"type": "Polygon", "coordinates": [ring]}, "storeys": 9, "use": "residential",
                 "roof": "gabled", "roof_pv": True, "replaces": row["building_id"]}]})
    return None


def _answer(town: Town, request: Request) -> dict[str, Any]:
    """Return the answer to a request."""
    served = town.served
    removed = _require_known(served, request.removed)
    drafts = make_drafts(request, town.crs, town.zone, _outlines(served, request.removed))
    ground = [_ground_m(town, draft) for draft in drafts]
    desk = town.drawer.work_out(drafts, request.removed, ground)
    sunlight = compare_sunlight(town, with_bounds(desk.blocks), request.removed)
    solids = town.solids.part(np.zeros(len(town.solids), bool)) if desk.surfaces is None else solids_of(desk.surfaces)
    change = Change(town, solids, request.removed)
    words = labels(served.layers, request.lang)
    names = _names(served, [row["building_id"] for row in sunlight["dwellings"]])
    own_sun = sunlight.pop("drafts")
    sunlight["dwellings"] = [row | {"name": names.get(row["building_id"])} for row in sunlight["dwellings"]]
    return {
        "parcels": judge_parcels(desk, town.drawer.planning),
        "buildings": _buildings(town, drafts, desk, change, own_sun, _standing_roofs(town, request, removed)),
        "removed": removed,
        "overlaps": _overlaps(town, drafts, request.removed),
        "neighbours": {"sunlight": sunlight, "photovoltaics": change.losses()},
        "method": {key: words[f"whatif.method.{key}"] for key in ("limits", "energy", "sunlight", "photovoltaics",
                                                                  "left_out")},
        "release_id": town.release_id,
        "year": served.release.manifest["zone"].get("year"),
        "notice": " · ".join(filter(None, [words["whatif.notice"], notice_of(served.release.manifest, request.lang)])),
    }


def _require_known(served: ServedRelease, removed: Sequence[str]) -> list[dict[str, Any]]:
    """Return what goes, with its own figures."""
    layers = {table: names for table, names in OF_LAYERS.items() if table in served.tables}
    columns = ", ".join(["building_id, status, use, levels, height_m, roof_shape, footprint_m2, floor_area_m2",
                         "residents", *layers.values()])
    joined = " ".join(f"left join {table} using (building_id)" for table in layers)
    found = served.rows(f"select {columns} from building {joined} "
                        "where list_contains($removed, building_id) order by building_id", {"removed": list(removed)})
    missing = sorted(set(removed) - {row["building_id"] for row in found})
    if missing:
        message = f"there is no building {missing[0][:80]!r} in this release; name one that is to go"
        raise NotFoundError(message, "whatif.refused.unknown", id=missing[0][:80])
    return found


def _outlines(served: ServedRelease, removed: Sequence[str]) -> dict[str, shapely.Geometry]:
    rows = served.rows("select building_id, st_aswkb(geometry) as wkb from building "
                       "where list_contains($removed, building_id)", {"removed": list(removed)})
    return {row["building_id"]: shapely.from_wkb(bytes(row["wkb"])) for row in rows}


def _standing_roofs(town: Town, request: Request, removed: Sequence[dict[str, Any]]) -> pd.DataFrame | None:
    """Return the roofs of the release where one building is all that is asked about, and nothing of it changes."""
    if len(removed) != 1 or len(request.buildings) != 1 or not request.buildings[0].is_change:
        return None
    (drawn,), (was,) = request.buildings, removed
    if was["status"] != "existing" or any(told not in {None, was[column]} for column, told in (
            ("levels", drawn.storeys), ("use", drawn.use), ("roof_shape", drawn.roof))):
        return None
    own: pd.DataFrame = town.roofs[town.roofs["building_id"] == was["building_id"]].assign(building_id="draft:1")
    return own


def _ground_m(town: Town, draft: Draft) -> float:
    """Return the ground of a draft: of what it replaces, else of the building nearest to it. [m above datum]"""
    blocks = town.blocks
    if blocks.empty:
        return 0.0
    own = blocks[blocks["building_id"] == draft.drawn.replaces]
    row = own.iloc[0] if len(own) else blocks.iloc[int(np.argmin(shapely.distance(
        blocks["shape"].to_numpy(object), draft.outline)))]
    return float(row["low_m"]) - (0.0 if pd.isna(row["base_m"]) else float(row["base_m"]))


def _names(served: ServedRelease, buildings: list[str]) -> dict[str, str]:
    rows = served.rows("select building_id, coalesce(name_local, address) as name from building "
                       "where list_contains($buildings, building_id)", {"buildings": buildings})
    return {row["building_id"]: row["name"] for row in rows}


def _overlaps(town: Town, drafts: Sequence[Draft], removed: Sequence[str]) -> list[dict[str, Any]]:
    """Return what stands where a draft is drawn and is not to go, other drafts among it: both count in all figures."""
    standing = town.blocks[~town.blocks["building_id"].isin(removed)]
    found = []
    for number, draft in enumerate(drafts):
        # what touches a building that is changed did so before
        near = standing.iloc[:0] if draft.drawn.is_change else standing[
            shapely.intersects(standing["shape"].to_numpy(object), draft.outline)]
        whole = near.groupby("building_id")["shape"].agg(_union)
        others = [*whole.items(), *((other.draft_id, other.outline) for other in drafts[number + 1 :])]
        for name, shape in others:
            shared = float(shapely.area(shapely.intersection(shape, draft.outline)))
            if shared >= OVERLAP_M2:
                found.append({"draft": draft.draft_id, "building_id": str(name), "overlap_m2": shared})
    return found


def _union(shapes: pd.Series) -> Any:
    return shapely.union_all(list(shapes))


def _buildings(
    town: Town, drafts: Sequence[Draft], desk: Desk, change: Change, own_sun: dict[str, Any],
    standing_roofs: pd.DataFrame | None,
) -> list[dict[str, Any]]:
    """Return what each draft is and uses, embodies, yields."""
    if desk.surfaces is None:
        return []
    own = standing_roofs
    if own is None and any(draft.drawn.roof_pv for draft in drafts):
        uses = {draft_id: row["use"] for draft_id, row in desk.buildings.items()}
        own = change.own(desk.surfaces, desk.surfaces.frame["building_id"].map(uses))
    told = []
    for draft in drafts:
        row = desk.buildings[draft.draft_id]
        solar = None
        if own is not None and town.sun is not None and draft.drawn.roof_pv:
            solar = describe_own(own[own["building_id"] == draft.draft_id], town.sun)
        told.append({
            "draft": draft.draft_id, "use": row["use"], "replaces": draft.drawn.replaces,
            "storeys": row["levels"], "bodies": _bodies(town, desk.blocks, draft.draft_id),
            "height_m": row["height_m"], "ground_m": row["ground_m"],
            "footprint_m2": row["footprint_m2"], "floor_area_m2": row["floor_area_m2"],
            "floor_area_m2_low": row["floor_area_low_m2"], "floor_area_m2_high": row["floor_area_high_m2"],
            "residents": row["residents"], "dwellings": row["dwellings"],
            "energy": _energy(desk.construction.get(draft.draft_id)), "solar": solar,
            "sunlight": own_sun.get(draft.draft_id),
        })
    return told


def _bodies(town: Town, blocks: pd.DataFrame, draft_id: str) -> list[dict[str, Any]]:
    """Return what a draft is to be drawn of: outlines in EPSG:4326, where each begins and ends. [m above ground]"""
    own = blocks[blocks["building_id"] == draft_id]
    return [{"geometry": json.loads(shapely.to_geojson(transform(shapely.from_wkb(bytes(wkb)), town.crs, WGS84))),
             "base_m": base_m, "height_m": height_m}
            for wkb, base_m, height_m in zip(own["wkb"], own["base_m"].fillna(0.0), own["height_m"], strict=True)]


def _energy(row: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return energy, emissions and embodied carbon with their bounds, and why a figure is missing."""
    names = [f"{name}{bound}" for name in BOUNDED for bound in ("", "_low", "_high")]
    return None if row is None else {name: row[name] for name in (*names, "carriers_left_out", "energy_reason")}
