"""What the irradiation of a surface is asked of: its files, its options, and whether they can be."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twin.errors import LightError, SourceError
from twin.light.prepare import Header, read_header
from twin.light.sky import MODELS, SkyModel

if TYPE_CHECKING:
    from pathlib import Path

MOST_CELLS = 4_000_000_000
CELL_BYTES = 4
AZIMUTHS = (8, 720)
SAME_CELL = 0.01  # of a cell, by which grids may miss each other anywhere
SAME_PLACE_DEG = 1e-6


@dataclass(frozen=True, slots=True)
class Inputs:
    """
    The files that irradiation is computed from.

    Attributes
    ----------
    dsm
        Heights of the surface. [m]
    mask
        Cells that are wanted: those that are neither 0 nor without data.
    slope, aspect
        Tilt of the cells, and the direction they face, clockwise from north. [degrees]
    """

    dsm: Path
    mask: Path | None = None
    slope: Path | None = None
    aspect: Path | None = None

    def beside(self) -> list[Path]:
        """Return the files that lie on the surface's grid."""
        return [path for path in (self.mask, self.slope, self.aspect) if path is not None]


@dataclass(frozen=True, slots=True)
class Options:
    """
    How irradiation is computed.

    Attributes
    ----------
    model
        Distribution of the diffuse light.
    azimuths
        Sectors of the compass.
    albedo
        Share of light that ground and walls reflect. [-]
    months
        Whether twelve monthly bands are written instead of one annual.
    processes
        How many tiles are computed at once; one per core where not given.
    most_cells
        Cells of a surface above which it is refused.
    """

    model: SkyModel = "perez1990"
    azimuths: int = 128
    albedo: float = 0.0
    months: bool = False
    processes: int | None = None
    most_cells: int = MOST_CELLS

    def require(self) -> None:
        """
        Check that irradiation can be computed so.

        Raises
        ------
        LightError
            If an option is out of its range.
        """
        least, most = AZIMUTHS
        wrong = {
            f"--sky {self.model!r} is unknown; choose one of {', '.join(MODELS)}": self.model not in MODELS,
            f"--azimuths {self.azimuths} cannot be; give a number from {least} to {most}":
                not least <= self.azimuths <= most,
            f"--albedo {self.albedo:g} cannot be; give a share from 0 to 1": not 0 <= self.albedo <= 1,
            f"--processes {self.processes} cannot be; give at least 1":
                self.processes is not None and self.processes < 1,
            f"--max-cells {self.most_cells} cannot be; give at least 1": self.most_cells < 1,
        }  # fmt: skip
        for message, holds in wrong.items():
            if holds:
                raise LightError(message)


def check_files(inputs: Inputs, out: Path, options: Options) -> Header:
    """
    Return the header of a surface, where all files fit each other and the result fits the disk.

    Raises
    ------
    LightError
        If slope comes without aspect or the reverse.
    SourceError
        If a file is no raster in metres on the surface's square grid, is too large, or would be overwritten, or the
        disk has no room for the result; no cell is read.
    """
    if (inputs.slope is None) != (inputs.aspect is None):
        given, missing = ("slope", "aspect") if inputs.aspect is None else ("aspect", "slope")
        message = f"--{given} alone says not how a cell lies; give --{missing} too, or neither"
        raise LightError(message)
    header = read_header(inputs.dsm, options.most_cells)
    _require_own(out, [inputs.dsm, *inputs.beside()])
    require_room(header, 12 if options.months else 1, out)
    for path in inputs.beside():
        _require_grid(path, header)
    return header


def _require_own(out: Path, paths: list[Path]) -> None:
    """Raise an error where a result would stand in the place of an input or of a folder."""
    if out.is_dir():
        message = f"{out} is a folder; give --out the name of a file"
        raise SourceError(message)
    for path in paths:
        if out.exists() and out.samefile(path):
            message = f"{out} is an input too and would be lost; choose another --out"
            raise SourceError(message)


def require_room(header: Header, bands: int, out: Path) -> None:
    """
    Raise an error where the disk has no room for a result, before anything is computed.

    Raises
    ------
    SourceError
        If the folder is missing, or too little is free there.
    """
    if not out.parent.is_dir():
        message = f"{out.parent} is no folder; create it, or choose another --out"
        raise SourceError(message)
    rows, columns = header.shape
    needed = rows * columns * CELL_BYTES * (2 * bands + 2)  # parts, the result, the surface at its scales
    free = shutil.disk_usage(out.parent).free
    if needed > free:
        fits = free // (CELL_BYTES * (2 * bands + 2))
        message = (f"{out}: a result of {rows * columns:,} cells needs {needed / 1e9:.1f} GB and {free / 1e9:.1f} GB "
                   f"are free; cut the surface to at most {fits:,} cells, or choose another --out")
        raise SourceError(message)


def _require_grid(path: Path, header: Header) -> None:
    """Raise an error where a raster does not lie on the surface's grid."""
    other = read_header(path, MOST_CELLS)
    if other.shape != header.shape:
        message = (f"{path}: its grid of {other.shape[1]} x {other.shape[0]} cells is not that of the surface "
                   f"({header.shape[1]} x {header.shape[0]}); bring it there with gdalwarp")
        raise SourceError(message)
    cell = header.cell_m
    apart = [abs(here - there) for here, there in zip(other.transform, header.transform, strict=True)]
    same_place = np.allclose(other.place, header.place, rtol=0, atol=SAME_PLACE_DEG)
    if max(apart[2], apart[5]) > SAME_CELL * cell or max(apart[0], apart[4]) > SAME_CELL * cell / max(header.shape):
        message = f"{path}: its cells are not those of the surface, but elsewhere; bring it there with gdalwarp"
        raise SourceError(message)
    if not same_place:
        message = f"{path}: it is in {other.crs.name}, the surface in {header.crs.name}; bring it there with gdalwarp"
        raise SourceError(message)
