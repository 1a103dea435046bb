"""Photovoltaics before and after: what drafts would give, and what the roofs around them lose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from layers.solar.overshadow import Points, Roofs, change_horizons, change_signature, lay_points, light_on
from layers.solar.roofs import RoofLight
from layers.solar.yields import Modules, find_yields
from server.whatif.town import make_solids
from twin.light.irradiation import Planes
from twin.light.rays import City
from twin.light.signature import Signature

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from layers.solar.surfaces import Surfaces
    from server.whatif.town import Sun, Town

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.int64]

LEAST_DEG = 5.0  # what rises less above a roof takes less of its yield than a thousandth
BEYOND_M = 200.0  # that what stands around is looked at farther than what may lose
DRAFT_POINTS = 256
LEAST_KWH = 0.5  # a loss below is told as none
HOURLY_SHARE = 0.005  # of its irradiation that a roof must lose or gain for its hours to be worked out one by one


def solids_of(surfaces: Surfaces) -> Roofs:
    """Return the roofs of drafts as solids."""
    return make_solids(surfaces.outlines, surfaces.frame, surfaces.coefficients[:, 1:], surfaces.ground_m)


def reach_m(tops_m: Floats, low_m: float) -> float:
    """Return how far what changes matters: to where its top rises less than 5 degrees above the lowest roof. [m]"""
    if not np.isfinite(low_m):  # without weather no roof is known, so none can lose
        return 0.0
    return float(max(tops_m.max(initial=low_m) - low_m, 0.0) / np.tan(np.radians(LEAST_DEG)))


class Change:
    """
    What stands on roofs before and after, around what changes.

    Parameters
    ----------
    town
        The release, made ready.
    drafts
        Roofs of the drafts.
    removed
        building_id of what goes.
    """

    def __init__(self, town: Town, drafts: Roofs, removed: Sequence[str]) -> None:
        self.town, self.coming = town, drafts
        self._is_gone = town.roofs["building_id"].isin(removed).to_numpy(bool)
        self.going = town.solids.part(self._is_gone)
        outlines = np.concatenate([self.going.outlines, drafts.outlines])
        self._site = shapely.union_all(outlines) if len(outlines) else shapely.Polygon()
        tops = np.concatenate([_tops(self.going), _tops(drafts)])
        self._away_m = (shapely.distance(town.solids.outlines, self._site) if len(outlines)
                        else np.full(len(town.solids), np.inf))
        self._top_m = float(tops.max(initial=-np.inf))
        self.radius_m = reach_m(tops, float(town.solids.ground_m.min(initial=np.inf)))
        self.staying = self._city(~self._is_gone)

    def _city(self, kept: NDArray[np.bool_], *more: Roofs) -> City:
        """Return the city of some of the town's roofs near by, and of more."""
        near = kept & (self._away_m <= self.radius_m + BEYOND_M)
        triangles = self.town.triangles[near[self.town.triangle_roof]]
        return City.from_triangles(np.concatenate([triangles, *(roofs.triangles()[0] for roofs in more)]))

    def _rises(self) -> NDArray[np.bool_]:
        """Return above which of the town's roofs something of the change rises by the least elevation that matters."""
        solids = self.town.solids
        middle = shapely.get_coordinates(shapely.centroid(solids.outlines)).reshape(-1, 2)
        height_m = solids.heights(middle, np.arange(len(solids)))
        return np.asarray(self._top_m - height_m >= self._away_m * np.tan(np.radians(LEAST_DEG)), np.bool_)

    def losses(self) -> dict[str, Any]:
        """Return what the roofs around lose: by building, and in all. [kWh/a]"""
        sun = self.town.sun
        if sun is None:
            return {"reason": "no_weather", "radius_m": None, "least_elevation_deg": LEAST_DEG, "looked_at": 0,
                    "buildings": [], "before_kwh": None, "after_kwh": None, "lost_kwh": None}
        roofs = self.town.roofs
        chosen = np.flatnonzero(self._rises() & ~self._is_gone & (roofs["capacity_kwp"].to_numpy(float) > 0))
        changes, before, after = self._yields(chosen, sun)
        names, owner = np.unique(roofs["building_id"].to_numpy(str)[changes], return_inverse=True)
        was, now = (np.bincount(owner, part, minlength=len(names)).tolist() for part in (before, after))
        told: list[dict[str, Any]] = [
            {"building_id": str(name), "before_kwh": old, "after_kwh": new, "lost_kwh": old - new}
            for name, old, new in zip(names, was, now, strict=True)]
        told = sorted((row for row in told if abs(row["lost_kwh"]) >= LEAST_KWH), key=lambda row: -abs(row["lost_kwh"]))
        looked_at = int(roofs["building_id"].iloc[chosen].nunique())
        return {"reason": None, "radius_m": self.radius_m, "least_elevation_deg": LEAST_DEG, "looked_at": looked_at,
                "buildings": told, "before_kwh": float(before.sum()), "after_kwh": float(after.sum()),
                "lost_kwh": float((before - after).sum())}

    def _yields(self, chosen: Numbers, sun: Sun) -> tuple[Numbers, Floats, Floats]:
        """Return those of some roofs on which something changes, and what they feed in before and after. [kWh/a]"""
        points = _part(self.town.points, chosen)
        before, after = change_horizons(points, self.staying, self.going, self.coming, sun.sky.dome)
        changes = np.unique(points.roof[(before != after).any(axis=1)])
        if not len(changes):
            return changes, np.empty(0), np.empty(0)
        frame = self.town.roofs.iloc[chosen[changes]]
        known = Signature.unpack(sun.sky.dome, [sun.signatures[name] for name in frame["surface_id"]])
        own = np.isin(points.roof, changes)
        points = Points(points.place[own], np.searchsorted(changes, points.roof[own]))
        changed = change_signature(known, points, before[own], after[own])
        return chosen[changes], *self._feed_in(frame, known, changed, sun)

    def _feed_in(
        self, frame: pd.DataFrame, known: Signature, changed: Signature, sun: Sun
    ) -> tuple[Floats, Floats]:
        """
        Return what modules feed in before and after a change of their signatures. [kWh/a], shape (roofs,)

        Hour by hour where the change matters; where it is slight, in proportion to the irradiation of the modules.
        """
        convergence_deg = self.town.convergence_deg
        modules = Modules.lay(frame, frame["tilt_deg"].to_numpy(float), frame["azimuth_deg"].to_numpy(float),
                              sun.daylight, convergence_deg=convergence_deg)
        plane = Planes.of(modules.tilt_deg, (modules.azimuth_deg - convergence_deg) % 360)
        light = [signature.irradiation(plane, sun.sky).sum(axis=1) for signature in (known, changed)]
        share = np.divide(light[1], light[0], out=np.ones_like(light[0]), where=light[0] > 0)
        was = frame["yield_kwh_per_a"].to_numpy(float).copy()
        now = was * share
        much = np.flatnonzero(np.abs(share - 1) >= HOURLY_SHARE)
        was[much], now[much] = (
            modules.part(much).feed_in(signature.part(much), sun.sky, sun.daylight, sun.settings)[0].sum(axis=1)
            for signature in (known, changed))
        return was, now

    def own(self, surfaces: Surfaces, use: pd.Series) -> pd.DataFrame | None:
        """
        Return what modules on drafts would feed in: rows as the surfaces, with building_id; None without weather.

        Parameters
        ----------
        surfaces
            Roofs of the drafts.
        use
            Of their buildings, rows as the surfaces.
        """
        sun = self.town.sun
        if sun is None or not len(surfaces):
            return None
        points = lay_points(self.coming, most=DRAFT_POINTS)
        plane = Planes.rising(surfaces.coefficients[:, 1], surfaces.coefficients[:, 2])
        open_kwh = Signature.open(sun.sky.dome, len(surfaces)).irradiation(plane, sun.sky).sum(axis=1)
        around = self._city(~self._is_gone, self.coming)
        whole, bright, energy = light_on(points, around, sun.sky, plane, open_kwh,
                                         bright_share=sun.settings.area.least_sun_share)
        cells = pd.DataFrame({"roof": points.roof, "x": points.place[:, 0], "y": points.place[:, 1],
                              "kwh_per_m2": energy.astype(np.float64)})
        light = RoofLight(whole, bright, cells, open_kwh)
        yields = find_yields(surfaces, use, light, sun.year, sun.sky, sun.settings,
                             convergence_deg=self.town.convergence_deg, daylight=sun.daylight)
        return yields.frame.assign(building_id=surfaces.frame["building_id"].to_numpy())


