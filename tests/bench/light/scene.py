"""A made-up town, the same in three forms: triangles for rays, rasters for sweeps, and points on roofs and walls."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

LATITUDE_DEG, LONGITUDE_DEG, ALTITUDE_M = 31.45, 121.1, 4.0
CRS = "EPSG:32651"
WEST_M, SOUTH_M = 319_000, 3_481_000  # the lower left corner; vectors and points are counted from here

HOUSES_PER_M2 = 600 / 1024**2
GABLED = 0.25  # of all houses
GAP_M = 6.0  # between two outlines, at least
APRON_M = 20_000.0  # flat ground around the town, so that no ray leaves below the horizon
FACADE_GRID_M = 3.0
TRIES = 400


@dataclass(frozen=True)
class House:
    """
    A rectangular house, flat or with a gable roof whose ridge runs along its longer axis.

    Parameters
    ----------
    x_m, y_m
        Centre, east and north of the corner of the scene. [m]
    half_length_m, half_width_m
        Half the sides. [m]
    turn_deg
        Direction of the longer axis, counter-clockwise from east. [degrees]
    eave_m, ridge_m
        Heights above ground; equal for a flat roof. [m]
    """

    x_m: float
    y_m: float
    half_length_m: float
    half_width_m: float
    turn_deg: float
    eave_m: float
    ridge_m: float

    @property
    def gabled(self) -> bool:
        """Whether the roof is pitched."""
        return self.ridge_m > self.eave_m

    @property
    def axes(self) -> NDArray[np.float64]:
        """Unit vectors along and across the house. [-], shape (2, 2)"""
        turn = math.radians(self.turn_deg)
        return np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])

    @property
    def outline(self) -> NDArray[np.float64]:
        """Corners, counter-clockwise. [m], shape (4, 2)"""
        signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
        return np.array([self.x_m, self.y_m]) + (signs * [self.half_length_m, self.half_width_m]) @ self.axes


@dataclass(frozen=True)
class Points:
    """
    Places at which irradiation is wanted.

    Parameters
    ----------
    place_m
        On the surface itself, from the corner of the scene. [m], shape (points, 3)
    normal
        Outward unit normal. [-], shape (points, 3)
    row, column
        Cell of a roof point, -1 on walls. [-], shape (points,)
    pitched
        Whether the point lies on a pitched roof. [-], shape (points,)
    """

    place_m: NDArray[np.float64]
    normal: NDArray[np.float64]
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    pitched: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.place_m)


@dataclass(frozen=True)
class Scene:
    """
    A square town on flat ground, north up.

    Parameters
    ----------
    houses
        What stands in it, at least `GAP_M` apart.
    side_m, cell_m
        Side of the scene, and of a cell of its rasters. [m]
    surface_m
        Height at the centre of each cell. [m], shape (rows, cols)
    slope_deg, aspect_deg
        Tilt, and the direction the surface faces, clockwise from north; 0 where flat. [degrees], shape (rows, cols)
    face
        Number of the roof face from 1 on, 0 on the ground. [-], shape (rows, cols)
    """

    houses: tuple[House, ...]
    side_m: float
    cell_m: float
    surface_m: NDArray[np.float32]
    slope_deg: NDArray[np.float32]
    aspect_deg: NDArray[np.float32]
    face: NDArray[np.int32]

    @property
    def roof(self) -> NDArray[np.bool_]:
        """Whether a cell's centre lies on a roof. [-], shape (rows, cols)"""
        return self.face > 0


def make_scene(*, side_m: float = 1024.0, cell_m: float = 1.0, seed: int = 7) -> Scene:
    """
    Draw a town and sample it; the houses depend on `side_m` and `seed` alone, not on the cell.

    Parameters
    ----------
    side_m, cell_m
        Side of the scene, and of a cell of its rasters. [m]
    seed
        Start of the random numbers.
    """
    houses = tuple(draw_houses(side_m, np.random.default_rng(seed)))
    count = round(side_m / cell_m)
    rasters = (np.zeros((count, count), np.float32), np.zeros((count, count), np.float32),
               np.zeros((count, count), np.float32), np.zeros((count, count), np.int32))
    face = 1
    for house in houses:
        sample_house(house, rasters, cell_m, side_m, face)
        face += 1 + house.gabled
    return Scene(houses, side_m, cell_m, *rasters)


