"""
GRASS as a peer: r.horizon and r.sun on the same surface, their CPU seconds and r.sun's daily beam.

Its clear sky is written down again here, so that an exact ray cast can take the very same suns: then what differs on a
shaded roof is shading alone. r.sun 8.2 takes horizons below the level, as r.horizon finds them from a slope that looks
down, for tall ones: a pitched roof then loses a third of its beam. So its beam is kept twice: as its manual has it, and
with all horizons raised to the level first. Times are of the latter.

References
----------
.. [1] Hofierka, Suri, "The solar radiation model for Open source GIS: implementation and applications", 2002.
.. [2] Kasten, "The Linke turbidity factor based on improved values of the integral Rayleigh optical thickness", 1996.
   doi:10.1016/0038-092X(95)00114-7
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.bench.light.scene import CRS, LATITUDE_DEG, write_rasters
from tests.bench.light.weather import point_to

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tests.bench.light.scene import Scene

DIRECTIONS = 64
MID_MONTHS = (15, 46, 74, 105, 135, 166, 196, 227, 258, 288, 319, 349)
BEAM_DAYS = (80, 172, 355)
STEP_H = 1.0
LINKE = 3.0
CENTRAL_MERIDIAN_M = 500_000  # there grid north is north: r.horizon and r.sun turn with the meridians
SOLAR_CONSTANT_W_M2 = 1367.0  # r.sun's


@dataclass(frozen=True)
class Outcome:
    """
    What one session gave.

    Parameters
    ----------
    horizon_s
        CPU time of r.horizon in all directions. [s]
    day_s
        CPU time of r.sun for each day asked for. [s]
    beam
        Daily beam by day, horizons raised to the level. [W h/m2], shape (rows, cols) each
    beam_as_is
        The same with the horizons that r.horizon finds.
    """

    horizon_s: float
    day_s: tuple[float, ...]
    beam: dict[int, NDArray[np.float64]]
    beam_as_is: dict[int, NDArray[np.float64]]

    @property
    def extrapolated_year_s(self) -> float:
        """CPU time of r.horizon and 365 days of r.sun, extrapolated from the days that were run. [s]"""
        return self.horizon_s + 365 * float(np.mean(self.day_s))


def find_grass() -> str | None:
    """Return the path of GRASS, or None where it is not installed."""
    return shutil.which("grass")


def run_year(scene: Scene, *, days: Sequence[int] = MID_MONTHS, beam_days: Sequence[int] = BEAM_DAYS,
             directions: int = DIRECTIONS) -> Outcome:
    """
    Run r.horizon once, r.sun on some days for its time and on others for its beam, one thread.

    Parameters
    ----------
    days, beam_days
        Days of the year to be timed, and to be kept.
    directions
        Number of horizon maps.
    """
    step_deg = 360 / directions
    sun = (f"r.sun elevation=surface slope=slope aspect=aspect horizon_basename=horizon horizon_step={step_deg} "
           f"linke_value={LINKE} step={STEP_H} nprocs=1 --overwrite --quiet")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_rasters(scene, folder, west_m=CENTRAL_MERIDIAN_M - scene.side_m / 2)
        script = ["set -e", "TIMEFORMAT='%U %S'"]
        script += [f"r.in.gdal input={folder}/{raster}.tif output={raster}{suffix} --quiet"
                   for raster, suffix in (("surface", ""), ("slope", ""), ("aspect", "_north"))]
        # GRASS counts counter-clockwise from east, and 0 means that there is none.
        script += ["g.region raster=surface",
                   'r.mapcalc "aspect = if(aspect_north == 90., 360., (450. - aspect_north) % 360.)" --quiet',
                   *time_command("horizon", f"r.horizon elevation=surface step={step_deg} output=horizon", folder),
                   *write_beam("as_is", sun, beam_days, folder),
                   "for map in $(g.list raster pattern='horizon_*'); do",
                   '  r.mapcalc "$map = max($map, 0.)" --overwrite --quiet', "done"]
        for day in days:
            script += time_command(f"day{day}", f"{sun} day={day} glob_rad=total", folder)
        script += write_beam("raised", sun, beam_days, folder)
        (folder / "session.sh").write_text("\n".join(script), encoding="utf-8")
        run_session(folder / "session.sh")
        raised, as_is = ({day: read_raster(folder / f"{name}{day}.tif") for day in beam_days}
                         for name in ("raised", "as_is"))
        day_s = tuple(read_time(f"day{day}", folder) for day in days)
        return Outcome(read_time("horizon", folder), day_s, raised, as_is)


def write_beam(name: str, sun: str, days: Sequence[int], folder: Path) -> list[str]:
    """Return shell lines that write the beam of days."""
    return [line for day in days for line in (
        f"{sun} day={day} beam_rad={name}{day}",
        f"r.out.gdal input={name}{day} output={folder}/{name}{day}.tif type=Float64 -c --quiet",
    )]


def time_command(name: str, command: str, folder: Path) -> list[str]:
    """Return shell lines that run a command and write its CPU time to a file."""
    return [f"{{ time {command} 2>{folder}/{name}.log ; }} 2>{folder}/{name}.time"]


def read_time(name: str, folder: Path) -> float:
    """Return user and system time of a command. [s]"""
    return sum(map(float, (folder / f"{name}.time").read_text(encoding="ascii").split()))


def run_session(script: Path) -> None:
    """Run a shell script in a GRASS location that vanishes afterwards."""
    done = subprocess.run(["grass", "--tmp-location", CRS, "--exec", "bash", str(script)], capture_output=True,
                          text=True, check=False)
    if done.returncode:
        message = f"GRASS failed: {done.stderr[-2000:]}"
        raise RuntimeError(message)


def read_raster(path: Path) -> NDArray[np.float64]:
    """Return the only band of a raster."""
    import rasterio

    with rasterio.open(path) as file:
        return file.read(1)


def list_suns(day: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Return azimuth and elevation of the suns that r.sun takes on a day: mid-steps of solar time from rise to set.

    Returns
    -------
    azimuth, elevation
        [degrees], shape (suns,)
    """
    latitude = np.radians(LATITUDE_DEG)
    angle = 2 * np.pi * day / 365.25
    declination = np.arcsin(0.3978 * np.sin(angle - 1.4 + 0.0355 * np.sin(angle - 0.0489)))
    half_day_h = np.degrees(np.arccos(-np.tan(latitude) * np.tan(declination))) / 15
    rise_h, set_h = 12 - half_day_h, 12 + half_day_h
    first_h = (np.rint(rise_h / STEP_H) + 0.5) * STEP_H
    hour = np.radians(15 * (np.arange(first_h, set_h, STEP_H) - 12))
    up = np.sin(latitude) * np.sin(declination) + np.cos(latitude) * np.cos(declination) * np.cos(hour)
    east = -np.cos(declination) * np.sin(hour)
    north = np.sin(declination) * np.cos(latitude) - np.cos(declination) * np.sin(latitude) * np.cos(hour)
    return np.degrees(np.arctan2(east, north)) % 360, np.degrees(np.arcsin(up))


