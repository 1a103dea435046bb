"""What the photovoltaic model is set to: read from the factors in force, never written in code."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.errors import LayerError

if TYPE_CHECKING:
    from collections.abc import Mapping

MOUNTS = ("rack", "flush")
PITCHED = "pitched"  # pitched roofs have obstructions of their own, whatever the building is used for
OTHER = "other"  # and so has a use that is not known
OBSTRUCTION = "pv.obstruction_share."


@dataclass(frozen=True, slots=True)
class Module:
    """Electrical and thermal properties of a module; the coefficient is negative."""

    power_density_w_per_m2: float
    temperature_coefficient_per_k: float
    noct_c: float
    transmittance_absorptance: float
    array_height_storeys: int
    width_m: float


@dataclass(frozen=True, slots=True)
class Glass:
    """Optical properties of a module's cover."""

    index: float
    coating_index: float
    extinction_per_m: float
    thickness_m: float


@dataclass(frozen=True, slots=True)
class Inverter:
    """Nominal efficiency, and rated direct over rated alternating power. [1]"""

    efficiency: float
    dc_ac_ratio: float


@dataclass(frozen=True, slots=True)
class Losses:
    """Losses before the inverter, as PVWatts itemises them. [%]"""

    soiling_percent: float
    shading_percent: float
    snow_percent: float
    mismatch_percent: float
    wiring_percent: float
    connections_percent: float
    lid_percent: float
    nameplate_percent: float
    availability_percent: float


@dataclass(frozen=True, slots=True)
class RowRule:
    """How rows of modules are laid on flat roofs; hours are true solar time on the shortest day."""

    tilt_deg: float
    free_from_h: float
    free_until_h: float
    least_cover: float
    most_cover: float
    blocks: int
    steepest_deg: float


@dataclass(frozen=True, slots=True)
class AreaRule:
    """What makes a square metre of roof unusable; shares are of 1, `obstruction_share` by use."""

    setback_m: float
    parapet_strip_m: float
    least_sun_share: float
    steep_tilt_deg: float
    pole_sector_deg: float
    least_area_m2: float
    obstruction_share: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Sigma:
    """Standard deviations of a year's yield, relative. [1]"""

    weather_year: float
    weather_data: float
    transposition: float
    shading: float
    system: float
    soiling: float
    degradation: float
    roof: float


@dataclass(frozen=True, slots=True)
class PvSettings:
    """All settings of the photovoltaic model; `packing` and `noct_rise_k` by way of mounting."""

    module: Module
    glass: Glass
    inverter: Inverter
    losses: Losses
    rows: RowRule
    area: AreaRule
    sigma: Sigma
    noct_rise_k: Mapping[str, float]
    packing: Mapping[str, float]
    albedo: float
    facade_sigma_model: float

    @classmethod
    def from_factors(cls, factors: Mapping[str, float]) -> PvSettings:
        """
        Read the settings from the factors that hold for a zone.

        Parameters
        ----------
        factors
            Value of each quantity, in the unit of `factors.csv`.

        Raises
        ------
        LayerError
            If a quantity is missing or lies outside of what it can be; all are listed.
        """
        read = _Reader(factors)
        settings = cls(
            module=_read_module(read), glass=_read_glass(read), losses=_read_losses(read),
            inverter=Inverter(efficiency=read.share("pv.inverter_efficiency"),
                              dc_ac_ratio=read.positive("pv.dc_ac_ratio")),
            rows=_read_rows(read), area=_read_area(read), sigma=_read_sigma(read),
            noct_rise_k={mount: read(f"pv.noct_rise.{mount}") for mount in MOUNTS},
            packing={mount: read.share(f"pv.packing.{mount}") for mount in MOUNTS},
            albedo=read("pv.albedo", least=0, most=1), facade_sigma_model=read.share("facade.sigma_model"),
        )
        if read.faults:
            message = (f"the photovoltaic model cannot be set: {'; '.join(read.faults)}; add or correct rows in "
                       "layers/solar/factors.csv or in the zone's own factors")
            raise LayerError(message)
        return settings


