"""Usable area of roofs, and why the rest is not usable: every square metre has one reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from layers.solar.pv_settings import OTHER, PITCHED

if TYPE_CHECKING:
    from layers.solar.pv import Array
    from layers.solar.pv_settings import PvSettings

Geometries: TypeAlias = NDArray[np.object_]

REASONS = ("tilt_north", "setback", "parapet", "too_small", "shade", "obstruction")
POLYGON = 3  # shapely's type id


def usable_area(roofs: pd.DataFrame, cells: pd.DataFrame, *, settings: PvSettings, latitude_deg: float) -> pd.DataFrame:
    """
    Return the usable area of roof surfaces, and what is left out for which reason.

    Rules apply in a fixed order, each to what the earlier ones left:

    1. `tilt_north`: the whole of a steep surface that looks to the pole.
    2. `setback`: a strip along every edge, measured on the slope.
    3. `parapet`: on flat roofs a further strip inside it.
    4. `too_small`: arms narrower than a module, and parts that are smaller than the least area.
    5. `shade`: the share of cells in what is left whose irradiation is below the threshold.
    6. `obstruction`: a share by use for equipment, stairs, tanks and skylights; pitched roofs have their own.
    7. `too_small`: all that is left, if it is less than the least area.

    Parameters
    ----------
    roofs
        Surfaces: `outline` (polygon in plan view, metric), `tilt_deg`, `azimuth_deg` (clockwise from north), `is_flat`,
        `use` of the building, `open_kwh_per_m2` (yearly irradiation of the same plane without any shade).
    cells
        Cells of equal area: `roof` (position of its surface in `roofs`), `x`, `y` [m], `kwh_per_m2` (yearly
        irradiation). A surface without any cell is smaller than a cell and counts as too small.
    settings
        Rules and module.
    latitude_deg
        North positive. [degrees]

    Returns
    -------
    areas
        On the slope, rows as in `roofs`: `area_m2`, `usable_m2` and `<reason>_m2` for each of :data:`REASONS`, which
        together with `usable_m2` sum to `area_m2`. [m2]

    Raises
    ------
    ValueError
        If a surface is upright or hangs over: it has no plan view.
    """
    rule = settings.area
    tilt, azimuth = (roofs[name].to_numpy(dtype=float) for name in ("tilt_deg", "azimuth_deg"))
    if not (tilt < 90).all():
        raise ValueError("a roof surface is upright; measure walls on their own")
    flat = roofs["is_flat"].to_numpy(dtype=bool)
    slopes = _Slopes(roofs["outline"].to_numpy(dtype=object), tilt, azimuth)
    lost = {reason: np.zeros(len(roofs)) for reason in REASONS}
    area = shapely.area(slopes.outline)

    # Geometry: whole surfaces, strips, small parts.
    to_pole = _looks_to_pole(tilt, azimuth, settings, latitude_deg) & ~flat
    lost["tilt_north"] = np.where(to_pole, area, 0.0)
    left = slopes.outline.copy()
    left[to_pole] = shapely.Polygon()
    inside = _shrink(left, np.full(len(roofs), rule.setback_m))
    within = _shrink(inside, np.where(flat, rule.parapet_strip_m, 0.0))
    kept = _large_parts(within, least_m2=rule.least_area_m2, width_m=settings.module.width_m)
    rest = area - lost["tilt_north"]
    for reason, after in (("setback", inside), ("parapet", within), ("too_small", kept)):
        remaining = np.minimum(shapely.area(after), rest)  # cutting may add a millionth of a square metre
        lost[reason] = rest - remaining
        rest = remaining

    # Shares: shade by cells, obstructions by use.
    dark, seen = _dark_share(kept, slopes, cells, roofs["open_kwh_per_m2"].to_numpy(dtype=float), rule.least_sun_share)
    lost["too_small"] += np.where(seen, 0.0, rest)
    rest = np.where(seen, rest, 0.0)
    lost["shade"] = rest * dark
    rest = rest - lost["shade"]
    lost["obstruction"] = rest * _obstruction(roofs["use"], flat, settings)
    rest = rest - lost["obstruction"]
    small = rest < rule.least_area_m2
    lost["too_small"] += np.where(small, rest, 0.0)
    columns = {"area_m2": area, "usable_m2": np.where(small, 0.0, rest)}
    return pd.DataFrame(columns | {f"{reason}_m2": lost[reason] for reason in REASONS}, index=roofs.index)


def module_area(usable_m2: Array, *, mount: str, settings: PvSettings, ground_cover_ratio: float = 1.0) -> Array:
    """
    Return the area of modules on usable area: what the distance of rows, aisles and whole modules leave. [m2]

    Parameters
    ----------
    usable_m2
        Usable area on the slope. [m2]
    mount
        `rack` for rows, `flush` for modules on the roof's skin.
    settings
        Packing by way of mounting.
    ground_cover_ratio
        Module area per roof area within a field of rows; 1 where modules lie flush.
    """
    return np.asarray(usable_m2, dtype=float) * ground_cover_ratio * settings.packing[mount]


def capacity(module_m2: Array, *, settings: PvSettings) -> Array:
    """Return the rated power of modules. [kWp]"""
    return np.asarray(module_m2, dtype=float) * settings.module.power_density_w_per_m2 / 1000


class _Slopes:
    """
    Surfaces drawn in their own plane: turned until they fall along the second axis, and stretched along it.

    Lengths, strips and areas are then those on the slope. Each surface has its own origin, so that large coordinates
    cost no digits.
    """

    def __init__(self, outlines: Geometries, tilt_deg: Array, azimuth_deg: Array) -> None:
        bounds = shapely.bounds(outlines)
        middle = np.column_stack([bounds[:, 0] + bounds[:, 2], bounds[:, 1] + bounds[:, 3]]) / 2
        self.middle = np.nan_to_num(middle)
        angle = np.radians(azimuth_deg)
        self.sine, self.cosine, self.stretch = np.sin(angle), np.cos(angle), 1 / np.cos(np.radians(tilt_deg))
        xy, owner = shapely.get_coordinates(outlines, return_index=True)
        drawn = shapely.set_coordinates(shapely.force_2d(outlines).copy(), self.project(xy, owner))
        broken = ~shapely.is_valid(drawn)
        drawn[broken] = shapely.make_valid(drawn[broken])
        self.outline = _polygons_only(drawn)

    def project(self, xy: Array, owner: NDArray[np.intp]) -> Array:
        """Return coordinates in the plane of the surfaces they belong to. [m]"""
        x, y = (xy - self.middle[owner]).T
        across = x * self.cosine[owner] - y * self.sine[owner]
        down = x * self.sine[owner] + y * self.cosine[owner]
        return np.column_stack([across, down * self.stretch[owner]])


def _looks_to_pole(tilt_deg: Array, azimuth_deg: Array, settings: PvSettings, latitude_deg: float) -> NDArray[np.bool_]:
    """Return which surfaces are steep and look to the pole."""
    pole = 0.0 if latitude_deg >= 0 else 180.0
    off = np.abs((azimuth_deg - pole + 180) % 360 - 180)
    found: NDArray[np.bool_] = (tilt_deg > settings.area.steep_tilt_deg) & (off <= settings.area.pole_sector_deg)
    return found


def _shrink(outlines: Geometries, distance_m: Array) -> Geometries:
    """Return what is further from every edge than a distance, distance zero changing nothing."""
    shrunk = outlines.copy()
    some = distance_m > 0
    shrunk[some] = shapely.buffer(outlines[some], -distance_m[some], quad_segs=16)
    return shrunk


def _polygons_only(geometries: Geometries) -> Geometries:
    """Return geometries without the lines and points that repairing may leave; nothing becomes an empty polygon."""
    parts, owner = shapely.get_parts(geometries, return_index=True)
    # A repaired collection may hold multipolygons, so parts are taken apart twice.
    parts, inner = shapely.get_parts(parts, return_index=True)
    owner = owner[inner]
    keep = shapely.get_type_id(parts) == POLYGON
    return _gather(parts[keep], owner[keep], len(geometries))


def _large_parts(outlines: Geometries, *, least_m2: float, width_m: float) -> Geometries:
    """Return geometries without arms narrower than a module, and without parts that are then too small."""
    cores = shapely.buffer(outlines, -width_m / 2)
    # Grown again with sharp corners, the cores fill the outline but for arms that no module fits into.
    grown = shapely.buffer(cores, width_m / 2, join_style="mitre")
    parts, owner = shapely.get_parts(shapely.intersection(grown, outlines), return_index=True)
    keep = (shapely.get_type_id(parts) == POLYGON) & (shapely.area(parts) >= least_m2)
    return _gather(parts[keep], owner[keep], len(outlines))


def _gather(parts: Geometries, owner: NDArray[np.intp], count: int) -> Geometries:
    """Return one geometry for each owner from its parts."""
    gathered = np.full(count, shapely.Polygon(), dtype=object)
    if len(parts):
        owners, position = np.unique(owner, return_inverse=True)
        gathered[owners] = shapely.multipolygons(parts, indices=position)
    return gathered


def _dark_share(outlines: Geometries, slopes: _Slopes, cells: pd.DataFrame, open_kwh_per_m2: Array,
                least: float) -> tuple[Array, NDArray[np.bool_]]:
    """Return the share of cells inside each outline that get too little sun, and which surfaces have cells at all."""
    owner = cells["roof"].to_numpy(dtype=np.intp)
    place = slopes.project(cells[["x", "y"]].to_numpy(dtype=float), owner)
    dark = cells["kwh_per_m2"].to_numpy(dtype=float) < least * open_kwh_per_m2[owner]
    shapely.prepare(outlines)
    inside = shapely.contains_xy(outlines[owner], place[:, 0], place[:, 1])
    count = len(outlines)
    of_all, within = np.bincount(owner, minlength=count), np.bincount(owner[inside], minlength=count)
    dark_all = np.bincount(owner, weights=dark, minlength=count)
    dark_within = np.bincount(owner[inside], weights=dark[inside], minlength=count)
    # Where the strips leave less than a cell's middle, all cells of the surface speak for it.
    few = within == 0
    share = np.where(few, dark_all, dark_within) / np.maximum(np.where(few, of_all, within), 1)
    return share, of_all > 0


def _obstruction(use: pd.Series, flat: NDArray[np.bool_], settings: PvSettings) -> Array:
    """Return the share of each surface that other things take. [1]"""
    shares = settings.area.obstruction_share
    by_use = use.map(shares).fillna(shares[OTHER]).to_numpy(dtype=float)
    return np.where(flat, by_use, shares[PITCHED])
