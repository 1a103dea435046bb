"""
UMEP's SEBE as a peer: roofs of the same surface under the same weather, and its CPU seconds.

SEBE comes as a plugin of QGIS and is in no Python package, so its files are loaded from a checkout of its repository,
past the packages' own `__init__` that ask for QGIS. It is run without walls: roofs alone are compared.

References
----------
.. [1] Lindberg, Jonsson, Honjo, Wastberg, "Solar energy on building envelopes", 2015. doi:10.1016/j.solener.2015.03.001
"""

from __future__ import annotations

import sys
import time
import warnings
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from tests.bench.light.scene import ALTITUDE_M, LATITUDE_DEG, LONGITUDE_DEG

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from tests.bench.light.scene import Scene

ZONE_H = 8
COLUMNS = 24  # of UMEP's weather files
GLOBAL, DIFFUSE, DIRECT = 14, 21, 22
PACKAGES = ("", ".functions", ".functions.SEBEfiles", ".util", ".util.SEBESOLWEIGCommonFiles")


class Silence:
    """What SEBE reports to: nobody."""

    def setProgress(self, share: int) -> None:  # noqa: N802 (SEBE's name)
        """Ignore how far it has come."""

    def isCanceled(self) -> bool:  # noqa: N802 (SEBE's name)
        """Let it go on."""
        return False


def find_sebe() -> Path | None:
    """Return the checkout that `install_peers.sh` made, or None."""
    folder = Path(sys.prefix) / "share" / "umep"
    return folder if (folder / "functions" / "SEBEfiles").is_dir() else None


def load_sebe(folder: Path) -> tuple[ModuleType, ModuleType, ModuleType]:
    """Return SEBE's modules of sun positions, sky and shading."""
    for package in PACKAGES:
        module = ModuleType(f"umep_peer{package}")
        module.__path__ = [str(folder.joinpath(*package.split(".")))]
        sys.modules[module.__name__] = module
    names = ("util.SEBESOLWEIGCommonFiles.Solweig_v2015_metdata_noload", "functions.SEBEfiles.sunmapcreator_2015a",
             "functions.SEBEfiles.SEBE_2015a_calc_forprocessing")
    place, sky, shade = (import_module(f"umep_peer.{name}") for name in names)
    return place, sky, shade


def run_sebe(scene: Scene, hours: pd.DataFrame, folder: Path) -> tuple[NDArray[np.float64], float]:
    """
    Run SEBE with the exact slopes and aspects, no walls, no vegetation and no reflection.

    Parameters
    ----------
    hours
        ghi, dni, dhi [W/m2], index in UTC.
    folder
        Checkout of UMEP's repository.

    Returns
    -------
    irradiation
        [kWh/m2], shape (rows, cols)
    cpu_s
        CPU time. [s]
    """
    place, sky, shade = load_sebe(folder)
    location = {"longitude": LONGITUDE_DEG, "latitude": LATITUDE_DEG, "altitude": ALTITUDE_M}
    weather = write_weather(hours)
    rows, columns = scene.surface_m.shape
    nothing = np.zeros((rows, columns))
    surface = scene.surface_m.astype(float)
    slope, aspect = np.radians(scene.slope_deg.astype(float)), np.radians(scene.aspect_deg.astype(float))
    start = time.process_time()
    with warnings.catch_warnings(), np.errstate():
        warnings.simplefilter("ignore")
        _, altitude, azimuth, zenith, day, *_ = place.Solweig_2015a_metdata_noload(weather, location, ZONE_H)
        wanted = {"energymonth": 0, "energyyear": 1, "suitmap": 0}
        vault = sky.sunmapcreator_2015a(weather, altitude, azimuth, 0, wanted, day, 0.0, location, zenith)
        found = shade.SEBE_2015a_calc(surface, 1 / scene.cell_m, slope, aspect, scene.cell_m, columns, rows, 0, 0,
                                      nothing, nothing, 0.0, 1.0, *vault, 0, Silence(), 0.0)
    return found["Energyyearroof"], time.process_time() - start


def write_weather(hours: pd.DataFrame) -> NDArray[np.float64]:
    """Return hours as UMEP reads them: local time, half an hour late, since SEBE takes half a step off."""
    local = hours.index.tz_convert(f"Etc/GMT-{ZONE_H}")
    table = np.full((len(hours), COLUMNS), -999.0)
    table[:, :4] = np.column_stack([local.year, local.day_of_year, local.hour, np.full(len(hours), 30)])
    table[:, [GLOBAL, DIFFUSE, DIRECT]] = hours[["ghi", "dhi", "dni"]]
    return table