class _Reader:
    """Takes values out of the factors and remembers what is wrong with them."""

    def __init__(self, factors: Mapping[str, float]) -> None:
        self.factors, self.faults = factors, list[str]()

    def __call__(self, quantity: str, *, least: float = -math.inf, most: float = math.inf) -> float:
        """Return a value between bounds; not a number, and a fault, where there is none."""
        value = self.factors.get(quantity)
        if value is None or math.isnan(value):
            self.faults.append(f"no factor {quantity}")
            return math.nan
        if not least <= value <= most:
            self.faults.append(f"{quantity} is {value:g}, not between {least:g} and {most:g}")
            return math.nan
        return float(value)

    def positive(self, quantity: str) -> float:
        """Return a value above zero."""
        return self(quantity, least=math.ulp(0.0))

    def share(self, quantity: str) -> float:
        """Return a percentage as a share of 1."""
        return self(quantity, least=0, most=100) / 100

    def whole(self, quantity: str, *, most: int) -> int:
        """Return a whole number from 1."""
        value = self(quantity, least=1, most=most)
        return 0 if math.isnan(value) else round(value)


def _read_module(read: _Reader) -> Module:
    return Module(
        power_density_w_per_m2=read("pv.module_power_density", least=1, most=500),
        temperature_coefficient_per_k=read("pv.temperature_coefficient", least=-1, most=0) / 100,
        noct_c=read("pv.noct", least=20, most=80),
        transmittance_absorptance=read("pv.transmittance_absorptance", least=0.5, most=1),
        array_height_storeys=read.whole("pv.array_height", most=2),
        width_m=read.positive("pv.module_width"),
    )


def _read_glass(read: _Reader) -> Glass:
    return Glass(
        index=read("pv.glass_index", least=1, most=3), coating_index=read("pv.coating_index", least=1, most=3),
        extinction_per_m=read("pv.glass_extinction", least=0), thickness_m=read("pv.glass_thickness", least=0),
    )


def _read_losses(read: _Reader) -> Losses:
    def percent(name: str) -> float:
        return read(f"pv.loss.{name}", least=0, most=100)

    return Losses(
        soiling_percent=percent("soiling"), shading_percent=percent("shading"), snow_percent=percent("snow"),
        mismatch_percent=percent("mismatch"), wiring_percent=percent("wiring"),
        connections_percent=percent("connections"), lid_percent=percent("lid"),
        nameplate_percent=percent("nameplate"), availability_percent=percent("availability"),
    )


def _read_rows(read: _Reader) -> RowRule:
    return RowRule(
        tilt_deg=read("pv.rows.tilt", least=0, most=60), free_from_h=read("pv.rows.free_from", least=0, most=12),
        free_until_h=read("pv.rows.free_until", least=12, most=24),
        least_cover=read.share("pv.rows.least_cover"), most_cover=read.share("pv.rows.most_cover"),
        blocks=read.whole("pv.rows.blocks", most=100), steepest_deg=read("pv.rows.steepest", least=0, most=45),
    )


def _read_area(read: _Reader) -> AreaRule:
    words = {name.removeprefix(OBSTRUCTION) for name in read.factors if name.startswith(OBSTRUCTION)}
    return AreaRule(
        setback_m=read("pv.setback", least=0), parapet_strip_m=read("pv.parapet_strip", least=0),
        least_sun_share=read.share("pv.least_sun_share"), steep_tilt_deg=read("pv.steep_tilt", least=0, most=90),
        pole_sector_deg=read("pv.pole_sector", least=0, most=180), least_area_m2=read("pv.least_area", least=0),
        obstruction_share={word: read.share(OBSTRUCTION + word) for word in sorted(words | {OTHER, PITCHED})},
    )


def _read_sigma(read: _Reader) -> Sigma:
    def share(name: str) -> float:
        return read.share(f"pv.sigma.{name}")

    return Sigma(
        weather_year=share("weather_year"), weather_data=share("weather_data"), transposition=share("transposition"),
        shading=share("shading"), system=share("system"), soiling=share("soiling"), degradation=share("degradation"),
        roof=share("roof"),
    )