def describe_own(own: pd.DataFrame, sun: Sun) -> dict[str, Any]:
    """Return what modules on the roofs of one draft would give, with the bounds of the layer solar."""
    capacity, p50 = float(own["capacity_kwp"].sum()), float(own["yield_kwh_per_a"].sum())
    each = own["yield_kwh_per_a"].to_numpy(float)

    def half_width(level: int) -> float:
        own_part = np.sqrt(np.square(each * sun.half_widths[f"own_{level}"]).sum())
        return float(np.hypot(p50 * sun.half_widths[f"common_{level}"], own_part))

    return {
        "usable_m2": float(own["usable_m2"].sum()), "capacity_kwp": capacity, "yield_p50_kwh_per_a": p50,
        "yield_p90_kwh_per_a": max(p50 - half_width(90), 0.0), "yield_low_kwh_per_a": max(p50 - half_width(95), 0.0),
        "yield_high_kwh_per_a": p50 + half_width(95),
        "specific_yield_kwh_per_kwp_a": p50 / capacity if capacity else None,
    }


def _tops(roofs: Roofs) -> Floats:
    """Return the highest corner of each roof. [m above datum], shape (roofs,)"""
    corners, roof = shapely.get_coordinates(roofs.outlines, return_index=True)
    tops = np.full(len(roofs), -np.inf)
    np.maximum.at(tops, roof, roofs.heights(corners, roof))
    return tops


def _part(points: Points, chosen: Numbers) -> Points:
    """Return the points of some roofs, these numbered anew."""
    first, last = np.searchsorted(points.roof, chosen), np.searchsorted(points.roof, chosen, side="right")
    counts = last - first
    where = np.repeat(first - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts) + np.arange(counts.sum())
    return Points(points.place[where], np.repeat(np.arange(len(chosen)), counts))
