"""
The references and peers alone, as a table: what they give, how well they agree, and how long they work.

Run it with `python -m tests.bench.light.report`; it takes some ten minutes, half of that when run again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tests.bench.light import grass, radiance, sebe
from tests.bench.light.measure import compare
from tests.bench.light.raycast import Town, sum_sky, sum_year_beam
from tests.bench.light.scene import make_open, make_scene, pick_roof_points, pick_wall_points
from tests.bench.light.weather import point_to, read_year

if TYPE_CHECKING:
    import pandas as pd

    from tests.bench.light.scene import Points, Scene

ALBEDO = 0.2
BEAM_POINTS = 20_000
TILTS = ((0, 180), (30, 180), (30, 0), (90, 180), (90, 90), (90, 0))  # tilt and aspect of planes in the open
# Rays, branches, bounces and least weight; the last is a trap: with so high a limit reflections vanish.
SETTINGS = ((1024, 8, 5, 1e-10), (1024, 16, 5, 1e-10), (1024, 8, 2, 1e-10), (1024, 8, 10, 1e-10), (1024, 8, 5, 1e-6),
            (1024, 8, 5, 3e-2))


def main() -> None:
    """Print all tables."""
    scene, hours = make_scene(), read_year()
    print(f"{len(scene.houses)} houses, {scene.face.max()} roof faces, {scene.roof.sum()} of {scene.roof.size} cells")
    print("weather [kWh/m2]: " + ", ".join(f"{name} {hours[name].sum() / 1e3:.1f}" for name in ("ghi", "dni", "dhi")))
    town = Town(scene)
    report_open(hours)
    for name, points in (("roof", pick_roof_points(scene)), ("wall", pick_wall_points(scene))):
        report_points(name, scene, town, points, hours)
    report_grass(scene, town)
    report_sebe(scene, hours)


def look_up_patch(sky: np.ndarray, azimuth_deg: np.ndarray, elevation_deg: np.ndarray) -> np.ndarray:
    """Return the radiance of the patches in which places in the sky lie."""
    return sky[radiance.find_patch(azimuth_deg, elevation_deg)]


def report_open(hours: pd.DataFrame) -> None:
    """Print what planes in the open get, by Radiance and by rays."""
    scene, planes = make_open(TILTS)
    town, sky = Town(scene), radiance.sum_sky_radiance(hours)
    own, raw = (radiance.irradiate_points(scene, planes, hours, suns=suns) for suns in ("pvlib", "gendaymtx"))
    rays = (sum_year_beam(town, planes, hours),
            sum_sky(town, planes, lambda azimuth, elevation: look_up_patch(sky, azimuth, elevation), step_deg=0.5))
    print("\nin the open [kWh/m2]: tilt, aspect; beam pvlib's suns, gendaymtx's, rays; sky Radiance, rays")
    for index, (tilt, aspect) in enumerate(TILTS):
        values = (own.beam, raw.beam, rays[0], own.sky, rays[1])
        print(f"  {tilt:3.0f} {aspect:3.0f}   " + " ".join(f"{value[index]:8.2f}" for value in values))


def report_points(name: str, scene: Scene, town: Town, points: Points, hours: pd.DataFrame) -> None:
    """Print what Radiance finds at points, how well rays agree in a black town, and whether reflections converge."""
    own = radiance.irradiate_points(scene, points, hours, albedo=ALBEDO)
    raw = radiance.irradiate_points(scene, points, hours, suns="gendaymtx")
    black = own.beam + own.sky
    print(f"\n{name}: {len(points)} points, {points.pitched.sum()} on pitched roofs [kWh/m2]")
    print(f"  beam {own.beam.mean():.2f} (gendaymtx's suns {raw.beam.mean():.2f}), sky {own.sky.mean():.2f}, "
          f"black {black.mean():.2f}, reflected at {ALBEDO} {own.reflected.mean():.2f}")
    more = 100 * own.reflected / black
    print(f"  reflected: mean {100 * own.reflected.mean() / black.mean():.2f} % of black, "
          f"5th and 95th of 100: {np.percentile(more, 5):.2f} and {np.percentile(more, 95):.2f} %")
    sky = radiance.sum_sky_radiance(hours)
    beam = sum_year_beam(town, points, hours)
    diffuse = sum_sky(town, points, lambda azimuth, elevation: look_up_patch(sky, azimuth, elevation), step_deg=0.5)
    print(f"  rays against Radiance, beam: {compare(beam, own.beam)}")
    print(f"  rays against Radiance, sky: {compare(diffuse, own.sky)}")
    print(f"  rays against Radiance, black: {compare(beam + diffuse, black)}")
    print(f"  gendaymtx's suns against pvlib's, black: {compare(raw.total, black)}")
    whole = sky + radiance.spread_suns(hours)
    for rays, branches, bounces, least in SETTINGS:
        share = radiance.sample_reflections(scene, points, albedo=ALBEDO, rays=rays, samples=branches, bounces=bounces,
                                            least_weight=least)
        other = share @ whole
        print(f"  {rays} rays, -ad {branches} -ab {bounces} -lw {least:g}: reflected {other.mean():.2f}; "
              f"total {compare(black + other, own.total)}")


def report_grass(scene: Scene, town: Town) -> None:
    """Print GRASS's CPU time, and its daily beam beside rays."""
    if grass.find_grass() is None:
        print("\nGRASS is not installed")
        return
    outcome = grass.run_year(scene)
    print(f"\nGRASS: r.horizon {outcome.horizon_s:.1f} s, r.sun {np.mean(outcome.day_s):.2f} s a day, "
          f"year extrapolated {outcome.extrapolated_year_s:.0f} s of CPU")
    points = pick_roof_points(scene, BEAM_POINTS)
    for day, beam in outcome.beam.items():
        seen = town.see(points, point_to(*grass.list_suns(day)))
        exact = grass.sum_clear_beam(day, points.normal, points.place_m[:, 2], seen)
        level = grass.sum_clear_beam(day, np.array([[0.0, 0, 1]]), np.zeros(1))[0]
        brightest = beam[~scene.roof].max()
        print(f"  day {day}: r.sun against rays {compare(beam[points.row, points.column], exact)}; "
              f"open ground {100 * (brightest / level - 1):+.3f} %")


def report_sebe(scene: Scene, hours: pd.DataFrame) -> None:
    """Print SEBE's CPU time, and its roofs beside Radiance's in a black town."""
    folder = sebe.find_sebe()
    if folder is None:
        print("\nSEBE is not installed")
        return
    found, cpu_s = sebe.run_sebe(scene, hours, folder)
    points = pick_roof_points(scene)
    black = radiance.irradiate_points(scene, points, hours).total
    print(f"\nSEBE, roofs alone: {cpu_s:.1f} s of CPU; against Radiance: "
          f"{compare(found[points.row, points.column], black)}")


if __name__ == "__main__":
    main()
