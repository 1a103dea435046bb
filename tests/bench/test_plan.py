"""How long the reference plan takes from nothing to a release, and one of a million residents, and what memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ZONETWIN = Path(sys.executable).with_name("zonetwin")
MOST_SECONDS = 150  # of which the sun on every roof and facade takes about half
MOST_BYTES = 3e9
MILLION = 1_000_000


def run(*arguments: object) -> tuple[float, float]:
    """Run a command and return its wall time and its peak memory. [s], [bytes]"""
    start = time.monotonic()
    with subprocess.Popen([str(ZONETWIN), *map(str, arguments)], stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return time.monotonic() - start, usage.ru_maxrss * 1024


def test_the_embedded_zone_is_drawn_and_built_within_its_bounds(benchmark, tmp_path: Path) -> None:
    peaks = []

    def draw_and_build() -> None:
        _, peak = run("build", "--zone", "taicang", "--store", tmp_path / str(time.monotonic_ns()))
        peaks.append(peak)

    benchmark.pedantic(draw_and_build, rounds=3, iterations=1)
    seconds = benchmark.stats["median"]
    print(f"\nreference plan, drawn and built: {seconds:.1f} s; peak memory {max(peaks) / 1e6:.0f} MB")
    assert seconds < MOST_SECONDS
    assert max(peaks) < MOST_BYTES


def test_a_million_residents_are_drawn_and_built(benchmark, tmp_path: Path) -> None:
    found = []

    def draw_and_build() -> None:
        found.append(run("plan", "--out", tmp_path / "million", "--residents", MILLION))
        found.append(run("build", "--zone", tmp_path / "million", "--store", tmp_path / "store"))

    benchmark.pedantic(draw_and_build, rounds=1, iterations=1)
    (drawing_s, drawing), (building_s, building) = found
    print(f"\na million residents: drawn in {drawing_s:.0f} s, {drawing / 1e6:.0f} MB; "
          f"built in {building_s:.0f} s, {building / 1e6:.0f} MB")