def draw_houses(side_m: float, chance: np.random.Generator) -> Iterator[House]:
    """Yield houses as they find room: the largest first, turned with their quarter, a gap of `GAP_M` around each."""
    from shapely import STRtree
    from shapely.geometry import Polygon, box

    wanted = round(HOUSES_PER_M2 * side_m**2)
    pitched = np.arange(wanted) < round(GABLED * wanted)
    half_width = np.where(pitched, chance.uniform(5, 9, wanted), chance.uniform(5, 10.5, wanted))
    half_length = half_width * chance.uniform(1.0, 2.2, wanted)
    eave = np.where(pitched, chance.uniform(3, 12, wanted), np.exp(chance.uniform(math.log(6), math.log(100), wanted)))
    rise = np.where(pitched, half_width * np.tan(np.radians(chance.uniform(15, 45, wanted))), 0)
    quarters = chance.uniform(0, 90, (8, 8))
    town = box(0, 0, side_m, side_m)
    built: list[Polygon] = []
    for index in np.argsort(-half_width * half_length):
        tree = STRtree(built)
        for _ in range(TRIES):
            x_m, y_m = chance.uniform(0, side_m, 2)
            quarter = quarters[int(8 * x_m / side_m), int(8 * y_m / side_m)]
            house = House(x_m, y_m, half_length[index], half_width[index],
                          quarter + chance.choice([0, 90]) + chance.uniform(-3, 3), eave[index],
                          eave[index] + rise[index])
            outline = Polygon(house.outline)
            if town.contains(outline) and not len(tree.query(outline, predicate="dwithin", distance=GAP_M)):
                built.append(outline)
                yield house
                break
        else:
            message = f"no room for house {len(built) + 1} of {wanted} within {side_m} m"
            raise ValueError(message)


def sample_house(house: House, rasters: tuple[NDArray, ...], cell_m: float, side_m: float, face: int) -> None:
    """Write height, slope, aspect and face of a house into the cells whose centres it covers."""
    rows, columns = rasters[0].shape
    left, low = np.floor(house.outline.min(axis=0) / cell_m).astype(int)
    right, high = np.ceil(house.outline.max(axis=0) / cell_m).astype(int)
    window = (slice(max(rows - high, 0), rows - low), slice(max(left, 0), min(right, columns)))
    row, column = np.mgrid[window]
    along, across = place_in_house(house, (column + 0.5) * cell_m, side_m - (row + 0.5) * cell_m)
    inside = (np.abs(along) <= house.half_length_m) & (np.abs(across) <= house.half_width_m)
    side = np.where(across < 0, -1, 1)
    east, north = house.axes[1]
    values = (house.ridge_m - (house.ridge_m - house.eave_m) * np.abs(across) / house.half_width_m,
              np.full(inside.shape, math.degrees(math.atan2(house.ridge_m - house.eave_m, house.half_width_m))),
              np.degrees(np.arctan2(east * side, north * side)) % 360 if house.gabled else np.zeros(inside.shape),
              face + (side > 0) if house.gabled else np.full(inside.shape, face))
    for raster, value in zip(rasters, values, strict=True):
        raster[window][inside] = value[inside]


def place_in_house(house: House, x_m: NDArray, y_m: NDArray) -> tuple[NDArray, NDArray]:
    """Return how far along and across the house's axes places lie from its centre. [m]"""
    (along_x, along_y), (across_x, across_y) = house.axes
    east, north = x_m - house.x_m, y_m - house.y_m
    return along_x * east + along_y * north, across_x * east + across_y * north


def triangulate(scene: Scene) -> NDArray[np.float64]:
    """Return roofs, walls and a wide flat ground as triangles, from the corner of the scene. [m], shape (n, 3, 3)"""
    low, high = -APRON_M, scene.side_m + APRON_M
    polygons = [np.array([[low, low, 0], [high, low, 0], [high, high, 0], [low, high, 0]])]
    for house in scene.houses:
        polygons += list_faces(house)
    fans = [np.stack([polygon[[0, i, i + 1]] for i in range(1, len(polygon) - 1)]) for polygon in polygons]
    return np.concatenate(fans).astype(np.float64)


def list_faces(house: House) -> list[NDArray[np.float64]]:
    """Return a house's roof faces and walls as convex polygons, counter-clockwise from outside. [m]"""
    floor = np.column_stack([house.outline, np.zeros(4)])
    eave = np.column_stack([house.outline, np.full(4, house.eave_m)])
    walls = [np.array([floor[i], floor[(i + 1) % 4], eave[(i + 1) % 4], eave[i]]) for i in range(4)]
    if not house.gabled:
        return [*walls, eave]
    start, end = (np.array([*((eave[i] + eave[j]) / 2)[:2], house.ridge_m]) for i, j in ((0, 3), (1, 2)))
    walls[1] = np.array([floor[1], floor[2], eave[2], end, eave[1]])
    walls[3] = np.array([floor[3], floor[0], eave[0], start, eave[3]])
    return [*walls, np.array([eave[0], eave[1], end, start]), np.array([eave[2], eave[3], start, end])]


