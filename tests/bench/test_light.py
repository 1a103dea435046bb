"""
The solar engine beside Radiance, GRASS and SEBE: the same town, the same weather, the same run, CPU seconds.

Peers that `install_peers.sh` did not find a way to install are left out.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from tests.bench.light import grass, sebe
from tests.bench.light.measure import compare, cpu_seconds
from tests.bench.light.raycast import Town, sum_beam, sum_sky, sum_year_beam
from tests.bench.light.scene import (
    ALTITUDE_M,
    LATITUDE_DEG,
    LONGITUDE_DEG,
    make_open,
    make_scene,
    pick_roof_points,
    pick_wall_points,
    triangulate,
    write_rasters,
)
from tests.bench.light.weather import YEAR, point_to, read_year
from twin.light.dome import AZIMUTHS, Dome

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.bench.light.scene import Points, Scene
    from twin.light.sky import Sky

ALBEDO = 0.2
ROUNDS = 5
MOST_BIAS = 0.6  # [%] of the mean of 440 roof points by Radiance
MOST_RMSE = {0.0: 0.9, ALBEDO: 1.2}  # [%] by albedo
MOST_WALL_RMSE = {0.0: 2.0, ALBEDO: 5.0}  # [%] of the mean of 160 wall points
TIMES_FASTER_THAN_GRASS, TIMES_FASTER_COLD, TIMES_FASTER_THAN_SEBE = 1000, 150, 80
BEAM_POINTS = 20_000
MOST_BEAM_ERROR = 1 / 3  # RMSE relative to r.sun's as its manual has it
LEAST_KM2_PER_MIN, MOST_WORKER_BYTES, SAME_MEMORY = 40, 1e9, 1.1

in_cpu_seconds = pytest.mark.benchmark(timer=cpu_seconds)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return make_scene()


@pytest.fixture(scope="module")
def hours(test_data: Path) -> pd.DataFrame:
    return read_year(test_data / "weather")


@pytest.fixture(scope="module")
def sky(hours: pd.DataFrame) -> Sky:
    return sky_of(hours)


@pytest.fixture(scope="module")
def roofs(scene: Scene) -> Points:
    return pick_roof_points(scene)


@pytest.fixture(scope="module")
def peer(scene: Scene) -> grass.Outcome:
    """Return r.horizon's and r.sun's work, done once for all tests of this file."""
    if grass.find_grass() is None:
        pytest.skip("GRASS is not installed; run tests/bench/install_peers.sh")
    return grass.run_year(scene)


def sky_of(hours: pd.DataFrame, azimuths: int = AZIMUTHS) -> Sky:
    from twin.light.sky import make_sky

    return make_sky(hours[["ghi", "dni", "dhi"]], LATITUDE_DEG, LONGITUDE_DEG, altitude_m=ALTITUDE_M,
                    model="perez1993", dome=Dome(azimuths=azimuths))


def irradiate_scene(scene: Scene, sky: Sky, *, roofs_only: bool = False, albedo: float = 0.0) -> NDArray[np.floating]:
    from twin.light.irradiation import irradiate

    return irradiate(scene.surface_m, sky, cell_m=scene.cell_m, slope_deg=scene.slope_deg, aspect_deg=scene.aspect_deg,
                     mask=scene.roof if roofs_only else None, albedo=albedo)


@in_cpu_seconds
def test_references_agree(benchmark, hours: pd.DataFrame) -> None:
    """Rays and Radiance, which share no code, on the walls and roofs of a small black town, and on open ground."""
    pytest.importorskip("pyradiance")
    from tests.bench.light.radiance import find_patch, irradiate_points, sum_sky_radiance

    small = make_scene(side_m=256)
    patches = sum_sky_radiance(hours)

    def by_rays(scene: Scene, points: Points) -> NDArray[np.float64]:
        town = Town(scene)
        return sum_year_beam(town, points, hours) + sum_sky(
            town, points, lambda azimuth, elevation: patches[find_patch(azimuth, elevation)])

    kinds = pick_roof_points(small, 100), pick_wall_points(small, 100)
    found = benchmark.pedantic(lambda: [by_rays(small, points) for points in kinds])
    for points, rays in zip(kinds, found, strict=True):
        difference = compare(rays, irradiate_points(small, points, hours).total)
        print(f"\nrays against Radiance: {difference}")
        assert abs(difference.bias) < 0.05
        assert difference.rmse < 0.2
    level = irradiate_points(*make_open(((0.0, 180.0),)), hours).total[0]
    assert level == pytest.approx(hours["ghi"].sum() / 1e3, rel=5e-4)


@in_cpu_seconds
@pytest.mark.parametrize("albedo", [0.0, ALBEDO], ids=["black", "grey"])
def test_roofs_match_radiance(benchmark, scene: Scene, sky: Sky, hours: pd.DataFrame, roofs: Points,
                              albedo: float) -> None:
    pytest.importorskip("pyradiance")
    from tests.bench.light.radiance import irradiate_points

    found = benchmark.pedantic(irradiate_scene, (scene, sky), {"roofs_only": True, "albedo": albedo}, rounds=ROUNDS,
                               warmup_rounds=1)
    difference = compare(found[roofs.row, roofs.column], irradiate_points(scene, roofs, hours, albedo=albedo).total)
    benchmark.extra_info["against_radiance"] = str(difference)
    print(f"\nroofs against Radiance, albedo {albedo}: {difference}")
    assert abs(difference.bias) < MOST_BIAS
    assert difference.rmse < MOST_RMSE[albedo]


@in_cpu_seconds
def test_all_cells_against_grass(benchmark, scene: Scene, sky: Sky, peer: grass.Outcome) -> None:
    """A year of every cell, beside r.horizon in 64 directions and 365 days of r.sun, extrapolated from twelve."""
    benchmark.pedantic(irradiate_scene, (scene, sky), rounds=ROUNDS, warmup_rounds=1)
    ratio = peer.extrapolated_year_s / benchmark.stats["median"]
    benchmark.extra_info["times_faster_than_grass"] = round(ratio)
    print(f"\nall cells: {benchmark.stats['median']:.2f} s, GRASS {peer.extrapolated_year_s:.0f} s (r.horizon "
          f"{peer.horizon_s:.0f} s, r.sun extrapolated): {ratio:.0f} times as fast")
    assert ratio > TIMES_FASTER_THAN_GRASS


@in_cpu_seconds
@pytest.mark.parametrize("albedo", [0.0, ALBEDO], ids=["black", "grey"])
def test_walls_match_radiance(benchmark, scene: Scene, sky: Sky, hours: pd.DataFrame, albedo: float) -> None:
    pytest.importorskip("pyradiance")
    from tests.bench.light import radiance
    from twin.light.facade import irradiate_points
    from twin.light.rays import City

    walls = pick_wall_points(scene)
    city = City.from_triangles(triangulate(scene))
    found = benchmark.pedantic(irradiate_points, (city, walls.place_m, walls.normal, sky), {"albedo": albedo},
                               rounds=ROUNDS, warmup_rounds=1)
    difference = compare(found[:, 0], radiance.irradiate_points(scene, walls, hours, albedo=albedo).total)
    benchmark.extra_info["against_radiance"] = str(difference)
    print(f"\nwalls against Radiance, albedo {albedo}: {difference}")
    assert difference.rmse < MOST_WALL_RMSE[albedo]


@in_cpu_seconds
def test_the_command_as_a_whole_against_grass(
    benchmark, scene: Scene, peer: grass.Outcome, test_data: Path, tmp_path: Path
) -> None:
    """A process of its own, from start to written file: reading, weather, sky, all cells; kernels compiled before."""
    files = write_rasters(scene, tmp_path)
    benchmark.pedantic(run_command, (files["surface"], tmp_path / "sun.tif", test_data), rounds=ROUNDS, warmup_rounds=1)
    ratio = peer.extrapolated_year_s / benchmark.stats["median"]
    benchmark.extra_info["times_faster_than_grass"] = round(ratio)
    print(f"\nthe command: {benchmark.stats['median']:.2f} s: {ratio:.0f} times as fast as GRASS, extrapolated")
    assert ratio > TIMES_FASTER_COLD


def test_a_city_takes_no_more_memory_than_a_quarter(benchmark, scene: Scene, test_data: Path, tmp_path: Path) -> None:
    """4 and 16 km2 at 1 m, all cells, on two cores: wall seconds, and the largest process."""
    memory = {}
    for times in (2, 4):
        wide = write_wide(scene, times, tmp_path / f"{times}.tif")
        if times == 4:
            memory[times] = benchmark.pedantic(run_measured, (wide, tmp_path / "sun.tif", test_data), rounds=1)
        else:
            memory[times] = run_measured(wide, tmp_path / "sun.tif", test_data)
    km2 = 16 * scene.surface_m.size * scene.cell_m**2 / 1e6
    speed = km2 / benchmark.stats["median"] * 60
    print(f"\n{km2:.1f} km2 at 1 m: {benchmark.stats['median']:.1f} s, {speed:.0f} km2/min; largest process "
          f"{memory[2] / 1e6:.0f} MB for a quarter, {memory[4] / 1e6:.0f} MB for all")
    assert speed > LEAST_KM2_PER_MIN
    assert memory[4] < MOST_WORKER_BYTES
    assert memory[4] < SAME_MEMORY * memory[2]


def run_command(surface: Path, out: Path, test_data: Path) -> None:
    """Run `zonetwin solar` in a process of its own."""
    weather = next((test_data / "weather").glob("*.epw"))
    zonetwin = Path(sys.executable).with_name("zonetwin")
    subprocess.run([zonetwin, "solar", "--dsm", surface, "--weather", weather, "--out", out, "--processes", "1"],
                   check=True, capture_output=True)


def run_measured(surface: Path, out: Path, test_data: Path) -> int:
    """Run `zonetwin solar` on two cores; return the memory of its largest process. [bytes]"""
    weather = next((test_data / "weather").glob("*.epw"))
    command = [sys.executable, "-m", "tests.bench.light.largest", "solar", "--dsm", surface, "--weather", weather,
               "--out", out, "--processes", "2", "--json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(done.stdout.split()[-1])


def write_wide(scene: Scene, times: int, path: Path) -> Path:
    """Write a surface that repeats the scene so many times each way."""
    import rasterio
    from rasterio import Affine

    surface = np.tile(scene.surface_m.astype(np.float32), (times, times))
    with rasterio.open(path, "w", driver="GTiff", width=surface.shape[1], height=surface.shape[0], count=1,
                       dtype="float32", crs="EPSG:32651", tiled=True, compress="deflate",
                       transform=Affine(scene.cell_m, 0, 319_000, 0, -scene.cell_m, 3_484_000)) as file:
        file.write(surface, 1)
    return path


@in_cpu_seconds
def test_roofs_against_sebe(benchmark, scene: Scene, sky: Sky, hours: pd.DataFrame, roofs: Points) -> None:
    folder = sebe.find_sebe()
    if folder is None:
        pytest.skip("SEBE is not installed; run tests/bench/install_peers.sh")
    found = benchmark.pedantic(irradiate_scene, (scene, sky), {"roofs_only": True}, rounds=ROUNDS, warmup_rounds=1)
    theirs, sebe_s = sebe.run_sebe(scene, hours, folder)
    ratio = sebe_s / benchmark.stats["median"]
    benchmark.extra_info["times_faster_than_sebe"] = round(ratio)
    cells = roofs.row, roofs.column
    print(f"\nroofs: {benchmark.stats['median']:.2f} s, SEBE {sebe_s:.0f} s: {ratio:.0f} times as fast; "
          f"SEBE against ours: {compare(theirs[cells], found[cells])}")
    assert ratio > TIMES_FASTER_THAN_SEBE


@in_cpu_seconds
@pytest.mark.parametrize("azimuths", [64, 128, 256])
def test_a_days_beam_is_truer_than_r_suns(benchmark, scene: Scene, peer: grass.Outcome, azimuths: int) -> None:
    """One clear day's beam on roofs, ours and r.sun's, each beside rays towards the very suns it takes."""
    points = pick_roof_points(scene, BEAM_POINTS)
    cells, town = (points.row, points.column), Town(scene)
    as_is, raised = [], []
    skies = {day: clear_day(day) for day in peer.beam}
    ours = benchmark.pedantic(lambda: {day: irradiate_scene(scene, sky_of(skies[day], azimuths), roofs_only=True)
                                       for day in skies}, rounds=1, warmup_rounds=1)
    for day in peer.beam:
        seen = town.see(points, point_to(*grass.list_suns(day)))
        truth = grass.sum_clear_beam(day, points.normal, points.place_m[:, 2], seen)
        theirs, untouched = (compare(found[day][cells], truth) for found in (peer.beam, peer.beam_as_is))
        lit = skies[day][skies[day]["dni"] > 0]
        suns = point_to(lit["azimuth"].to_numpy(), lit["elevation"].to_numpy())
        own = compare(ours[day][cells], sum_beam(town, points, suns, lit["dni"].to_numpy() / 1e3))
        as_is.append(own.rmse / untouched.rmse)
        raised.append(own.rmse / theirs.rmse)
        print(f"\nday {day}, {azimuths} azimuths: {own}; r.sun {untouched}; r.sun with raised horizons {theirs}")
    benchmark.extra_info["rmse_by_r_sun"] = round(statistics.mean(as_is), 2)
    benchmark.extra_info["rmse_by_r_sun_mended"] = round(statistics.mean(raised), 2)
    print(f"RMSE relative to r.sun's {statistics.mean(as_is):.2f}, with raised horizons {statistics.mean(raised):.2f}")
    assert statistics.mean(as_is) < MOST_BEAM_ERROR
    assert statistics.mean(raised) < 1.1


def clear_day(day: int) -> pd.DataFrame:
    """Return the hours of a day with the beam of r.sun's clear sky and a black sky beside the sun."""
    import pvlib

    index = pd.date_range(pd.Timestamp(year=YEAR, month=1, day=1, tz="Etc/GMT-8") + pd.Timedelta(days=day - 1),
                          periods=24, freq="h").tz_convert("UTC")
    sun = pvlib.solarposition.get_solarposition(index, LATITUDE_DEG, LONGITUDE_DEG, altitude=ALTITUDE_M)
    elevation = sun["apparent_elevation"].to_numpy()
    up = elevation > 0
    direct = np.zeros(len(index))
    direct[up] = grass.clear_beam(day, elevation[up], np.array([ALTITUDE_M]))[0]
    level = direct * np.sin(np.radians(elevation))
    return pd.DataFrame({"ghi": level, "dni": direct, "dhi": np.zeros(len(index)), "azimuth": sun["azimuth"],
                         "elevation": elevation}, index=index)
