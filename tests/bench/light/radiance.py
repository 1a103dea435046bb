"""
What falls on points in a year by Radiance, out of the binaries in pyradiance's wheel.

The sky is Perez 1993 as gendaymtx makes it, in 2,305 patches. The beam comes from gendaymtx's own suns, or from suns at
pvlib's places, one an hour: the two differ by almost a percent. Light between surfaces takes each sun as its patch.

References
----------
.. [1] Perez, Seals, Michalsky, "All-weather model for sky luminance distribution", 1993.
   doi:10.1016/0038-092X(93)90017-I
.. [2] Bourgeois, Reinhart, Ward, "A standard daylight coefficient model for dynamic daylighting simulations", 2008.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from tests.bench.light.raycast import LIFT_M, Town, spread_rays
from tests.bench.light.scene import ALTITUDE_M, LATITUDE_DEG, LONGITUDE_DEG, triangulate
from tests.bench.light.weather import point_to

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

    from tests.bench.light.scene import Points, Scene

SUBDIVISION = 4  # Reinhart's MF: each Tregenza patch in 16
TREGENZA_ROWS = (30, 30, 24, 24, 18, 12, 6)
SUN_DEG = 0.533
ZONE_H = 8  # weather files count in standard time, UTC+8 here
GREY = ("-c", "1", "1", "1")  # gendaymtx's own sky is bluish: its red lies 4 % low
DARK_GROUND = ("-g", "0", "0", "0")  # the ground is part of the scene
SAMPLES = 20_000  # rays from each point towards the sky, as dense as the cosine
RAYS, BRANCHES = 4096, 8  # rays from each point towards surfaces, and on from there
BOUNCES = 5
UNDERGROUND, DOWN = (0.0, 0.0, -1000.0), (0.0, 0.0, -1.0)  # a ray that meets nothing
LEAST_WEIGHT = 1e-10  # well below that of a ray's last branch: with too high a limit reflections vanish silently

Suns = Literal["pvlib", "gendaymtx"]


@dataclass(frozen=True)
class Irradiation:
    """
    What falls on points in a year, by where it comes from. [kWh/m2], shape (points,)

    Parameters
    ----------
    beam, sky, reflected
        Straight from the sun, straight from the sky, and from either by way of other surfaces.
    """

    beam: NDArray[np.float64]
    sky: NDArray[np.float64]
    reflected: NDArray[np.float64]

    @property
    def total(self) -> NDArray[np.float64]:
        """The sum of the three. [kWh/m2]"""
        return self.beam + self.sky + self.reflected


def irradiate_points(scene: Scene, points: Points, hours: pd.DataFrame, *, albedo: float = 0.0,
                     suns: Suns = "pvlib") -> Irradiation:
    """
    Return what falls on points in a year of hours.

    Parameters
    ----------
    hours
        ghi, dni, dhi [W/m2], azimuth, elevation [degrees], index in UTC.
    albedo
        Of every surface, diffuse. [-]
    suns
        Whose sun positions the beam takes.
    """
    sky = sum_sky_radiance(hours)
    beam = trace_suns(scene, points, list_suns(hours) if suns == "pvlib" else gendaymtx_suns(hours)) / 1e3
    seen = sample_sky(scene, points)
    reflected = np.zeros(len(points))
    if albedo:
        reflected = sample_reflections(scene, points, albedo=albedo) @ (sky + spread_suns(hours))
    return Irradiation(beam, seen @ sky, reflected)


def gendaymtx_sky(hours: pd.DataFrame) -> NDArray[np.float64]:
    """
    Return the radiance of every patch in every hour, without the sun.

    Returns
    -------
    radiance
        [W/(m2 sr)], shape (patches, hours); patches as in `list_patches`, from the horizon up, clockwise from north
    """
    def compute() -> NDArray:
        output = run("gendaymtx", "-h", "-m", str(SUBDIVISION), *GREY, *DARK_GROUND, "-O1", "-s", "-of",
                     stdin=write_weather(hours).encode())
        return np.frombuffer(output, np.float32).reshape(-1, len(hours), 3)[1:, :, 1]  # the first is the ground

    return recall(("sky", SUBDIVISION, write_weather(hours)), compute).astype(np.float64)


def sum_sky_radiance(hours: pd.DataFrame) -> NDArray[np.float64]:
    """Return the radiance of every patch, without the sun, over all hours. [kWh/(m2 sr)], shape (patches,)"""
    return gendaymtx_sky(hours[hours["elevation"] > 0]).sum(axis=1) / 1e3


def gendaymtx_suns(hours: pd.DataFrame) -> str:
    """Return gendaymtx's own suns of a year as Radiance sources."""
    with tempfile.TemporaryDirectory() as folder:
        suns = Path(folder) / "suns.rad"
        run("gendaymtx", "-h", "-m", "1", *GREY, "-O1", "-d", "-D", str(suns), stdin=write_weather(hours).encode())
        return suns.read_text(encoding="ascii")