def pick_roof_points(scene: Scene, count: int = 440, *, seed: int = 11) -> Points:
    """Return centres of randomly chosen roof cells, with the exact height and normal of the roof there."""
    row, column = np.nonzero(scene.roof)
    chosen = np.sort(np.random.default_rng(seed).choice(len(row), count, replace=False))
    row, column = row[chosen], column[chosen]
    x_m, y_m = (column + 0.5) * scene.cell_m, scene.side_m - (row + 0.5) * scene.cell_m
    first = np.cumsum([1] + [1 + house.gabled for house in scene.houses])
    owners = np.searchsorted(first, scene.face[row, column], side="right") - 1
    place, normal = np.empty((count, 3)), np.empty((count, 3))
    for index, owner in enumerate(owners):
        house = scene.houses[owner]
        _, across = place_in_house(house, x_m[index], y_m[index])
        rise = (house.ridge_m - house.eave_m) / house.half_width_m
        place[index] = x_m[index], y_m[index], house.ridge_m - rise * abs(across)
        normal[index] = *(house.axes[1] * math.copysign(rise, across)), 1
    normal /= np.linalg.norm(normal, axis=1)[:, None]
    return Points(place, normal, row, column, np.array([scene.houses[owner].gabled for owner in owners]))


def pick_wall_points(scene: Scene, count: int = 160, *, seed: int = 13) -> Points:
    """Return randomly chosen places of a grid of `FACADE_GRID_M` on all walls below the eaves."""
    places, normals = zip(*(grid_walls(house) for house in scene.houses), strict=True)
    place, normal = np.concatenate(places), np.concatenate(normals)
    chosen = np.sort(np.random.default_rng(seed).choice(len(place), count, replace=False))
    nowhere = np.full(count, -1)
    return Points(place[chosen], normal[chosen], nowhere, nowhere, np.zeros(count, bool))


def grid_walls(house: House) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the middles and outward normals of squares of `FACADE_GRID_M` or so that tile the walls of a house."""
    places, normals = [], []
    for start, end in zip(house.outline, np.roll(house.outline, -1, axis=0), strict=True):
        length = math.dist(start, end)
        across, up = (max(1, round(size / FACADE_GRID_M)) for size in (length, house.eave_m))
        share, height = np.meshgrid((np.arange(across) + 0.5) / across, (np.arange(up) + 0.5) / up * house.eave_m)
        flat = start + share.reshape(-1, 1) * (end - start)
        places.append(np.column_stack([flat, height.ravel()]))
        east, north = (end - start) / length
        normals.append(np.tile([north, -east, 0], (flat.shape[0], 1)))
    return np.concatenate(places), np.concatenate(normals)


def make_open(tilts: Sequence[tuple[float, float]]) -> tuple[Scene, Points]:
    """Return a scene without a house, and planes in its middle, by tilt and aspect, that only hide from themselves."""
    empty = np.zeros((64, 64))
    scene = Scene((), 64.0, 1.0, empty.astype(np.float32), empty.astype(np.float32), empty.astype(np.float32),
                  empty.astype(np.int32))
    tilt, aspect = np.radians(np.array(tilts, float)).T
    count = len(tilts)
    normal = np.column_stack([np.sin(tilt) * np.sin(aspect), np.sin(tilt) * np.cos(aspect), np.cos(tilt)])
    nowhere = np.full(count, -1)
    return scene, Points(np.tile([32.0, 32.0, 1.0], (count, 1)), normal, nowhere, nowhere, np.zeros(count, bool))


def write_rasters(scene: Scene, folder: Path, *, west_m: float = WEST_M) -> dict[str, Path]:
    """Write height, slope, aspect and roof mask as GeoTIFF from an easting on and return their paths by name."""
    import rasterio

    transform = rasterio.Affine(scene.cell_m, 0, west_m, 0, -scene.cell_m, SOUTH_M + scene.side_m)
    rasters = {"surface": scene.surface_m, "slope": scene.slope_deg, "aspect": scene.aspect_deg,
               "roof": scene.roof.astype(np.uint8)}
    paths = {name: folder / f"{name}.tif" for name in rasters}
    for name, raster in rasters.items():
        rows, columns = raster.shape
        with rasterio.open(paths[name], "w", driver="GTiff", width=columns, height=rows, count=1, dtype=raster.dtype,
                           crs=CRS, transform=transform) as file:
            file.write(raster, 1)
    return paths
