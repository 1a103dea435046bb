"""The irradiation of any surface model from the command line."""

from __future__ import annotations

import json
import signal
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console

from server.cli.progress import progress_of
from twin.checks import Checks
from twin.errors import SourceError, WeatherError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from twin.light.raster import Irradiated
    from twin.light.request import Inputs, Options
    from twin.weather.year import WeatherYear


def light_file(inputs: Inputs, weather: Path | None, out: Path, options: Options, *, as_json: bool) -> None:
    """
    Write the irradiation of a surface model, and say what it is.

    Raises
    ------
    LightError
        If an option cannot be.
    SourceError
        If a file cannot be used, or would be overwritten.
    WeatherError
        If no weather is given and no typical year is near.
    """
    from twin.light.raster import irradiate_file
    from twin.light.request import check_files

    begun, checks = time.perf_counter(), Checks()
    options.require()
    header = check_files(inputs, out, options)
    if weather and out.exists() and weather.exists() and out.samefile(weather):
        message = f"{out} is the weather file and would be lost; choose another --out"
        raise SourceError(message)
    year = _find_weather(weather, header.place, checks)
    with _terminated_as_interrupted(), progress_of(f"lighting {inputs.dsm.name}", "tiles") as say:
        irradiated = irradiate_file(inputs, year, out, options, checks, say)
    _tell(checks)
    told = _as_plain(irradiated, year, options, out, time.perf_counter() - begun)
    if as_json:
        sys.stdout.write(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    else:
        _print(told)


def _find_weather(weather: Path | None, place: tuple[float, float], checks: Checks) -> WeatherYear:
    """Return the weather of a file, else the typical year of a station nearby."""
    if weather is not None:
        from twin.weather.zone import read_weather_for

        return read_weather_for(weather, checks, *place)
    from twin.weather.typical import typical_reason, typical_year

    found = typical_year(*place)
    if found is None:
        reason = typical_reason(*place).partition(";")[0]
        message = f"{reason}; give --weather FILE, such as one from `zonetwin fetch --weather --at {_point(place)}`"
        raise WeatherError(message)
    checks.note(f"weather: synthetic, for want of --weather: {found.source}")
    return found


def _point(place: tuple[float, float]) -> str:
    return ",".join(f"{degrees:.2f}" for degrees in place)


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """Let a request to end be an interruption, so that drafts are removed."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _tell(checks: Checks) -> None:
    """Say on standard error what was mended and assumed."""
    console = Console(stderr=True)
    for what in ("repaired", "dropped"):
        for subject, number in getattr(checks, what).items():
            console.print(f"{what}: {number:,} {subject}", markup=False, highlight=False, soft_wrap=True)
    for note in checks.notes:
        console.print(note, markup=False, highlight=False, soft_wrap=True)


def _as_plain(
    irradiated: Irradiated, year: WeatherYear, options: Options, out: Path, seconds: float
) -> dict[str, Any]:
    mean = irradiated.mean_kwh_per_m2
    return {
        "out": str(out), "cells": irradiated.cells, "of_cells": irradiated.of_cells, "cell_m": irradiated.cell_m,
        "mean_kwh_per_m2": round(mean, 3), "low_kwh_per_m2": round(mean * year.ghi_low, 3),
        "high_kwh_per_m2": round(mean * year.ghi_high, 3), "ghi_kwh_per_m2": round(year.ghi_kwh_per_m2, 3),
        "weather": year.source, "synthetic": year.synthetic, "sky": options.model, "azimuths": options.azimuths,
        "albedo": options.albedo, "period": "month" if options.months else "year", "seconds": round(seconds, 3),
    }


def _print(told: dict[str, Any]) -> None:
    """Print the figures of a result."""
    known = told["low_kwh_per_m2"] < told["high_kwh_per_m2"]
    interval = f" ({told['low_kwh_per_m2']:,.0f} to {told['high_kwh_per_m2']:,.0f} by the weather)" if known else ""
    level = f"open level ground {told['ghi_kwh_per_m2']:,.0f}"
    lines = [
        f"{told['out']}: {told['cells']:,} of {told['of_cells']:,} cells of {told['cell_m']:g} m",
        f"mean of the cells {told['mean_kwh_per_m2']:,.0f} kWh/m2 a year{interval}, {level}",
        f"weather: {told['weather']}",
        f"sky {told['sky']}, {told['azimuths']} azimuths, albedo {told['albedo']:g}; {told['seconds']:.1f} s",
    ]
    Console().print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)
