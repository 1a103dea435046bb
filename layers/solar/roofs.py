"""Light on roofs: the signature of every surface, of its bright cells too, and what each cell receives."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.solar.scene import open_scene
from twin.light.irradiation import Planes
from twin.light.pool import run_tasks
from twin.light.raster import tile_boxes
from twin.light.relief import Box, make_relief
from twin.light.signature import Signature, light_cells

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from layers.solar.scene import Scene
    from layers.solar.surfaces import Surfaces
    from twin.light.sky import Sky

    Floats = NDArray[np.float64]
    Counts = NDArray[np.uint32]


@dataclass(frozen=True)
class RoofLight:
    """
    Light on the roofs of a zone.

    Attributes
    ----------
    whole, bright
        Signatures of all cells of each surface, and of those that are hardly shaded.
    cells
        One row per cell: `roof` (number of its surface), `x`, `y` [m], `kwh_per_m2` in its plane, of a year.
    open_kwh_per_m2
        What each surface would receive without any shade, in a year. [kWh/m2], shape (surfaces,)
    """

    whole: Signature
    bright: Signature
    cells: pd.DataFrame
    open_kwh_per_m2: Floats


@dataclass(frozen=True)
class _Tile:
    """A tile's task."""

    folder: Path
    box: Box
    cell_m: float
    sky: Sky
    plane: Planes
    open_kwh_per_m2: Floats
    bright_share: float


@dataclass(frozen=True)
class _Part:
    """What a tile found: of the surfaces it holds, and of their cells."""

    surfaces: NDArray[np.int32]
    whole: Counts
    bright: Counts
    cell: NDArray[np.int64]
    label: NDArray[np.int32]
    kwh_per_m2: NDArray[np.float32]


def light_roofs(
    surfaces: Surfaces, scene: Scene, sky: Sky, *, bright_share: float, processes: int | None = None,
    say: Callable[[int, int], None] = lambda *_: None,
) -> RoofLight:
    """
    Return the light on roofs.

    Parameters
    ----------
    surfaces, scene
        The roofs, and the zone on a grid.
    sky
        The sky; its periods are added up.
    bright_share
        A cell is bright if it receives this share of what it would without shade. [-]
    processes
        How many tiles are computed at once.
    say
        Told how many tiles are done, and of how many.
    """
    dome = sky.dome
    plane = Planes.rising(surfaces.coefficients[:, 1], surfaces.coefficients[:, 2])
    open_kwh = Signature.open(dome, len(surfaces)).irradiation(plane, sky).sum(axis=1)
    counts = np.zeros((2, len(surfaces), dome.azimuths, dome.levels + 1), np.uint32)
    with tempfile.TemporaryDirectory(prefix="zonetwin-") as folder:
        scene.save(Path(folder))
        boxes = (_built_up(scene, box) for box in tile_boxes(scene.label.shape))
        tiles = [_Tile(Path(folder), box, scene.cell_m, sky, plane, open_kwh, bright_share)
                 for box in boxes if box is not None]
        parts = run_tasks(_light_tile, tiles, processes=processes, say=lambda done: say(done, len(tiles)))
    for part in parts:
        counts[0, part.surfaces] += part.whole
        counts[1, part.surfaces] += part.bright
    cell = np.concatenate([part.cell for part in parts])
    x, y = scene.places(cell)
    cells = pd.DataFrame({"roof": np.concatenate([part.label for part in parts]), "x": x, "y": y,
                          "kwh_per_m2": np.concatenate([part.kwh_per_m2 for part in parts]).astype(np.float64)})
    dark = counts[1].sum(axis=(1, 2)) == 0
    counts[1, dark] = counts[0, dark]
    return RoofLight(Signature.of(dome, counts[0]), Signature.of(dome, counts[1]), cells, open_kwh)


def _built_up(scene: Scene, box: Box) -> Box | None:
    """Return the part of a tile that holds roofs, None where it holds none."""
    is_roof = scene.label[box.top : box.bottom, box.left : box.right] >= 0
    rows, columns = np.flatnonzero(is_roof.any(axis=1)), np.flatnonzero(is_roof.any(axis=0))
    if not len(rows):
        return None
    return Box(box.top + int(rows[0]), box.top + int(rows[-1]) + 1, box.left + int(columns[0]),
               box.left + int(columns[-1]) + 1)


def _light_tile(tile: _Tile) -> _Part:
    surface, labels = open_scene(tile.folder)
    box = tile.box
    label = np.ascontiguousarray(labels[box.top : box.bottom, box.left : box.right])
    present, local = np.unique(label[label >= 0], return_inverse=True)
    numbered = np.full(label.shape, -1, np.int32)
    numbered[label >= 0] = local
    relief = make_relief(surface, box, tile.sky.dome, cell_m=tile.cell_m)
    lit = light_cells(relief, tile.sky.dome, numbered)
    owner = present[lit.label]
    energy = lit.irradiation(tile.plane[owner], tile.sky)
    bright = energy >= tile.bright_share * tile.open_kwh_per_m2[owner]
    row, column = np.divmod(lit.cell, label.shape[1])
    return _Part(
        present, lit.count(tile.sky.dome, len(present)), lit.count(tile.sky.dome, len(present), only=bright),
        (row + box.top) * labels.shape[1] + column + box.left, owner, energy,
    )