def clear_beam(day: int, elevation_deg: NDArray[np.float64], height_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Return the beam of r.sun's clear sky on a plane that faces the sun.

    Parameters
    ----------
    elevation_deg
        Of the sun, shape (suns,) [degrees]
    height_m
        Of places above the sea, shape (places,) [m]

    Returns
    -------
    beam
        [W/m2], shape (places, suns)
    """
    elevation = np.radians(elevation_deg)
    bend = (0.1594 + 1.123 * elevation + 0.065656 * elevation**2) / (1 + 28.9344 * elevation + 277.3971 * elevation**2)
    seen = elevation + 0.061359 * bend
    air = 1 / (np.sin(seen) + 0.50572 * (np.degrees(seen) + 6.07995) ** -1.6364)
    mass = np.exp(-np.asarray(height_m)[:, None] / 8434.5) * air
    thin = 6.6296 + 1.7513 * mass - 0.1202 * mass**2 + 0.0065 * mass**3 - 0.00013 * mass**4
    depth = 1 / np.where(mass <= 20, thin, 10.4 + 0.718 * mass)
    distance = 1 + 0.03344 * np.cos(2 * np.pi * day / 365.25 - 0.048869)
    return SOLAR_CONSTANT_W_M2 * distance * np.exp(-0.8662 * LINKE * mass * depth)


def sum_clear_beam(day: int, normal: NDArray[np.float64], height_m: NDArray[np.float64],
                   seen: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
    """
    Return a day's beam of r.sun's clear sky on planes, by steps of an hour.

    Parameters
    ----------
    normal
        Of the planes. [-], shape (places, 3)
    height_m
        Above the sea. [m], shape (places,)
    seen
        Whether places see the day's suns; default all. [-], shape (places, suns)
    """
    azimuth, elevation = list_suns(day)
    cosine = np.clip(normal @ point_to(azimuth, elevation).T, 0, None)
    return (clear_beam(day, elevation, height_m) * cosine * (1 if seen is None else seen)).sum(axis=1) * STEP_H