def list_suns(hours: pd.DataFrame) -> str:
    """Return suns at the places that `hours` names as Radiance sources."""
    lit = hours[hours["dni"] > 0]
    solid_angle_sr = 2 * np.pi * (1 - np.cos(np.radians(SUN_DEG / 2)))
    directions = point_to(lit["azimuth"].to_numpy(), lit["elevation"].to_numpy())
    lines = []
    for number, (radiance, (east, north, up)) in enumerate(zip(lit["dni"] / solid_angle_sr, directions, strict=True)):
        lines += [f"void light solar{number} 0 0 3 {radiance:.7e} {radiance:.7e} {radiance:.7e}",
                  f"solar{number} source sun{number} 0 0 4 {east:.9f} {north:.9f} {up:.9f} {SUN_DEG}"]
    return "\n".join(lines)


def write_weather(hours: pd.DataFrame) -> str:
    """Return hours in the form that gendaymtx reads; longitudes count west."""
    local = hours.index.tz_convert(f"Etc/GMT-{ZONE_H}")
    clock = local.hour + local.minute / 60
    head = (f"place town\nlatitude {LATITUDE_DEG}\nlongitude {-LONGITUDE_DEG}\ntime_zone {-15 * ZONE_H}\n"
            f"site_elevation {ALTITUDE_M}\nweather_data_file_units 1\n")
    rows = zip(local.month, local.day, clock, hours["dni"], hours["dhi"], strict=True)
    return head + "".join(f"{month} {day} {hour:.3f} {dni:.4f} {dhi:.4f}\n" for month, day, hour, dni, dhi in rows)


def spread_suns(hours: pd.DataFrame) -> NDArray[np.float64]:
    """Return the suns of a year, each spread over the patch it stands in. [kWh/(m2 sr)], shape (patches,)"""
    lit = hours[hours["dni"] > 0]
    solid_angle = list_patches()[2]
    patch = find_patch(lit["azimuth"].to_numpy(), lit["elevation"].to_numpy())
    return np.bincount(patch, lit["dni"] / 1e3, minlength=len(solid_angle)) / solid_angle


def find_patch(azimuth_deg: NDArray[np.float64], elevation_deg: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the numbers of the patches in which places in the sky lie."""
    counts, height_deg = list_rows()
    row = np.minimum((elevation_deg / height_deg).astype(int), len(counts) - 1)
    column = np.rint(azimuth_deg * counts[row] / 360).astype(int) % counts[row]
    return (np.cumsum(counts) - counts)[row] + column


def list_rows() -> tuple[NDArray[np.int64], float]:
    """Return the number of patches in each row from the horizon up, and the height of a row. [-], [degrees]"""
    counts = np.repeat(TREGENZA_ROWS, SUBDIVISION) * SUBDIVISION
    return np.append(counts, 1), 90 / (7 * SUBDIVISION + 0.5)


def list_patches() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return azimuth and elevation of the middles of the patches, and their solid angles. [degrees], [degrees], [sr]"""
    counts, height_deg = list_rows()
    row = np.repeat(np.arange(len(counts)), counts)
    column = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    top = np.minimum((row + 1) * height_deg, 90)
    solid_angle = 2 * np.pi * (np.sin(np.radians(top)) - np.sin(np.radians(row * height_deg))) / counts[row]
    elevation = np.where(row == len(counts) - 1, 90, (row + 0.5) * height_deg)
    return column * 360 / counts[row], elevation, solid_angle


def trace_suns(scene: Scene, points: Points, suns: str) -> NDArray[np.float64]:
    """Return the beam that falls on points from Radiance sources, every shadow tested. [W h/m2], shape (points,)"""
    def compute() -> NDArray:
        with tempfile.TemporaryDirectory() as folder:
            octree = write_octree(scene, 0.0, suns, Path(folder))
            output = run("rtrace", "-h", "-I", "-faf", "-ab", "0", "-dt", "0", "-dc", "1", "-dj", "0", "-ds", "0",
                         str(octree), stdin=write_points(points))
        return np.frombuffer(output, np.float32).reshape(-1, 3)[:, 1].astype(np.float64)

    return recall(("suns", triangulate(scene), write_points(points), suns), compute)


def sample_sky(scene: Scene, points: Points, *, samples: int = SAMPLES) -> NDArray[np.float64]:
    """
    Return how much each patch of the sky adds to the irradiance of each point of a black town.

    Parameters
    ----------
    samples
        rcontrib's -ad: rays from each point.

    Returns
    -------
    share
        Irradiance by radiance. [sr], shape (points, patches)
    """
    arguments = ("-I+", "-faf", "-ab", "1", "-ad", str(samples), "-lw", f"{LEAST_WEIGHT:g}")
    return trace_dome(scene, 0.0, arguments, lambda: write_points(points), ("dome", write_points(points)))


def sample_reflections(scene: Scene, points: Points, *, albedo: float, rays: int = RAYS, bounces: int = BOUNCES,
                       samples: int = BRANCHES, least_weight: float = LEAST_WEIGHT) -> NDArray[np.float64]:
    """
    Return how much each patch of the sky adds to the irradiance of each point by way of surfaces.

    Rays leave the points as dense as the cosine; those that reach the sky count for nothing here, those that strike a
    surface go on inside Radiance. The difference of two runs with and without reflections would be noise.

    Parameters
    ----------
    albedo
        Of every surface, diffuse. [-]
    rays
        From each point.
    bounces, samples, least_weight
        rcontrib's -ab, -ad and -lw from where a ray strikes: one bounce is light reflected once.

    Returns
    -------
    share
        Irradiance by radiance. [sr], shape (points, patches)
    """
    arguments = ("-fdf", "-c", str(rays), "-ab", str(bounces), "-ad", str(samples), "-lw", f"{least_weight:g}")

    def write_rays() -> bytes:
        directions = spread_rays(points, rays).reshape(-1, 3)
        starts = np.repeat(points.place_m + LIFT_M * points.normal, rays, axis=0)
        astray = ~Town(scene).strike(starts, directions)
        starts[astray], directions[astray] = UNDERGROUND, DOWN
        return np.hstack([starts, directions]).tobytes()

    return np.pi * trace_dome(scene, albedo, arguments, write_rays, ("reflections", write_points(points)))


def trace_dome(scene: Scene, albedo: float, arguments: tuple[str, ...], write_input: Callable[[], bytes],
               key: tuple[object, ...]) -> NDArray[np.float64]:
    """Run rcontrib on a town under a sky of even patches. [sr] or [-], shape (records, patches)"""
    dome = "void glow dome 0 0 4 1 1 1 0\ndome source sky 0 0 4 0 0 1 180\n"
    arguments = ("-h", "-n", "1", *arguments, "-lr", "20", "-f", "reinhartb.cal", "-p", f"MF={SUBDIVISION}",
                 "-b", "rbin", "-bn", "Nrbins", "-m", "dome")

    def compute() -> NDArray:
        with tempfile.TemporaryDirectory() as folder:
            octree = write_octree(scene, albedo, dome, Path(folder))
            output = run("rcontrib", *arguments, str(octree), stdin=write_input())
        return np.frombuffer(output, np.float32).reshape(-1, len(list_patches()[2]), 3)[:, :, 1]

    return recall((*key, arguments, albedo, triangulate(scene)), compute).astype(np.float64)


def write_points(points: Points) -> bytes:
    """Return points, lifted off their surface, and normals as Radiance's tools read them."""
    lifted = points.place_m + LIFT_M * points.normal
    return "".join("{:.6f} {:.6f} {:.6f} {:.9f} {:.9f} {:.9f}\n".format(*place, *normal)
                   for place, normal in zip(lifted, points.normal, strict=True)).encode()


def write_octree(scene: Scene, albedo: float, lights: str, folder: Path) -> Path:
    """Write the town, every surface of one albedo, and its lights as a frozen octree and return its path."""
    lines = [f"void plastic grey 0 0 5 {albedo} {albedo} {albedo} 0 0"]
    lines += [f"grey polygon p{number} 0 0 9 " + " ".join(f"{value:.6f}" for value in triangle.ravel())
              for number, triangle in enumerate(triangulate(scene))]
    (folder / "town.rad").write_text("\n".join([*lines, lights, ""]), encoding="ascii")
    octree = folder / "town.oct"
    octree.write_bytes(run("oconv", "-f", "-r", "65536", str(folder / "town.rad")))
    return octree


def run(program: str, *arguments: str, stdin: bytes | None = None) -> bytes:
    """Run one of Radiance's programs and return what it writes."""
    home = find_radiance()
    environment = os.environ | {"RAYPATH": f".:{home / 'lib'}"}
    done = subprocess.run([home / "bin" / program, *arguments], input=stdin, capture_output=True, env=environment,
                          check=False)
    if done.returncode:
        message = f"{program} failed: {done.stderr.decode(errors='replace')}"
        raise RuntimeError(message)
    return done.stdout


@cache
def find_radiance() -> Path:
    """Return the folder of Radiance's binaries and libraries inside pyradiance's wheel."""
    import pyradiance

    return Path(pyradiance.__file__).parent


def recall(key: tuple[object, ...], compute: Callable[[], NDArray]) -> NDArray:
    """Return what was computed for a key before, out of the folder of temporary files, or compute and keep it."""
    digest = hashlib.sha256()
    for part in key:
        digest.update(part.tobytes() if isinstance(part, np.ndarray) else repr(part).encode())
        digest.update(b"\0")
    path = Path(tempfile.gettempdir()) / "zonetwin-light" / f"{digest.hexdigest()[:32]}.npy"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        result = compute()
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            np.save(file, result)
        Path(file.name).replace(path)
    return np.load(path)
